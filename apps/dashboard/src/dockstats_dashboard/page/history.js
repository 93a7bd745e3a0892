/**
 * The points of a host from before the page was opened, from `api/history`.
 *
 * Not here: where they go (ring).
 *
 * @typedef {object} Points
 * @property {number[]} times milliseconds since 1970
 * @property {(number | null)[]} values CPU, 100 = one core
 */

import { MAX_POINTS } from "./ring.js";

const ANSWER_MS = 10_000;

/**
 * The CPU of one host in the last half hour; null when the dashboard does not tell (the next stream asks again).
 *
 * @param {string} agentId
 * @param {number | null} since milliseconds since 1970; only points from then on
 * @param {typeof fetch} [get]
 * @returns {Promise<Points | null>}
 */
export async function fetchHostCpu(agentId, since, get = fetch) {
  const query = new URLSearchParams({ agent: agentId });
  if (since !== null) query.set("since", String(since / 1000));
  try {
    const answer = await get(`api/history?${query}`, { signal: AbortSignal.timeout(ANSWER_MS) });
    return answer.ok ? pointsOf(await answer.json()) : null;
  } catch {
    return null;
  }
}

/**
 * The points of an answer; null when it is none.
 *
 * @param {any} answer
 * @returns {Points | null}
 */
export function pointsOf(answer) {
  const at = answer?.at;
  const cpu = answer?.columns?.cpu_pct;
  if (!Array.isArray(at) || !Array.isArray(cpu) || at.length !== cpu.length) return null;
  const newest = Math.max(0, at.length - MAX_POINTS);
  /** @type {Points} */
  const points = { times: [], values: [] };
  for (let index = newest; index < at.length; index += 1) {
    if (!Number.isFinite(at[index])) return null;
    points.times.push(at[index] * 1000);
    points.values.push(Number.isFinite(cpu[index]) ? cpu[index] : null);
  }
  return points;
}
