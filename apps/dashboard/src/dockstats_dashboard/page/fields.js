/**
 * Fields of a parsed message, taken for what they are or refused: nothing that comes over the wire is believed.
 *
 * A fixed field that is missing or of another kind refuses the whole message, any other one is unknown. Sizes are
 * bounded. Not here: which fields a message has (messages, samples).
 *
 * @typedef {Record<string, unknown>} Fields
 */

/** Bounds on one message: the same as the library's. */
export const LIMITS = {
  textChars: 32 * 1024 * 1024, // an inventory of 10,000 containers is about 6 MiB
  agents: 1000,
  containers: 10_000,
  stringChars: 1024,
  reasons: 16,
  limitations: 16,
  events: 200,
};

/** How much of an id a batch has, as in `docker ps`. */
export const SHORT_ID_CHARS = 12;

/** Thrown by what reads a fixed field. */
export class Refused extends Error {}

/** @returns {never} */
export function refuse() {
  throw new Refused();
}

/** @param {unknown} value @returns {Fields} */
export function object(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse();
  return /** @type {Fields} */ (value);
}

/** @type {Fields} */
const NO_FIELDS = Object.freeze({});

/** @param {unknown} value @returns {Fields} */
export function optional(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? /** @type {Fields} */ (value)
    : NO_FIELDS;
}

/** @param {unknown} value @param {number} most @returns {unknown[]} */
export function array(value, most) {
  if (!Array.isArray(value) || value.length > most) refuse();
  return /** @type {unknown[]} */ (value);
}

/** @param {unknown} value @param {number} most @returns {Fields[]} */
export function list(value, most) {
  return array(value, most).map(object);
}

/** One entry a container; null where the whole column was left out. @param {unknown} value @param {number} length */
export function columnOf(value, length) {
  if (value === undefined) return null;
  const column = array(value, length);
  return column.length === length ? column : refuse();
}

/** @param {unknown} value @returns {string} */
export function shortId(value) {
  return text(value)?.slice(0, SHORT_ID_CHARS) || refuse();
}

/** @param {unknown} value @returns {string | null} */
export function text(value) {
  return typeof value === "string" ? value.slice(0, LIMITS.stringChars) : null;
}

/** A figure that can only be zero or more. @param {unknown} value @returns {number | null} */
export function amount(value) {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

/** A number that may be below zero. @param {unknown} value @returns {number | null} */
export function whole(value) {
  return Number.isSafeInteger(value) ? /** @type {number} */ (value) : null;
}

/** RFC 3339 to milliseconds since 1970. @param {unknown} value @returns {number | null} */
export function time(value) {
  if (typeof value !== "string" || value.length > 40) return null;
  const at = Date.parse(value);
  return Number.isFinite(at) ? at : null;
}

/** @param {unknown} value @returns {string[]} */
export function sentences(value) {
  if (!Array.isArray(value)) return [];
  return value.slice(0, LIMITS.limitations).map(text).filter((sentence) => sentence !== null);
}
