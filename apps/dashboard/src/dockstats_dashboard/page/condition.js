/**
 * How a host and the stream are, in words: state in, a mark and sentences with the next step out. Pure.
 *
 * Not here: what the state is (model, stream), how it looks (host-tile, notice).
 *
 * @typedef {import("./model.js").Fleet} Fleet
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./stream.js").StreamState} StreamState
 *
 * @typedef {object} Condition
 * @property {"live" | "attention" | "waiting" | "lost"} kind all is well; something needs a person; not there yet; gone
 * @property {boolean} live its figures are of now
 * @property {string} word
 * @property {Sentence[]} sentences
 *
 * @typedef {object} Sentence
 * @property {string} text
 * @property {number | null} [retryAt] when it is tried again, on this browser's clock: what counts down is drawn by it
 * @property {"wrong" | "hint"} tone
 */

import { instant } from "./format.js";
import { sentence } from "./sentence.js";

/** Shown for each kind, beside its word or with it as a label. @type {Record<Condition["kind"], string>} */
export const MARKS = { live: "●", attention: "▲", waiting: "○", lost: "✕" };

/**
 * @param {Host} host
 * @param {Fleet} fleet
 * @param {number} now on the dashboard's clock
 * @returns {Condition}
 */
export function conditionOf(host, fleet, now) {
  const { connection, batch, batchAt } = host;
  const status = connection?.status ?? "connecting";
  /** @type {Sentence[]} */
  const sentences = [];
  if (connection?.reason) {
    const wrong = status !== "connecting";
    const retryAt = connection.retry_at === null ? null : fleet.local(connection.retry_at);
    sentences.push({ text: sentence(connection.reason), tone: wrong ? "wrong" : "hint", retryAt });
  }
  if (status !== "connected") return notConnected(status, host, sentences, now);
  if (batch === null || batchAt === null) {
    sentences.push({ text: "Connected; the first figures are on their way.", tone: "hint" });
    return { kind: "waiting", live: false, word: "connected", sentences };
  }
  if (host.isSilent(now)) {
    const since = `No figures since ${instant(batchAt, now)}`;
    sentences.push({ text: `${since}, from an agent that is connected. If it lasts, see its log.`, tone: "wrong" });
    return { kind: "lost", live: false, word: "silent", sentences };
  }
  if (batch.engine !== null && !batch.engine.reachable) {
    const error = batch.engine.error;
    if (error === null) {
      sentences.push({ text: "Looking for the container engine.", tone: "hint" });
      return { kind: "waiting", live: false, word: "starting", sentences };
    }
    sentences.push({ text: `${sentence(error)} The agent keeps trying.`, tone: "wrong" });
    return { kind: "attention", live: false, word: "no engine", sentences };
  }
  if (batch.engine?.error) sentences.push({ text: sentence(batch.engine.error), tone: "wrong" });
  if (host.containers.size === 0) sentences.push({ text: NO_CONTAINERS, tone: "hint" });
  const kind = sentences.some(({ tone }) => tone === "wrong") ? "attention" : "live";
  return { kind, live: true, word: kind === "live" ? "live" : "needs a look", sentences };
}

const NO_CONTAINERS =
  "There is no container here. Start one, and it shows at once; what a filter or a label hides stays away.";

/**
 * @param {"connecting" | "error" | "closed"} status
 * @param {Host} host
 * @param {Sentence[]} sentences
 * @param {number} now
 * @returns {Condition}
 */
function notConnected(status, host, sentences, now) {
  const word = status === "error" ? "no connection" : status;
  if (sentences.length === 0) {
    const text = status === "closed" ? "The agent ended the connection." : "Connecting to the agent.";
    sentences.push({ text, tone: "hint" });
  }
  if (host.batchAt === null) {
    return { kind: status === "connecting" ? "waiting" : "lost", live: false, word, sentences };
  }
  if (host.isLive(now)) return { kind: "live", live: true, word, sentences: [] };
  sentences.push({ text: `Its figures are from ${instant(host.batchAt, now)}.`, tone: "hint" });
  return { kind: "lost", live: false, word, sentences };
}

/**
 * The same while the dashboard cannot be reached: what was known of the host, and no more.
 *
 * @param {Condition} condition
 * @returns {Condition}
 */
export function asLastKnown(condition) {
  const sentences = condition.sentences.map(({ text, tone }) => ({ text, tone }));
  return { kind: "lost", live: false, word: "last known", sentences };
}
