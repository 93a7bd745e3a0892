/**
 * Everything known about one host, as rows of a name and its text. Pure.
 *
 * Not here: its figures as bars (host-tile), where the rows stand (host-detail), a host in one line (host-words).
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {{ name: string, text: string }} Fact
 */

import { sentence } from "./sentence.js";
import { cores, digits, duration, instant, percent } from "./format.js";
import { milliseconds } from "./host-words.js";
import { cpuOf, memoryOf } from "./model.js";
import { pressuresOf } from "./pressure.js";

/**
 * What the host itself does.
 *
 * @param {Host} host
 * @param {import("./format.js").Format} format
 * @returns {Fact[]}
 */
export function hostFigures({ batch, counts }, format) {
  if (batch === null) return [];
  const { host } = batch;
  const cpu = cpuOf(batch);
  const memory = memoryOf(batch);
  const basis = host.basis === "host" ? "" : "; only its containers, the agent does not see the machine";
  const unknown = "not told: the agent cannot see the machine, or has no engine yet";
  const pressures = pressuresOf(host).map(({ of, pct }) => `${of} ${percent(pct)} %`);
  const allCores = host.cores === null ? "cores" : `of ${host.cores} cores`;
  const allMemory = host.mem_total_bytes === null ? "" : ` of ${format.limit(host.mem_total_bytes)}`;
  return [
    { name: "CPU", text: cpu === null ? unknown : `${cores(cpu)} ${allCores}${basis}` },
    { name: "Memory", text: memory === null ? unknown : `${format.bytes(memory).join(" ")}${allMemory}${basis}` },
    { name: "Load", text: host.load_1m === null ? "not told by this agent" : `${digits(host.load_1m)} in the last minute` },
    { name: "Pressure", text: pressures.join(" · ") || "not told: it needs a Linux kernel with PSI, and an agent that sees its host" },
    { name: "Containers", text: countText(counts) },
  ];
}

/**
 * How it is watched, and what that costs there.
 *
 * @param {Host} host
 * @param {import("./format.js").Format} format
 * @param {number} now on the dashboard's clock
 * @returns {Fact[]}
 */
export function watchFacts({ entry, batch, batchAt, connection }, format, now) {
  /** @type {Fact[]} */
  const facts = [{ name: "Address", text: entry.url || "this dashboard's own machine" }];
  if (connection !== null) {
    const version = connection.agent_version ? `, agent ${connection.agent_version}` : "";
    facts.push({ name: "Connection", text: `${connection.status} since ${instant(connection.at, now)}${version}` });
  }
  if (batch === null) return facts;
  const { engine, sampling, own_usage: own } = batch;
  if (engine !== null) {
    const name = [engine.product, engine.version].filter(Boolean).join(" ");
    const endpoint = engine.endpoint === engine.product ? "" : engine.endpoint; // simulated says all
    facts.push({ name: "Engine", text: [name, endpoint].filter(Boolean).join(" at ") || "not told" });
  }
  const why = sampling.reason ? `: ${sampling.reason}` : "";
  facts.push({ name: "Source", text: sampling.source === null ? "not told" : `${sampling.source}${why}` });
  for (const limitation of sampling.limitations) facts.push({ name: "Missing", text: sentence(limitation) });
  if (sampling.interval_secs !== null) {
    const taking = sampling.duration_secs === null ? "" : `, read in ${milliseconds(sampling.duration_secs * 1000)}`;
    const skipped = sampling.skipped_ticks ? `, ${sampling.skipped_ticks} left out since its start` : "";
    facts.push({ name: "Cadence", text: `every ${duration(sampling.interval_secs * 1000)}${taking}${skipped}` });
  }
  const skew = batch.sent_at - batch.received_at;
  const side = skew > 0 ? "ahead of" : "behind";
  facts.push({ name: "Clock", text: `${milliseconds(Math.abs(skew))} ${side} the dashboard's, the time on the way included` });
  if (batchAt !== null) facts.push({ name: "Newest figures", text: instant(batchAt, now) });
  const costs = [];
  if (own.cpu_pct !== null) costs.push(`${percent(own.cpu_pct)} % of a core`);
  if (own.mem_bytes !== null) costs.push(format.bytes(own.mem_bytes).join(" "));
  facts.push({ name: "Watching costs", text: costs.length > 0 ? costs.join(" and ") : "not told by this agent" });
  return facts;
}

/** @param {import("./model.js").Counts} counts */
function countText(counts) {
  const kinds = /** @type {const} */ (["running", "unhealthy", "restarting", "paused", "stopped"]);
  const parts = kinds.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${kind}`);
  return parts.length === 0 ? "none" : parts.join(" · ");
}
