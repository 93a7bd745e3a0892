/**
 * The word that stands where a figure is not known. Pure.
 *
 * The codes are those of docs/protocol.md. Not here: the sentence behind it (reasons).
 */

const WORDS = new Map([
  ["first_sample", "first sample"],
  ["counter_reset", "restarted"],
  ["gap", "gap"],
  ["host_network", "host network"],
  ["shared_network", "shared"],
  ["no_network", "no network"],
  ["source_cannot_tell", "not told"],
  ["time_out", "timed out"],
  ["engine_error", "engine error"],
  ["engine_unreachable", "no engine"],
  ["not_read_yet", "not yet"],
]);

/** A host's name longer than this does not fit into a cell. */
const MAX_NAME_CHARS = 7;

/**
 * @param {string | undefined} code why; undefined: no reason came with it
 * @param {import("./model.js").Host | null} [host] where it is
 */
export function wordOf(code, host = null) {
  if (code === "source_cannot_tell" && host?.batch && host.label.length <= MAX_NAME_CHARS) return `not on ${host.label}`;
  return WORDS.get(code ?? "") ?? "unknown";
}
