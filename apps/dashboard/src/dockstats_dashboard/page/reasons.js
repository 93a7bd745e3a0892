/**
 * Why a figure is not known: a word for its place, and a sentence for whoever asks. Pure.
 *
 * The codes are those of docs/protocol.md. Not here: figures that are known (format).
 *
 * @typedef {{ word: string, sentence: string }} Reason
 */

/** @type {Map<string, Reason>} */
const REASONS = new Map(
  Object.entries({
    first_sample: { word: "first sample", sentence: "A rate needs two readings; it shows with the next one." },
    counter_reset: {
      word: "restarted",
      sentence: "The counter began anew, as after a restart; the rate shows with the next reading.",
    },
    gap: { word: "gap", sentence: "There was no reading for too long; the next one starts anew." },
    host_network: {
      word: "host network",
      sentence: "This container uses the host's network; nobody counts its share of it.",
    },
    shared_network: {
      word: "shared",
      sentence: "This container uses another container's network; its traffic is counted there.",
    },
    no_network: { word: "no network", sentence: "This container has no network." },
    source_cannot_tell: {
      word: "not told",
      sentence: "This source, engine or kernel does not give the figure; another --source of the agent may.",
    },
    time_out: { word: "timed out", sentence: "The engine did not answer in time; the next reading tries again." },
    engine_error: {
      word: "engine error",
      sentence: "The engine answered with an error; the agent's log has its message.",
    },
    engine_unreachable: { word: "no engine", sentence: "The agent has no connection to its engine and keeps trying." },
    not_read_yet: { word: "not yet", sentence: "The container is new; its first reading is under way." },
  }),
);

/** For figures that no reason came with. @type {Reason} */
export const UNTOLD = { word: "unknown", sentence: "The agent gives no figure here, and no reason." };

/** A host's name longer than this does not fit into a cell. */
const MAX_NAME_CHARS = 7;
const MAX_LIMITATIONS = 3;

/**
 * @param {string | undefined} code
 * @param {string | null} [networkOf] name of the container whose network is used
 * @param {import("./model.js").Host | null} [host] where it is, whose source may say what it lacks and the way out
 * @returns {Reason}
 */
export function reasonOf(code, networkOf = null, host = null) {
  if (code === undefined) return UNTOLD;
  if (code === "shared_network" && networkOf) {
    const sentence = `This container uses the network of ${networkOf}; its traffic is counted there.`;
    return { word: "shared", sentence };
  }
  if (code === "source_cannot_tell" && host?.batch) return notThere(host.label, host.batch.sampling);
  const sentence = `The agent's reason is one that this page does not know: ${code}.`;
  return REASONS.get(code) ?? { word: "unknown", sentence };
}

/** @param {string} label @param {import("./messages.js").Sampling} sampling @returns {Reason} */
function notThere(label, { source, limitations }) {
  const general = /** @type {Reason} */ (REASONS.get("source_cannot_tell"));
  const told = limitations.slice(0, MAX_LIMITATIONS);
  const sentence = told.length === 0 ? general.sentence : `The source on ${label} (${source}) does not give it.`;
  return {
    word: label.length <= MAX_NAME_CHARS ? `not on ${label}` : general.word,
    sentence: [sentence, ...told].join("\n"),
  };
}
