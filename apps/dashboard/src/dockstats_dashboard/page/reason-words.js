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

/** Names longer than this do not fit into a cell: of a host, and of a container. */
const MAX_NAME_CHARS = 7;
const MAX_CONTAINER_CHARS = 14;

/**
 * @param {string | undefined} code why; undefined: no reason came with it
 * @param {import("./model.js").Host | null} [host] where it is
 * @param {string | null} [networkOf] name of the container whose network is used
 */
export function wordOf(code, host = null, networkOf = null) {
  if (code === "shared_network" && networkOf && networkOf.length <= MAX_CONTAINER_CHARS) return `via ${networkOf}`;
  if (code === "source_cannot_tell" && host?.batch && host.label.length <= MAX_NAME_CHARS) return `not on ${host.label}`;
  return WORDS.get(code ?? "") ?? "unknown";
}
