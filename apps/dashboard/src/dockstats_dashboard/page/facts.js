/**
 * What is known of a container beside its figures: rows of a label and a value, some of them to copy. Pure.
 *
 * Not here: how they are shown (detail-drawer).
 *
 * @typedef {import("./model.js").Container} Container
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./format.js").Format} Format
 *
 * @typedef {object} FactRow
 * @property {string} label
 * @property {string} value
 * @property {string | null} copy what the row's button copies; null: it has none
 */

import { digits, duration, instant } from "./format.js";
import { milliseconds } from "./host-words.js";
import { labelsOf } from "./labels.js";

const LONG_AGO_MS = 365 * 86_400_000;

/** What is copied is one line: a stranger may have written it, and a terminal runs what is pasted line by line. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * Only what is known; a fact that the agent does not tell has no row.
 *
 * @param {Container} container
 * @param {Host} host
 * @param {Format} format
 * @param {number} now milliseconds on the dashboard's clock
 * @param {import("./totals.js").Sums | null} totals null: not known, or not of the instant that is shown
 * @returns {FactRow[]}
 */
export function factRows(container, host, format, now, totals) {
  const { facts } = container;
  /** @type {FactRow[]} */
  const rows = [];
  const add = (/** @type {string} */ label, /** @type {string | null} */ value, copy = false) => {
    if (value) rows.push({ label, value, copy: copy ? value.replace(CONTROLS, " ") : null });
  };
  add("Name", container.name, true);
  rows.push({ label: "Id", value: container.id, copy: container.fullId || container.id });
  add("Image", facts?.image ?? null, true);
  add("Host", host.label, true);
  if (facts !== null) {
    add("Project", [facts.compose_project, facts.compose_service].filter(Boolean).join(" / "), true);
    for (const [key, value] of labelsOf(facts)) add(`Label ${key}`, value, true);
    add("Limits", limitsText(facts, format));
    add("Network", networkText(facts), facts.network_mode !== null);
    add("Started", agoText(facts.started_at, now));
    if (facts.state === "exited" || facts.state === "dead") add("Ended", agoText(facts.finished_at, now));
    add("Restarts", facts.restart_count === null ? null : String(facts.restart_count));
    if (facts.exit_code !== null && facts.state !== "running") {
      add("Exit code", `${facts.exit_code}${facts.oom_killed ? ", killed: out of memory" : ""}`);
    }
  }
  if (totals !== null) {
    const sums = (/** @type {[number | null, string][]} */ ...each) => {
      return each.map(([sum, word]) => (sum === null ? "" : `${format.bytes(sum).join(" ")} ${word}`)).filter(Boolean);
    };
    add("Disk since start", sums([totals.block_read_bytes, "read"], [totals.block_write_bytes, "written"]).join(" · "));
    add("Network since start", sums([totals.net_rx_bytes, "in"], [totals.net_tx_bytes, "out"]).join(" · "));
  }
  add("Source", sourceText(host));
  return rows;
}

/** @param {import("./messages.js").ContainerFacts} facts @param {Format} format */
function limitsText({ cpu_limit_cores: cpu, mem_limit_bytes: memory, pids_limit: pids }, format) {
  const parts = [
    cpu === null ? "no CPU limit" : `${Number(digits(cpu))} ${cpu === 1 ? "core" : "cores"}`,
    memory === null ? "no memory limit" : `${format.limit(memory)} memory`,
    pids === null ? "no pids limit" : `${pids} pids`,
  ];
  return parts.join(" · ");
}

/** @param {import("./messages.js").ContainerFacts} facts */
function networkText({ network_mode: mode, network_of: of }) {
  return of ? `shared with ${of}` : mode;
}

/** @param {number | null} at @param {number} now */
function agoText(at, now) {
  if (at === null || at <= 0 || now - at > 100 * LONG_AGO_MS) return null; // an engine's zero time
  return `${instant(at, now)}, ${duration(Math.max(0, now - at))} ago`;
}

/** @param {Host} host */
function sourceText({ batch }) {
  if (batch === null) return null;
  const { source, interval_secs: interval, duration_secs: took } = batch.sampling;
  const parts = [
    source,
    interval === null ? null : `every ${duration(interval * 1000)}`,
    took === null ? null : `sampled in ${milliseconds(took * 1000)}`,
  ];
  return parts.filter(Boolean).join(", ") || null;
}
