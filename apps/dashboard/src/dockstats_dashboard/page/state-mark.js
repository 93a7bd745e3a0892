/**
 * A container's state and health as one mark, its tone and its word. Pure.
 *
 * Not here: drawing it (cells).
 *
 * @typedef {import("./messages.js").ContainerSample} ContainerSample
 * @typedef {import("./messages.js").ContainerFacts} ContainerFacts
 *
 * @typedef {object} StateMark
 * @property {string} mark
 * @property {"well" | "high" | "full" | "quiet"} tone
 * @property {string} word
 */

/**
 * @param {ContainerFacts | null} facts
 * @param {ContainerSample | null} sample
 * @returns {StateMark}
 */
export function stateOf(facts, sample) {
  if (facts === null) return sample ? { mark: "●", tone: "quiet", word: "running" } : quiet("○", "unknown");
  switch (facts.state) {
    case "running":
      return healthOf(facts.health);
    case "paused":
      return quiet("‖", "paused");
    case "restarting":
      return { mark: "↻", tone: "high", word: "restarting" };
    case "exited":
      return ended(facts);
    case "dead":
      return { mark: "✕", tone: "full", word: "dead" };
    default:
      return quiet("○", facts.state ?? "unknown");
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
