/**
 * Why there is no stream: an EventSource only says that it failed, an ordinary request says more.
 *
 * Not here: when to ask (stream), how it is shown (situation).
 *
 * @typedef {object} Problem
 * @property {"network" | "token" | "refused" | "proxy" | "error" | "stream"} kind
 * @property {string} sentence for a person, with the next step
 */

import { sentence } from "./sentence.js";

const ANSWER_MS = 5000;
const MOST_DETAIL = 300;
/** With fewer attempts behind it, a dashboard that answers has just come back. */
const HELD_BACK_AFTER = 3;

/** @param {number} status @param {string} detail what the answer says itself @returns {Problem} */
function refusal(status, detail) {
  const said = detail ? sentence(detail) : "";
  switch (status) {
    case 401:
      return { kind: "token", sentence: "The session has ended, or the dashboard has another token now." };
    case 403:
      return { kind: "refused", sentence: said || "The dashboard refuses this page: its log says why." };
    case 502:
    case 503:
    case 504:
      return { kind: "proxy", sentence: `The proxy before it says ${status}: the dashboard is down, or just starting.` };
    default:
      return { kind: "error", sentence: `The dashboard answers with an error (${status}): its log says why.` };
  }
}

/**
 * Asks the dashboard by other means; null when it seems well.
 *
 * @param {string | URL} root of the dashboard
 * @param {number} attempts that failed in a row
 * @param {typeof fetch} [get]
 * @returns {Promise<Problem | null>}
 */
export async function findProblem(root, attempts, get = fetch) {
  try {
    for (const path of ["healthz", "api/agents"]) {
      const answer = await get(new URL(path, root).href, { signal: AbortSignal.timeout(ANSWER_MS), cache: "no-store" });
      if (!answer.ok) return refusal(answer.status, await detailOf(answer));
      if (!/\bjson\b/.test(answer.headers.get("content-type") ?? "")) {
        return { kind: "proxy", sentence: "Something else answers, as when a proxy asks to sign in: reload the page." };
      }
    }
  } catch {
    return { kind: "network", sentence: "The dashboard does not answer: is it running, and can this machine reach it?" };
  }
  if (attempts < HELD_BACK_AFTER) return null;
  return { kind: "stream", sentence: "The dashboard answers, its live stream does not: a proxy may hold it back." };
}

/** @param {Response} answer */
async function detailOf(answer) {
  try {
    const { detail } = await answer.json();
    return typeof detail === "string" ? detail.slice(0, MOST_DETAIL) : "";
  } catch {
    return ""; // a proxy's own page
  }
}
