/**
 * Why a figure is not known: a word for its place, and a sentence for whoever asks. Pure.
 *
 * The codes are those of docs/protocol.md. Not here: the words (reason-words), figures that are known (format).
 *
 * @typedef {{ word: string, sentence: string }} Reason
 */

import { wordOf } from "./reason-words.js";
import { sentence } from "./sentence.js";

/** @type {Map<string, string>} */
const SENTENCES = new Map(
  Object.entries({
    first_sample: "A rate needs two readings; it shows with the next one.",
    counter_reset: "The counter began anew, as after a restart; the rate shows with the next reading.",
    gap: "There was no reading for too long; the next one starts anew.",
    host_network: "This container uses the host's network, where nobody counts its share; with a network of its own it would show.",
    shared_network: "This container uses another container's network; its traffic is counted there, look at that one.",
    no_network: "This container has no network (mode none), so there is no traffic to read.",
    source_cannot_tell: "This source, engine or kernel does not give the figure; another --source of the agent may.",
    time_out: "The engine did not answer in time; the next reading tries again.",
    engine_error: "The engine answered with an error; the next reading tries again.",
    engine_unreachable: "The agent has no connection to its engine and keeps trying.",
    not_read_yet: "The container is new; its first reading is under way.",
  }),
);

/** For figures that no reason came with. @type {Reason} */
export const UNTOLD = { word: wordOf(undefined), sentence: "The agent gives no figure here, and no reason; a newer agent may." };

const MAX_LIMITATIONS = 3;

/**
 * @param {string | undefined} code
 * @param {string | null} [networkOf] name of the container whose network is used
 * @param {import("./model.js").Host | null} [host] where it is, whose source may say what it lacks and the way out
 * @returns {Reason}
 */
export function reasonOf(code, networkOf = null, host = null) {
  if (code === undefined) return UNTOLD;
  return { word: wordOf(code, host, networkOf), sentence: sentenceOf(code, networkOf, host) };
}

/** @param {string} code @param {string | null} networkOf @param {import("./model.js").Host | null} host */
function sentenceOf(code, networkOf, host) {
  if (code === "shared_network" && networkOf) {
    return `This container uses the network of ${networkOf}; its traffic is counted there, look at that one.`;
  }
  const general = SENTENCES.get(code) ?? `The agent's reason is one that this page does not know: ${code}.`;
  if (!host?.batch) return general;
  const { source, limitations } = host.batch.sampling;
  if (code === "engine_error") {
    const told = [host.batch.engine?.error ?? "", ...limitations].filter(Boolean);
    return [general, ...told.slice(0, MAX_LIMITATIONS).map(sentence)].join("\n");
  }
  if (code !== "source_cannot_tell") return general;
  if (limitations.length === 0) return general;
  return [`The source on ${host.label} (${source}) does not give it.`, ...limitations.slice(0, MAX_LIMITATIONS)].join("\n");
}
