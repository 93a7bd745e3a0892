/**
 * What happened to a container, in a few words, with a sign and a tone. Pure.
 *
 * Not here: where it is shown (event-list, plot-picture).
 *
 * @typedef {import("./messages.js").ContainerEvent} ContainerEvent
 *
 * @typedef {object} EventWords
 * @property {string} text
 * @property {string} sign
 * @property {"well" | "high" | "full" | "quiet"} tone
 */

/** The tones as colours of a canvas. @type {Readonly<Record<EventWords["tone"], string>>} */
export const TONE_COLOURS = Object.freeze({ well: "--green", high: "--amber", full: "--red", quiet: "--fact" });

/** @param {ContainerEvent} event @returns {EventWords} */
export function eventWords({ kind, exit_code: code, health, old_name: oldName, name }) {
  switch (kind) {
    case "start":
      return { text: "start", sign: "▸", tone: "well" };
    case "restart":
      return { text: "restart", sign: "↻", tone: "high" };
    case "die":
      if (code === 0) return { text: "ended, exit 0", sign: "▪", tone: "quiet" };
      return { text: code === null ? "ended" : `ended, exit ${code}`, sign: "✕", tone: "full" };
    case "oom":
      return { text: "out of memory", sign: "◆", tone: "full" };
    case "health":
      return healthWords(health);
    case "pause":
      return { text: "pause", sign: "‖", tone: "quiet" };
    case "unpause":
      return { text: "unpause", sign: "▸", tone: "quiet" };
    case "rename":
      return { text: oldName ? `renamed from ${oldName}` : `renamed to ${name}`, sign: "≈", tone: "quiet" };
    case "gone":
      return { text: "removed", sign: "▪", tone: "quiet" };
    default:
      return { text: kind, sign: "·", tone: "quiet" };
  }
}

/** @param {string | null} health @returns {EventWords} */
function healthWords(health) {
  if (health === "unhealthy") return { text: "unhealthy", sign: "✕", tone: "full" };
  if (health === "healthy") return { text: "healthy", sign: "●", tone: "well" };
  return { text: health ? `health ${health}` : "health changed", sign: "◐", tone: "quiet" };
}
