/**
 * What to offer while somebody types a filter: the names of terms, then the values that are there. Pure.
 *
 * Not here: what a filter means (filter-terms), the list on the screen (filter-box).
 *
 * @typedef {import("./scene.js").Row} Row
 *
 * @typedef {object} Offer
 * @property {string} text what stands in the filter instead of the word under the cursor
 * @property {string} hint
 *
 * @typedef {object} Suggestions
 * @property {number} from the part of the filter that an offer replaces
 * @property {number} to
 * @property {Offer[]} offers
 */

import { TERMS, quoted, wordsOf } from "./filter-terms.js";

const MAX_OFFERS = 8;
const MAX_VALUE_CHARS = 60; // a stranger's name may be long, and nobody chooses it by its end

/** @type {Record<string, string[]>} */
const EXAMPLES = {
  cpu: [">10", ">50", ">100"],
  mem: [">100m", ">1g", ">80%"],
  net: [">100k", ">1m", ">10m"],
  disk: [">100k", ">1m", ">10m"],
  pids: [">10", ">100", ">1000"],
  throttled: [">5", ">50"],
  pressure: [">5", ">20"],
  restarts: [">0", ">10"],
};

/**
 * @param {string} text
 * @param {number} cursor
 * @param {Row[]} rows every container, whatever the filter says
 * @returns {Suggestions}
 */
export function suggest(text, cursor, rows) {
  const word = wordsOf(text).find(({ at, end }) => at < cursor && cursor <= end);
  if (word === undefined) return { from: cursor, to: cursor, offers: names("", "") };
  const { at: from, end: to, negated, name, value, valueAt } = word;
  const minus = negated ? "-" : "";
  if (name === null || cursor < valueAt) {
    return { from, to, offers: names(text.slice(from + minus.length, cursor).toLowerCase(), minus) };
  }
  const term = TERMS.get(name);
  if (term === undefined) return { from, to, offers: [] };
  const begin = `${minus}${name}:`;
  if (term.texts === undefined) return { from, to, offers: figures(name, term.says, value, begin) };
  return { from, to, offers: values(term.texts, value.replace(/^=/, "").toLowerCase(), rows, begin) };
}

/** @param {string} typed @param {string} minus @returns {Offer[]} */
function names(typed, minus) {
  const found = [...TERMS].filter(([name]) => name.startsWith(typed));
  return found.map(([name, { says, example }]) => ({
    text: `${minus}${name}:`,
    hint: `${says}, as in ${name}:${example}`,
  }));
}

/** @param {string} name @param {string} says @param {string} typed @param {string} begin @returns {Offer[]} */
function figures(name, says, typed, begin) {
  const offered = [...(EXAMPLES[name] ?? []), "unknown"].filter((value) => value.startsWith(typed) && value !== typed);
  return offered.map((value) => ({ text: `${begin}${value}`, hint: value === "unknown" ? "no figure" : says }));
}

/**
 * What is there, the most frequent first.
 *
 * @param {(row: Row) => string[]} texts
 * @param {string} typed
 * @param {Row[]} rows
 * @param {string} begin
 */
function values(texts, typed, rows, begin) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const row of rows) {
    const all = texts === TERMS.get("host")?.texts ? texts(row).slice(0, 1) : texts(row); // its id is another name of it
    for (const value of all) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const fitting = [...counts].filter(([value]) => {
    const lower = value.toLowerCase();
    return value.length <= MAX_VALUE_CHARS && lower.includes(typed) && lower !== typed;
  });
  const rank = (/** @type {string} */ value) => (value.toLowerCase().startsWith(typed) ? 0 : 1);
  fitting.sort(([a, na], [b, nb]) => rank(a) - rank(b) || nb - na || (a < b ? -1 : 1));
  return fitting.slice(0, MAX_OFFERS).map(([value, count]) => ({
    text: begin + quoted(value),
    hint: `${count} ${count === 1 ? "container" : "containers"}`,
  }));
}
