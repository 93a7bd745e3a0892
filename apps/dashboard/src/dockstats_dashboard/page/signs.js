/**
 * What stands beside a container's name when there is something to say: one thing, the most urgent. Pure.
 *
 * Not here: the mark of its state (state-mark), throttling, which stands beside the CPU (cells).
 *
 * @typedef {import("./messages.js").ContainerFacts} ContainerFacts
 *
 * @typedef {object} Sign
 * @property {string} text
 * @property {string | null} why
 * @property {"high" | "full" | "quiet"} tone
 */

import { age } from "./format.js";
import { markOf } from "./state-mark.js";

/**
 * @param {import("./model.js").Container} container
 * @param {object} around
 * @param {boolean} around.left it is no longer among those shown, and its row stays only because somebody points at it
 * @param {import("./thresholds.js").Excess | null} around.over
 * @returns {Sign | null}
 */
export function signOf({ sample, facts, gone }, { left, over }) {
  if (gone !== null) return goneSign(gone.exitCode);
  if (left) return { text: "not in this list any more", why: null, tone: "quiet" };
  if (facts?.state === "restarting") return { text: "restarting", why: restartsText(facts), tone: "high" };
  if (over !== null) return { text: `▲ ${over.which}`, why: `${over.word}, which is set as a threshold`, tone: "high" };
  if (sample?.stale && sample.age_secs !== null) {
    const why = "The last reading is older than it should be; the figures are from then.";
    return { text: `${age(sample.age_secs * 1000)} old`, why, tone: "quiet" };
  }
  if (facts?.health === "unhealthy") return { text: "unhealthy", why: "Its health check fails.", tone: "full" };
  if (facts?.state === "paused") return { text: "paused", why: "It does nothing until it is resumed.", tone: "quiet" };
  if (sample !== null) return null;
  const { word, tone } = markOf({ facts, sample });
  return { text: word, why: null, tone: tone === "well" ? "quiet" : tone };
}

/** @param {number | null} code @returns {Sign} */
function goneSign(code) {
  if (code === null) return { text: "ended", why: "It does not exist any more.", tone: "quiet" };
  const why = `It ended with exit code ${code} and does not exist any more.`;
  return { text: `exit ${code}`, why, tone: code === 0 ? "quiet" : "high" };
}

/** @param {ContainerFacts} facts */
function restartsText({ restart_count: count, exit_code: code }) {
  const times = count ? ` (${count === 1 ? "once" : `${count} times`} so far)` : "";
  const last = code === null ? "" : `, the last time with exit code ${code}`;
  return `It keeps ending, and the engine starts it again${times}${last}.`;
}
