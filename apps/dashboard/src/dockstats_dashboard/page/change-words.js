/**
 * One change in a few words, with a sign and a tone. Pure.
 *
 * Not here: which changes there are (changes), the list of them (changes-panel).
 *
 * @typedef {import("./changes.js").Change} Change
 *
 * @typedef {object} ChangeWords
 * @property {string} text
 * @property {string} sign
 * @property {import("./event-words.js").EventWords["tone"]} tone
 */

/**
 * @param {Change} change
 * @param {import("./format.js").Format} format
 * @returns {ChangeWords}
 */
export function changeWords(change, format) {
  const { kind, exitCode, times, from, to } = change;
  switch (kind) {
    case "lost":
      return { text: "host lost", sign: "✕", tone: "full" };
    case "back":
      return { text: "host is back", sign: "●", tone: "well" };
    case "gone": {
      const text = exitCode === null ? "ended" : `ended, exit ${exitCode}`;
      return { text, sign: "✕", tone: exitCode === null || exitCode === 0 ? "quiet" : "full" };
    }
    case "restarted":
      return { text: times !== null && times > 1 ? `restarted ${times} times` : "restarted", sign: "↻", tone: "high" };
    case "replaced":
      return { text: "created anew", sign: "↻", tone: "quiet" };
    case "image":
      return { text: `${from} → ${to}`, sign: "⇄", tone: "quiet" };
    case "health":
      return { text: `${from} → ${to}`, sign: "◆", tone: healthTone(to) };
    case "new":
      return { text: "new", sign: "+", tone: "well" };
    case "cpu":
    case "memory":
      return {
        text: `${amount(change, Number(from), format)} → ${amount(change, Number(to), format)}`,
        sign: Number(to) > Number(from) ? "▲" : "▼",
        tone: "quiet",
      };
  }
}

/** @param {Change} change @param {number} value @param {import("./format.js").Format} format */
function amount({ kind, host, container }, value, format) {
  if (kind === "memory") return format.bytes(value).join(" ");
  const of = { cores: host.batch?.host.cores ?? null, limitCores: container?.facts?.cpu_limit_cores ?? null };
  const told = format.cpu(value, of);
  // Without a limit there is no share of it, and a move is still a move.
  return told === null ? `${value.toFixed(1)} % of a core` : `${told.figure} ${told.unit}`;
}

/** @param {string | number | null} health */
function healthTone(health) {
  return health === "unhealthy" ? "full" : health === "healthy" ? "well" : "quiet";
}
