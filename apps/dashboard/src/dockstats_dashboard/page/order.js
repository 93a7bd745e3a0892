/**
 * In which order rows are shown, so that a table can be read while it ticks.
 *
 * By any value: numbers are smoothed over some seconds, and a row moves only when its smoothed value differs enough from
 * what placed it where it is; the order changes at most every two seconds, and not at all while it is held because
 * somebody points at a row, has the focus in one, or types. Equal ones are sorted by name. Pure: time is an argument,
 * and may jump, as when a person goes back in time.
 * Not here: what the value is (columns), rows of the document (container-table).
 *
 * @typedef {object} Entry
 * @property {string} key
 * @property {string} name
 * @property {number | string | null} value null: not known, after all that are
 * @property {boolean} running of those that are not known, the ones that run come first
 *
 * @typedef {object} By
 * @property {string} column another one sorts anew at once
 * @property {boolean} descending
 * @property {number} floor a difference up to this moves nobody
 */

import { longestRise } from "./longest-rise.js";

/** How still it holds. */
export const STILLNESS = {
  reorderMs: 2000,
  smoothingMs: 1000, // after this time two thirds of a step are taken in
  sharePct: 5, // a difference smaller than this share of the old value moves nobody
  manyShare: 0.1, // so many whose first values have come are put in order at once, as when a host appears
  jumpMs: 10_000, // a longer step in time, or one back, is another moment: its own values count
  leftMs: 60_000, // so long who is gone stays in a held table: a pointer may rest on it for days
  mostLeft: 100, // and so many of them at most
};

/** With numbers as people count: worker-2 before worker-10. */
const BY_NAME = new Intl.Collator("en", { numeric: true });

/** @typedef {Entry & { smooth: number, placedBy: number | string | null }} Place */

export class Order {
  /** By key, in the wanted order: the next sort has little to do. @type {Map<string, Place>} */
  #places = new Map();
  /** @type {string[]} */
  #shown = [];
  /** @type {string[]} */
  #wanted = [];
  /** @type {By} */
  #by = { column: "", descending: true, floor: 0 };
  /** Since when those stay that are gone. @type {Map<string, number>} */
  #leftAt = new Map();
  #takenAt = -Infinity;
  #orderedAt = -Infinity;

  /**
   * Takes in the values of all rows; whoever is not among them is forgotten.
   *
   * @param {Iterable<Entry>} entries
   * @param {By} by
   * @param {number} now milliseconds
   * @param {boolean} [another] the values are of another moment, although `now` may have come before them
   */
  take(entries, by, now, another = false) {
    const asked = by.column !== this.#by.column || by.descending !== this.#by.descending;
    const passed = now - this.#takenAt;
    const anew = asked || another || passed < 0 || passed > STILLNESS.jumpMs;
    const taken = anew ? 1 : 1 - Math.exp(-passed / STILLNESS.smoothingMs);
    this.#by = by;
    this.#takenAt = now;
    const before = this.#places;
    const given = new Map();
    let cameToKnow = 0;
    for (const entry of entries) {
      const place = placed(entry, anew ? undefined : before.get(entry.key), taken, by);
      if (place.placedBy !== null && before.get(entry.key)?.placedBy == null) cameToKnow += 1;
      given.set(entry.key, place);
    }
    const sorted = [];
    for (const key of before.keys()) {
      const place = given.get(key);
      if (place !== undefined) sorted.push(place);
    }
    for (const [key, place] of given) if (!before.has(key)) sorted.push(place);
    this.#sort(sorted);
    if (asked) this.apply(now);
    else if (cameToKnow > given.size * STILLNESS.manyShare) this.#orderedAt = -Infinity;
  }

  /** @param {Place[]} places */
  #sort(places) {
    places.sort((one, other) => compare(one, other, this.#by.descending));
    this.#places = new Map(places.map((place) => [place.key, place]));
    this.#wanted = places.map((place) => place.key);
  }

  /**
   * The keys in the order to show them now.
   *
   * @param {number} now milliseconds
   * @param {"free" | "places" | "rows"} [held] `places`: nobody changes places, but who is new or gone shows;
   *   `rows`: who is gone stays for a while, too, and who is new comes last
   */
  keys(now, held = "free") {
    if (held === "rows") this.#hold(now);
    else if (held === "free" && Math.abs(now - this.#orderedAt) >= STILLNESS.reorderMs) this.apply(now);
    else this.#shown = withMembersOf(this.#shown, this.#wanted, this.#places);
    return this.#shown;
  }

  /** @param {number} now */
  #hold(now) {
    /** @type {Map<string, number>} */
    const leftAt = new Map();
    const kept = this.#shown.filter((key) => {
      if (this.#places.has(key)) return true;
      const at = this.#leftAt.get(key) ?? now;
      return Math.abs(now - at) <= STILLNESS.leftMs && leftAt.size < STILLNESS.mostLeft && leftAt.set(key, at);
    });
    this.#leftAt = leftAt;
    const known = new Set(kept);
    this.#shown = [...kept, ...this.#wanted.filter((key) => !known.has(key))];
  }

  /** Shows the wanted order from now on, held or not. @param {number} now milliseconds */
  apply(now) {
    this.#shown = this.#wanted;
    this.#orderedAt = now;
  }

  /** The same, in the order of the newest values: who asks for it means the figures that are seen. @param {number} now */
  applyNewest(now) {
    const newest = [...this.#places.values()].map((place) => placed(place, place, 1, this.#by));
    this.#sort(newest);
    this.apply(now);
  }

  /** How many rows stand elsewhere than they would if nobody held them: the fewest that have to move. */
  get moved() {
    const places = new Map(this.#wanted.map((key, index) => [key, index]));
    const kept = this.#shown.map((key) => places.get(key)).filter((place) => place !== undefined);
    const gone = this.#shown.length - kept.length;
    return gone + this.#wanted.length - longestRise(kept).length;
  }
}

/** @param {Entry} entry @param {Place | undefined} before @param {number} taken @param {By} by @returns {Place} */
function placed(entry, before, taken, by) {
  const { value } = entry;
  if (typeof value !== "number") {
    const wasKnown = value === null && typeof before?.placedBy === "number" && entry.running && before.running;
    // a figure that is missing for a moment keeps its place
    return wasKnown ? { ...before, ...entry } : { ...entry, smooth: NaN, placedBy: value };
  }
  if (before === undefined || typeof before.placedBy !== "number") return { ...entry, smooth: value, placedBy: value };
  const smooth = before.smooth + (value - before.smooth) * taken;
  const still = Math.max(by.floor, (Math.abs(before.placedBy) * STILLNESS.sharePct) / 100);
  const moves = taken === 1 || Math.abs(smooth - before.placedBy) > still;
  return { ...entry, smooth, placedBy: moves ? smooth : before.placedBy };
}

/** @param {Place} one @param {Place} other @param {boolean} descending */
function compare(one, other, descending) {
  const known = Number(one.placedBy === null) - Number(other.placedBy === null);
  if (known !== 0) return known;
  const order = one.placedBy === null ? Number(other.running) - Number(one.running) : between(one.placedBy, other.placedBy);
  if (order !== 0) return one.placedBy !== null && descending ? -order : order;
  return BY_NAME.compare(one.name, other.name) || (one.key < other.key ? -1 : 1);
}

/** @param {number | string} one @param {number | string | null} other */
function between(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return BY_NAME.compare(String(one), String(other));
}

/**
 * The order as it is shown, without those that are gone, and with the new ones where they belong.
 *
 * @param {string[]} shown
 * @param {string[]} wanted
 * @param {Map<string, unknown>} members those of `wanted`
 */
function withMembersOf(shown, wanted, members) {
  const kept = shown.filter((key) => members.has(key));
  if (kept.length === wanted.length) return kept.length === shown.length ? shown : kept;
  const known = new Set(kept);
  wanted.forEach((key, index) => {
    if (!known.has(key)) kept.splice(index, 0, key);
  });
  return kept;
}
