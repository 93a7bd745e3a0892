/**
 * The containers' figures of one batch: columns in, one sample a container out; and what is wrong with some of them.
 *
 * Not here: what a sample is (messages), single fields (fields).
 *
 * @typedef {import("./fields.js").Fields} Fields
 * @typedef {import("./messages.js").ContainerSample} ContainerSample
 * @typedef {import("./messages.js").Diagnosis} Diagnosis
 */

import { LIMITS, amount, array, columnOf, optional, refuse, shortId, text } from "./fields.js";

/**
 * Columns become one sample a container; a column of another length refuses the message, a missing one is unknown.
 *
 * @param {Fields} fields
 * @returns {ContainerSample[]}
 */
export function samplesOf(fields) {
  const ids = array(fields["ids"], LIMITS.containers);
  const names = columnOf(fields["names"], ids.length) ?? refuse();
  const stale = columnOf(fields["stale"], ids.length);
  const unknown = columnOf(fields["unknown"], ids.length);
  const columns = optional(fields["columns"]);
  const column = (/** @type {string} */ name) => columnOf(columns[name], ids.length);
  const cpu = column("cpu_pct");
  const throttled = column("throttled_pct");
  const memory = column("mem_bytes");
  const cache = column("mem_cache_bytes");
  const anon = column("mem_anon_bytes");
  const file = column("mem_file_bytes");
  const kernel = column("mem_kernel_bytes");
  const swap = column("mem_swap_bytes");
  const limit = column("mem_limit_bytes");
  const oomKills = column("oom_kills");
  const received = column("net_rx_bytes_per_sec");
  const sent = column("net_tx_bytes_per_sec");
  const readBytes = column("block_read_bytes_per_sec");
  const written = column("block_write_bytes_per_sec");
  const pids = column("pids");
  const cpuPressure = column("cpu_pressure_pct");
  const memoryPressure = column("mem_pressure_pct");
  const ioPressure = column("io_pressure_pct");
  const age = column("age_secs");
  return ids.map((value, place) => {
    return {
      id: shortId(value),
      name: text(names[place]) ?? refuse(),
      cpu_pct: amount(cpu?.[place]),
      throttled_pct: amount(throttled?.[place]),
      mem_bytes: amount(memory?.[place]),
      mem_cache_bytes: amount(cache?.[place]),
      mem_anon_bytes: amount(anon?.[place]),
      mem_file_bytes: amount(file?.[place]),
      mem_kernel_bytes: amount(kernel?.[place]),
      mem_swap_bytes: amount(swap?.[place]),
      mem_limit_bytes: amount(limit?.[place]),
      oom_kills: amount(oomKills?.[place]),
      net_rx_bytes_per_sec: amount(received?.[place]),
      net_tx_bytes_per_sec: amount(sent?.[place]),
      block_read_bytes_per_sec: amount(readBytes?.[place]),
      block_write_bytes_per_sec: amount(written?.[place]),
      pids: amount(pids?.[place]),
      cpu_pressure_pct: amount(cpuPressure?.[place]),
      mem_pressure_pct: amount(memoryPressure?.[place]),
      io_pressure_pct: amount(ioPressure?.[place]),
      age_secs: amount(age?.[place]),
      stale: stale?.[place] === true,
      unknown: reasons(unknown?.[place]),
    };
  });
}

/** By short id, of those with a sample and of those that ended. @param {unknown} value @returns {Map<string, Diagnosis>} */
export function diagnosesOf(value) {
  const found = new Map();
  for (const [id, each] of Object.entries(optional(value)).slice(0, LIMITS.containers)) {
    const fields = optional(each);
    const sentence = text(fields["sentence"]);
    if (!sentence) continue;
    const cause = text(fields["cause"]) ?? "";
    found.set(id, { cause, sentence, rule: text(fields["rule"]) ?? "", severe: fields["severe"] === true });
  }
  return found;
}

/** @type {Map<string, string>} */
const NO_REASONS = new Map();

/** @param {unknown} value @returns {Map<string, string>} */
function reasons(value) {
  const entries = Object.entries(optional(value));
  if (entries.length === 0) return NO_REASONS; // nearly every sample: one map for all of them
  const found = new Map();
  for (const [group, code] of entries.slice(0, LIMITS.reasons)) {
    if (typeof code === "string") found.set(group, code.slice(0, LIMITS.stringChars));
  }
  return found;
}
