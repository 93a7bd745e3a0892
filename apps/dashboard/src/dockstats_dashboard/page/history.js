/**
 * What the dashboard kept of the last half hour: its history, its sparklines, the fleet of an earlier instant.
 *
 * Each function gives null when the dashboard does not tell; the next stream, or the next click, asks again.
 * Not here: where the answers go (points, buckets, spark, time-machine).
 *
 * @typedef {import("./messages.js").StreamMessage} StreamMessage
 * @typedef {import("./host.js").SparkPast} SparkPast
 *
 * @typedef {object} HistoryAnswer
 * @property {Float64Array} times milliseconds since 1970, ascending
 * @property {Record<string, Float32Array>} columns each as long as `times`; NaN: not known then
 *
 * @typedef {object} Sparklines
 * @property {number} at milliseconds since 1970
 * @property {Map<string, SparkPast>} agents by agent's id
 *
 * @typedef {object} Moment
 * @property {number} at milliseconds since 1970
 * @property {number | null} oldest the earliest instant there is
 * @property {StreamMessage[]} messages what the stream would have said then
 */

import { read } from "./messages.js";
import { MAX_POINTS } from "./points.js";

const ANSWER_MS = 10_000;
const MOST_MESSAGES = 5000; // four an agent
const MOST_SPARK_POINTS = 300;

/**
 * The points of a host or of one of its containers.
 *
 * @param {object} wanted
 * @param {string} wanted.agent
 * @param {string} [wanted.container] its id, at least the first 12 characters; without it, the host
 * @param {number | null} [wanted.since] milliseconds since 1970
 * @param {number | null} [wanted.until]
 * @param {number | null} [wanted.stepMs] the mean of each so many milliseconds, at their beginning
 * @param {readonly string[]} wanted.columns
 * @param {typeof fetch} [get]
 * @returns {Promise<HistoryAnswer | null>}
 */
export async function fetchHistory({ agent, container, since, until, stepMs, columns }, get) {
  const query = new URLSearchParams({ agent, columns: columns.join(",") });
  if (container !== undefined) query.set("container", container);
  if (since != null) query.set("since", String(since / 1000));
  if (until != null) query.set("until", String(until / 1000));
  if (stepMs != null) query.set("step", String(stepMs / 1000));
  return historyOf(await ask(`api/history?${query}`, get), columns);
}

/**
 * The last minute before an instant, of every container.
 *
 * @param {number | null} [at] milliseconds since 1970; null: now
 * @param {typeof fetch} [get]
 * @returns {Promise<Sparklines | null>}
 */
export async function fetchSparklines(at = null, get) {
  return sparklinesOf(await ask(`api/sparklines${at === null ? "" : `?at=${at / 1000}`}`, get));
}

/**
 * The fleet as it was.
 *
 * @param {number} at milliseconds since 1970
 * @param {typeof fetch} [get]
 * @returns {Promise<Moment | null>}
 */
export async function fetchMoment(at, get) {
  return momentOf(await ask(`api/moment?at=${at / 1000}`, get));
}

/**
 * @param {string} url
 * @param {typeof fetch} [get]
 * @returns {Promise<any>} null: no answer
 */
export async function ask(url, get = fetch) {
  try {
    const answer = await get(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/**
 * The newest points of an answer, as many as a chart keeps; null when it is none.
 *
 * @param {any} answer
 * @param {readonly string[]} names
 * @returns {HistoryAnswer | null}
 */
export function historyOf(answer, names) {
  const at = answer?.at;
  if (!Array.isArray(at) || !at.every((time, index) => Number.isFinite(time) && !(time < at[index - 1]))) return null;
  const first = Math.max(0, at.length - MAX_POINTS);
  /** @type {Record<string, Float32Array>} */
  const columns = {};
  for (const name of names) {
    const values = answer.columns?.[name];
    if (!Array.isArray(values) || values.length !== at.length) return null;
    columns[name] = Float32Array.from(values.slice(first), (value) => (Number.isFinite(value) ? value : NaN));
  }
  return { times: Float64Array.from(at.slice(first), (seconds) => seconds * 1000), columns };
}

/** @param {any} answer @returns {Sparklines | null} */
export function sparklinesOf(answer) {
  const { at, step, agents } = answer ?? {};
  if (!Number.isFinite(at) || !(step > 0) || typeof agents !== "object" || agents === null) return null;
  const found = new Map();
  for (const [agentId, host] of Object.entries(agents)) {
    const containers = new Map();
    for (const [id, line] of Object.entries(host ?? {})) {
      const [cpu, memory] = [figures(line?.cpu_pct), figures(line?.mem_bytes)];
      if (cpu.length === memory.length) containers.set(id, { cpu, memory });
    }
    found.set(agentId, { endAt: at * 1000, stepMs: step * 1000, containers });
  }
  return { at: at * 1000, agents: found };
}

/** @param {unknown} value @returns {Float32Array} */
function figures(value) {
  const list = Array.isArray(value) ? value.slice(0, MOST_SPARK_POINTS) : [];
  return Float32Array.from(list, (figure) => (Number.isFinite(figure) ? figure : NaN));
}

/** @param {any} answer @returns {Moment | null} */
export function momentOf(answer) {
  const { at, oldest, messages } = answer ?? {};
  if (!Number.isFinite(at) || !Array.isArray(messages) || messages.length > MOST_MESSAGES) return null;
  return {
    at: at * 1000,
    oldest: Number.isFinite(oldest) ? oldest * 1000 : null,
    messages: messages.map(read).filter((message) => message !== null),
  };
}
