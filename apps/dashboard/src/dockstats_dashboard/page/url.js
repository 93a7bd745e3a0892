/**
 * What a person looks at, as the query of an address that a colleague can open and a person can read:
 * `?filter=project:shop&sort=memory&open=atlas/0a1b2c3d4e5f&range=15m&at=2026-11-24T12:04:30Z`. Pure.
 *
 * What stands at its default is left out, in a fixed order of the rest. Anybody may have written an address: what is
 * not understood is ignored, and nothing is longer than it may be.
 * Not here: writing it into the address bar (address).
 *
 * @typedef {import("./view-state.js").State} State
 */

import { utc } from "./format.js";
import { GROUPS, MAX_FILTER_CHARS, MAX_PINNED, RANGES_MS, INITIAL } from "./view-state.js";

const MAX_CHARS = 16_384;
const COLUMN = /^[a-z][a-z0-9_-]{0,31}$/i;
const GROUP = /^(?:host|project|image):[^\p{Cc}]{0,1024}$/u; // what it is grouped by, and the group's name
const KEY = /^[^\p{Cc}]{1,1024}\/[^/\s\p{Cc}]{1,64}$/u; // agent's id / container's short id
const CONTROLS = /\p{Cc}/gu;
const LONE_SURROGATES = /\p{Surrogate}/gu; // encodeURIComponent throws on them
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const MINUTE_MS = 60_000;

/**
 * With its question mark, or empty when all is as it starts.
 *
 * @param {Readonly<State>} state
 * @returns {string}
 */
export function toQuery(state) {
  const { filter, sort, group, collapsed, open, pinned, compare, rangeMs, zoom, instant, kiosk, doctor } = state;
  /** @type {string[]} */
  const parts = [];
  const add = (/** @type {string} */ name, /** @type {string} */ value) => parts.push(`${name}=${readable(value)}`);
  if (filter !== INITIAL.filter) add("filter", filter);
  if (sort.column !== INITIAL.sort.column || sort.descending !== INITIAL.sort.descending) {
    add("sort", sort.descending ? sort.column : `${sort.column},asc`);
  }
  if (group !== INITIAL.group) add("group", group);
  if (open !== null) add("open", open);
  for (const key of collapsed) add("closed", key);
  for (const key of pinned) add("pin", key);
  if (compare) parts.push("compare");
  if (rangeMs !== INITIAL.rangeMs) add("range", `${rangeMs / MINUTE_MS}m`);
  if (zoom !== null) add("zoom", `${utc(zoom.from)}/${utc(zoom.to)}`); // an interval as ISO 8601 writes it
  if (instant !== null) add("at", utc(instant));
  if (kiosk) parts.push("kiosk");
  if (doctor) parts.push("doctor");
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

/**
 * @param {string} text the query of an address, with or without its question mark
 * @returns {State}
 */
export function fromQuery(text) {
  const query = new URLSearchParams(text.slice(0, MAX_CHARS));
  const open = query.get("open");
  const group = GROUPS.find((name) => name === query.get("group"));
  const rangeMs = RANGES_MS.find((ms) => `${ms / MINUTE_MS}m` === query.get("range"));
  const pinned = [...new Set(query.getAll("pin").filter((key) => KEY.test(key)))].slice(0, MAX_PINNED);
  return {
    ...INITIAL,
    filter: (query.get("filter") ?? "").replace(CONTROLS, " ").slice(0, MAX_FILTER_CHARS),
    sort: sortOf(query.get("sort")),
    group: group ?? INITIAL.group,
    collapsed: query.getAll("closed").filter((key) => GROUP.test(key)),
    open: open !== null && KEY.test(open) ? open : null,
    pinned,
    compare: isOn(query, "compare") && pinned.length > 0,
    rangeMs: rangeMs ?? INITIAL.rangeMs,
    zoom: zoomOf(query.get("zoom")),
    instant: timeOf(query.get("at")),
    kiosk: isOn(query, "kiosk"),
    doctor: isOn(query, "doctor"),
  };
}

/** Escaped no more than it must be, so that a person can read it. @param {string} value */
function readable(value) {
  return encodeURIComponent(value.replace(LONE_SURROGATES, "\ufffd"))
    .replace(/%(?:3A|2F|2C|40)/g, decodeURIComponent) // : / , @ mean nothing within a query
    .replace(/%20/g, "+")
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`); // chats cut links at these
}

/** @param {URLSearchParams} query @param {string} name */
function isOn(query, name) {
  const value = query.get(name);
  return value === "" || value === "1" || value === "true";
}

/** @param {string | null} text */
function sortOf(text) {
  const [column = "", way = "desc", ...rest] = (text ?? "").split(",");
  if (!COLUMN.test(column) || !["asc", "desc"].includes(way) || rest.length > 0) return INITIAL.sort;
  return { column, descending: way === "desc" };
}

/** @param {string | null} text */
function zoomOf(text) {
  const [from = null, to = null] = (text ?? "").split("/", 2).map(timeOf);
  return from !== null && to !== null && from < to ? { from, to } : null;
}

/** RFC 3339 to milliseconds since 1970. @param {string | null} text */
function timeOf(text) {
  const at = text !== null && TIME.test(text) ? Date.parse(text) : NaN;
  return Number.isFinite(at) ? at : null;
}
