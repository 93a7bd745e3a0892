/**
 * A container's state and health as one mark, its tone and its word. Pure.
 *
 * Not here: which state it is in (container), drawing it (cells).
 *
 * @typedef {import("./messages.js").ContainerFacts} ContainerFacts
 *
 * @typedef {object} StateMark
 * @property {string} mark
 * @property {"well" | "high" | "full" | "quiet"} tone
 * @property {string} word
 */

import { stateOf } from "./container.js";

/** @param {Parameters<typeof stateOf>[0]} container @returns {StateMark} */
export function markOf(container) {
  const { facts } = container;
  const state = stateOf(container);
  switch (state) {
    case "running":
      return facts === null ? quiet("●", state) : healthOf(facts.health);
    case "paused":
      return quiet("‖", state);
    case "restarting":
      return { mark: "↻", tone: "high", word: state };
    case "exited":
      return ended(/** @type {ContainerFacts} */ (facts)); // figures tell of none
    case "dead":
      return { mark: "✕", tone: "full", word: state };
    default:
      return quiet("○", state);
  }
}

/** @param {string | null} health @returns {StateMark} */
function healthOf(health) {
  if (health === "unhealthy") return { mark: "✕", tone: "full", word: "unhealthy" };
  if (health === "starting") return { mark: "◐", tone: "quiet", word: "running, health check starting" };
  return { mark: "●", tone: "well", word: health === "healthy" ? "healthy" : "running" };
}

/** @param {ContainerFacts} facts @returns {StateMark} */
function ended(facts) {
  if (facts.oom_killed) return { mark: "✕", tone: "full", word: "killed: out of memory" };
  if (facts.exit_code === null || facts.exit_code === 0) return quiet("○", "exited");
  return { mark: "✕", tone: "high", word: `exited with ${facts.exit_code}` };
}

/** @param {string} mark @param {string} word @returns {StateMark} */
function quiet(mark, word) {
  return { mark, tone: "quiet", word };
}
