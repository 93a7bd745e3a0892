/**
 * What is typed into the filter, as a test on rows: `host:db cpu:>50 mem:>1g -name:test "free text"`. Pure.
 *
 * All terms must hold; a minus turns one around. A term that cannot be understood says so with its place, and the rest
 * still works: a person is typing. A figure that is not known is neither above nor below anything.
 * Not here: what to offer while one types (filter-suggestions).
 *
 * @typedef {import("./scene.js").Row} Row
 * @typedef {(row: Row) => boolean} Test
 *
 * @typedef {object} FilterError
 * @property {number} at place of the term in the text
 * @property {number} length
 * @property {string} sentence
 *
 * @typedef {object} Filter
 * @property {Test} matches
 * @property {FilterError[]} errors
 * @property {boolean} empty whether it lets everything through
 * @property {(name: string, value: string) => boolean} has whether that term is in it, as a click sets it
 *
 * @typedef {object} Term one of the words of the filter
 * @property {string} says what it is about, for whoever chooses one
 * @property {string} example
 * @property {(row: Row) => string[]} [texts] of a term on text: matched from the begin of a word or anywhere in it
 * @property {boolean} [whole] its texts are states, matched from their begin only
 * @property {(row: Row, unit: Unit) => number | null} [figure] of a term on a figure
 * @property {"percent" | "bytes" | "bytes or percent" | "count"} [unit]
 *
 * @typedef {"percent" | "bytes" | "count"} Unit how the number was written
 */

import { sumOf } from "./columns.js";
import { kindOf, stateOf } from "./container.js";
import { labelsOf } from "./labels.js";
import { worstPressure } from "./pressure.js";

const MAX_WORDS = 32;

/** @type {ReadonlyMap<string, Term>} */
export const TERMS = new Map(
  Object.entries({
    name: { says: "container", example: "web", texts: ({ container }) => [container.name] },
    host: { says: "host", example: "atlas", texts: ({ host }) => [host.label, host.entry.id] },
    project: { says: "compose project", example: "shop", texts: ({ container }) => known(container.facts?.compose_project) },
    label: { says: "label that its agent shows", example: "tier=front", texts: labels },
    image: { says: "image", example: "postgres", texts: ({ container }) => known(container.facts?.image) },
    state: { says: "state or health", example: "running", whole: true, texts: statesOf },
    health: { says: "health", example: "unhealthy", whole: true, texts: healthOf },
    cpu: { says: "% of a core", example: ">50", unit: "percent", figure: ofSample("cpu_pct") },
    mem: { says: "memory in use, or % of its limit", example: ">1g", unit: "bytes or percent", figure: memory },
    net: { says: "bytes a second, in and out", example: ">1m", unit: "bytes", figure: network },
    disk: { says: "bytes a second, read and written", example: ">1m", unit: "bytes", figure: disk },
    pids: { says: "processes and threads", example: ">100", unit: "count", figure: ofSample("pids") },
    throttled: { says: "% of its periods", example: ">5", unit: "percent", figure: ofSample("throttled_pct") },
    pressure: { says: "% of the time, the largest of three", example: ">10", unit: "percent", figure: pressure },
    restarts: { says: "restarts", example: ">0", unit: "count", figure: restarts },
  }),
);

/** What people write for the same. @type {ReadonlyMap<string, string>} */
const ALSO = new Map(
  Object.entries({ memory: "mem", network: "net", stack: "project", container: "name", status: "state", io: "disk" }),
);

/** @type {ReadonlyMap<string, (value: number, bound: number) => boolean>} */
const OPERATORS = new Map([
  ["", (value, bound) => value >= bound], // `cpu:50`: nobody means exactly that
  [">=", (value, bound) => value >= bound],
  [">", (value, bound) => value > bound],
  ["<=", (value, bound) => value <= bound],
  ["<", (value, bound) => value < bound],
  ["=", (value, bound) => value === bound],
]);

const NUMBER = /^(>=|<=|>|<|=|)\s*(\d+(?:\.\d+)?|\.\d+)\s*(%|[kmgt]?i?b?)(?:\/s)?$/i;

/** @type {Record<string, number>} */
const POWERS = { k: 1, m: 2, g: 3, t: 4 };

/**
 * @param {string} text
 * @returns {Filter}
 */
export function parseFilter(text) {
  /** @type {FilterError[]} */
  const errors = [];
  /** @type {Test[]} */
  const tests = [];
  const words = wordsOf(text);
  for (const word of words) {
    const found = testOf(word);
    if (typeof found === "string") errors.push({ at: word.at, length: word.end - word.at, sentence: found });
    else tests.push(word.negated ? (row) => !found(row) : found);
  }
  const matches = (/** @type {Row} */ row) => tests.every((test) => test(row));
  const has = (/** @type {string} */ name, /** @type {string} */ value) => words.some((word) => isTerm(word, name, value));
  return { matches, errors, empty: tests.length === 0, has };
}

/**
 * @typedef {object} Word
 * @property {number} at
 * @property {number} end
 * @property {boolean} negated
 * @property {string | null} name what stands before the colon
 * @property {number} valueAt where the value begins
 * @property {string} value without quotes
 */

/**
 * The words of a filter. Quotes keep spaces, and `\"` in them is one; one that is not closed goes on to the end.
 *
 * @param {string} text
 * @returns {Word[]}
 */
export function wordsOf(text) {
  /** @type {Word[]} */
  const words = [];
  const form = /(-?)(?:([a-z]+):)?((?:"(?:\\["\\]|[^"])*(?:"|$)|[^\s"])*)/giy;
  for (let at = 0; at < text.length && words.length < MAX_WORDS; ) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    form.lastIndex = at;
    const [whole, minus = "", name, value = ""] = /** @type {RegExpExecArray} */ (form.exec(text));
    const end = at + whole.length;
    const valueAt = end - value.length;
    const plain = value.replace(/"((?:\\["\\]|[^"])*)"?/g, (_, inside) => inside.replace(/\\(["\\])/g, "$1"));
    words.push({ at, end, negated: minus !== "", name: name?.toLowerCase() ?? null, valueAt, value: plain });
    at = end;
  }
  return words.filter(({ name, value }) => name !== null || value !== "");
}

/** @param {Word} word @returns {Test | string} a sentence when it cannot be understood */
function testOf({ name, value }) {
  if (name === null) return freeText(value);
  const proper = ALSO.get(name) ?? name;
  const term = TERMS.get(proper);
  if (term === undefined) {
    const meant = [...TERMS.keys(), ...ALSO.keys()].find((known) => isNearly(name, known));
    return meant === undefined ? freeText(`${name}:${value}`) : `There is no term ${name}:, did you mean ${meant}: ?`;
  }
  if (value === "") return `${name}: wants a value, as in ${name}:${term.example}`;
  return term.texts === undefined ? figureTest(proper, term, value) : textTest(term.texts, term.whole === true, value);
}

/** @param {(row: Row) => string[]} texts @param {boolean} whole @param {string} value @returns {Test} */
function textTest(texts, whole, value) {
  const exact = value.startsWith("=");
  const wanted = (exact ? value.slice(1) : value).toLowerCase();
  if (exact) return (row) => texts(row).some((text) => text.toLowerCase() === wanted);
  if (whole) return (row) => texts(row).some((text) => text.startsWith(wanted));
  return (row) => texts(row).some((text) => text.toLowerCase().includes(wanted));
}

/** @param {string} name @param {Term} term @param {string} value @returns {Test | string} */
function figureTest(name, { figure, unit, example }, value) {
  if (figure === undefined) return "";
  if (value === "unknown") return (row) => figure(row, unit === "percent" ? "percent" : "bytes") === null;
  const [, operator = "", digits = "", suffix = ""] = NUMBER.exec(value) ?? [];
  const compare = OPERATORS.get(operator);
  if (digits === "" || compare === undefined) return `${name}: wants a number, as in ${name}:${example}`;
  const inPercent = suffix === "%";
  if (inPercent && !unit?.includes("percent")) return `${name}: has no percent, try ${name}:${example}`;
  if (suffix !== "" && !inPercent && !unit?.includes("bytes")) return `${name}: has no unit, try ${name}:${example}`;
  const bound = Number(digits) * (inPercent ? 1 : scaleOf(suffix.toLowerCase()));
  const written = inPercent || unit === "percent" ? "percent" : "bytes";
  return (row) => {
    const found = figure(row, written);
    return found !== null && compare(found, bound);
  };
}

/** `k`, `kb`, `kib`: who filters by hand means 1024 with all of them. @param {string} suffix */
function scaleOf(suffix) {
  return 1024 ** (POWERS[suffix.charAt(0)] ?? 0);
}

/** @param {string} value @returns {Test} */
function freeText(value) {
  const wanted = value.toLowerCase();
  return ({ container, host }) => {
    const { facts } = container;
    const texts = [container.name, host.label, facts?.image, facts?.compose_project, facts?.compose_service];
    return texts.some((text) => text?.toLowerCase().includes(wanted)) || container.id.startsWith(wanted);
  };
}

/**
 * One slip of the fingers away: a begin of it, a letter too many or too few, two changed over.
 *
 * @param {string} typed
 * @param {string} known
 */
function isNearly(typed, known) {
  if (typed.length >= 3 && (known.startsWith(typed) || typed === `${known}s`)) return true;
  if (Math.abs(typed.length - known.length) > 1) return false;
  if (typed.length === known.length) return typed.length > 2 && sorted(typed) === sorted(known);
  const [short, long] = typed.length < known.length ? [typed, known] : [known, typed];
  return short.length > 2 && [...long].some((_, index) => long.slice(0, index) + long.slice(index + 1) === short);
}

/** @param {string} text */
function sorted(text) {
  return [...text].sort().join("");
}

/** As a filter writes it. @param {string} value */
export function quoted(value) {
  return /[\s"]/.test(value) || value === "" ? `"${value.replace(/["\\]/g, "\\$&")}"` : value;
}

/**
 * `filter` with `term` in place of every other of that name, or without it when it was there: what a click does.
 *
 * @param {string} filter
 * @param {string} name
 * @param {string} value
 */
export function toggleTerm(filter, name, value) {
  const words = wordsOf(filter);
  const others = words.filter((word) => word.name !== name || word.negated).map(({ at, end }) => filter.slice(at, end));
  const there = words.some((word) => isTerm(word, name, value));
  return (there ? others : [...others, `${name}:${quoted(value)}`]).join(" ");
}

/** However it is quoted. @param {Word} word @param {string} name @param {string} value */
function isTerm(word, name, value) {
  return word.name === name && word.value === value && !word.negated;
}

/** Every word that a row's state goes by. @param {Row} row @returns {string[]} */
function statesOf({ container }) {
  const state = stateOf(container);
  const health = container.facts?.health?.toLowerCase() || "none";
  const words = new Set([state.toLowerCase(), kindOf(state), health]);
  words.delete("none");
  return [...words];
}

/** @param {Row} row */
function healthOf({ container }) {
  return [(container.facts?.health ?? "none").toLowerCase()];
}

/** @param {Row} row */
function labels({ container: { facts } }) {
  return facts === null ? [] : labelsOf(facts).map(([key, value]) => `${key}=${value}`);
}

/** @param {string | null | undefined} text @returns {string[]} */
function known(text) {
  return text ? [text] : [];
}

/** @param {"cpu_pct" | "pids" | "throttled_pct"} name @returns {(row: Row) => number | null} */
function ofSample(name) {
  return ({ container }) => container.sample?.[name] ?? null;
}

/** @param {Row} row */
function restarts({ container }) {
  return container.facts?.restart_count ?? null;
}

/** @param {Row} row @param {Unit} unit */
function memory({ container: { sample, facts } }, unit) {
  const used = sample?.mem_bytes ?? null;
  if (unit !== "percent" || used === null) return used;
  const limit = facts === null ? null : facts.mem_limit_bytes; // its own: the host's memory is no limit
  return limit ? (used / limit) * 100 : null;
}

/** @param {Row} row */
function network({ container: { sample } }) {
  return sumOf(sample?.net_rx_bytes_per_sec, sample?.net_tx_bytes_per_sec);
}

/** @param {Row} row */
function disk({ container: { sample } }) {
  return sumOf(sample?.block_read_bytes_per_sec, sample?.block_write_bytes_per_sec);
}

/** @param {Row} row */
function pressure({ container }) {
  return worstPressure(container.sample)?.pct ?? null;
}
