/**
 * What stands between a person and live figures, in words with the next step; nothing while all is well. Pure.
 *
 * Two places say it: the timeline that the page stands still, the head all else.
 *
 * Not here: a host's own condition (condition), how it looks (notice).
 *
 * @typedef {object} Situation
 * @property {string} kind
 * @property {"wrong" | "hint" | "paused"} tone
 * @property {string} title
 * @property {string} text
 * @property {number | null} retryAt when the next attempt starts, on this browser's clock
 * @property {"hurry" | "live" | "doctor" | "signIn" | null} action what a button beside it does
 * @property {boolean} large there is nothing else to show
 *
 * @typedef {object} Given
 * @property {import("./stream.js").StreamState} streamState
 * @property {readonly import("./model.js").Host[] | null} hosts null: none was ever heard of
 * @property {ReadonlyMap<string, import("./condition.js").Condition>} conditions by agent id
 * @property {number | null} instant at which the page stands still, on the dashboard's clock; null: it does not
 * @property {number} browserNow
 * @property {import("./model.js").Restart | null} [restart]
 * @property {number} [now] on the dashboard's clock
 */

import { age, instant as clock } from "./format.js";

/** @type {Record<import("./stream-problem.js").Problem["kind"], string>} */
const PROBLEMS = {
  network: "The dashboard does not answer",
  token: "You are not signed in",
  refused: "The dashboard refuses this page",
  proxy: "A proxy answers, the dashboard does not",
  error: "The dashboard has an error",
  stream: "The stream does not come through",
};

/** A stream that is back within this time was not worth a word. */
const BLINK_MS = 2000;
/** So long it is told that the dashboard was restarted. */
const RESTART_TOLD_MS = 30_000;

/** What keeps figures from coming. @param {Given} given @returns {Situation | null} */
export function situationOf(given) {
  return streamSituation(given) ?? hostSituation(given) ?? restartSituation(given);
}

/**
 * That the page stands still.
 *
 * @param {{ instant: number | null, loading: boolean, error: string | null }} past
 * @param {number} liveNow on the dashboard's clock
 * @param {boolean} arriving whether the stream is well
 * @returns {Situation | null}
 */
export function pastSituation({ instant, loading, error }, liveNow, arriving) {
  if (instant === null) return null;
  const title = `Paused at ${clock(instant, liveNow)}`;
  const paused = /** @type {const} */ ({ ...PLAIN, kind: "paused", action: "live" });
  if (error !== null) return { ...paused, tone: "wrong", title, text: error };
  const ago = Math.max(0, liveNow - instant);
  const then = `Everything here is as it was then${arriving ? "; figures keep arriving" : ""}.`;
  const text = loading ? "Fetching what was then." : then;
  return { ...paused, tone: "paused", title: `${title}, ${ago < 1000 ? "just now" : `${age(ago)} ago`}`, text };
}

/** @param {Given} given @returns {Situation | null} */
function restartSituation({ restart, instant, now = 0 }) {
  if (!restart || instant !== null || now - restart.heardAt > RESTART_TOLD_MS) return null;
  const at = clock(restart.startedAt, now);
  const text = `It began anew at ${at}. Charts keep what this page saw before. The whole table goes back only to then.`;
  return { ...PLAIN, kind: "restarted", title: "The dashboard was restarted", text };
}

/** @type {Situation} */
const PLAIN = { kind: "", tone: "hint", title: "", text: "", retryAt: null, action: null, large: false };

/** @param {Given} given @returns {Situation | null} */
function streamSituation({ streamState, hosts, instant, browserNow }) {
  const { problem } = streamState;
  const said = streamSentence(streamState, hosts !== null, browserNow, instant);
  if (said === null) return null;
  const large = hosts === null;
  const retryAt = said.retryAt ?? null;
  if (said.tone === "hint") return { ...PLAIN, kind: "connecting", title: "Connecting", text: said.text, large };
  const kind = problem?.kind ?? "network";
  const text = large ? (problem?.sentence ?? said.text) : [problem?.sentence, said.text].filter(Boolean).join(" ");
  const action = kind === "token" ? "signIn" : "hurry";
  return { ...PLAIN, kind, tone: "wrong", title: PROBLEMS[kind], text, retryAt, action, large };
}

/** @param {Given} given @returns {Situation | null} */
function hostSituation({ hosts, conditions, instant }) {
  if (hosts === null) return null;
  if (hosts.length === 0) {
    const text =
      "The dashboard has no agents. Start it with --agents ws://host:8080/ws, or without the option to see this machine.";
    return { ...PLAIN, kind: "no-agents", title: "No hosts", text, large: true };
  }
  const known = hosts.map((host) => conditions.get(host.entry.id)).filter((condition) => condition !== undefined);
  if (instant !== null || known.some(({ live }) => live)) return null;
  const large = hosts.every(({ containers }) => containers.size === 0);
  const [only] = known;
  if (hosts.length === 1 && only !== undefined) return onlyHost(hosts[0]?.label ?? "", only, large);
  const waiting = known.every(({ kind }) => kind === "waiting");
  if (waiting) {
    const text = "The first figures are on their way.";
    return { ...PLAIN, kind: "connecting", title: "Connecting to the hosts", text, large };
  }
  const said = hosts.map((host) => `${host.label}: ${conditions.get(host.entry.id)?.sentences[0]?.text ?? "no answer."}`);
  const text = large ? said.join("\n") : "Every figure here is the last that was known. Each host says why.";
  const title = `None of the ${hosts.length} hosts is live`;
  return { ...PLAIN, kind: "all-lost", tone: "wrong", title, text, action: "doctor", large };
}

/** @param {string} label @param {import("./condition.js").Condition} condition @param {boolean} large @returns {Situation} */
function onlyHost(label, condition, large) {
  const [first] = condition.sentences;
  const text = condition.sentences.map((each) => each.text).join(" ");
  const retryAt = first?.retryAt ?? null;
  if (condition.kind === "waiting") {
    return { ...PLAIN, kind: "connecting", title: `Connecting to ${label}`, text, retryAt, large };
  }
  const denied = /permission denied/i.test(text);
  const title = denied ? "Permission denied" : condition.word === "no engine" ? "No container engine" : `${label} is lost`;
  return { ...PLAIN, kind: denied ? "denied" : "host-lost", tone: "wrong", title, text, retryAt, action: "doctor", large };
}

/**
 * What is to be said about the stream; null while all is well.
 *
 * @param {Given["streamState"]} stream
 * @param {boolean} hasHosts whether anything was ever heard
 * @param {number} now on this browser's clock, as all times of a stream are
 * @param {number | null} instant at which the page stands still, on the dashboard's clock; null: it does not
 * @returns {import("./condition.js").Sentence | null}
 */
export function streamSentence(stream, hasHosts, now, instant) {
  if (stream.kind === "open") return null;
  if (hasHosts && stream.lostAt !== null && now - stream.lostAt < BLINK_MS) return null;
  if (stream.kind === "opening" && stream.attempts === 0) {
    return hasHosts || now - stream.since < BLINK_MS ? null : { text: "Connecting to the dashboard.", tone: "hint" };
  }
  return { text: hasHosts ? lostSentence(stream.since, now, instant) : NO_ANSWER, tone: "wrong", retryAt: stream.retryAt };
}

const NO_ANSWER = "The dashboard does not answer. Is it still running?";

/** @param {number} since @param {number} now @param {number | null} instant */
function lostSentence(since, now, instant) {
  const lost = `No connection to the dashboard since ${clock(since, now)}`;
  if (instant === null) return `${lost}: every figure below is from then.`;
  return `${lost}. What is shown is of ${clock(instant, now)}; live figures and other instants have to wait.`;
}
