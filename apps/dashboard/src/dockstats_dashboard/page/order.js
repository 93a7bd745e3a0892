/**
 * In which order containers are shown, so that a table can be read while it ticks.
 *
 * By CPU, smoothed over some seconds; a container moves only when its smoothed CPU differs enough from what placed it
 * where it is, the order changes at most every two seconds, and not at all while somebody points at a row or has the
 * focus in one. Equal ones are sorted by name. Pure: time is an argument.
 * Not here: rows of the document (container-list).
 *
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} name
 * @property {number | null} cpu in percent of a core; null: not known
 * @property {boolean} running those that do not run come last
 */

/** How still it holds. */
export const STILLNESS = {
  reorderMs: 2000,
  smoothingMs: 4000, // after this time two thirds of a step are taken in
  sharePct: 10, // a difference smaller than this share of the old value,
  points: 0.5, // or than this many percent of a core, moves nobody
};

/** With numbers as people count: worker-2 before worker-10. */
const BY_NAME = new Intl.Collator("en", { numeric: true });

/** @typedef {{ smooth: number, placedBy: number }} Place */

export class Order {
  /** @type {Map<string, Place>} */
  #places = new Map();
  /** @type {string[]} */
  #shown = [];
  /** @type {string[]} */
  #wanted = [];
  #takenAt = -Infinity;
  #orderedAt = -Infinity;

  /**
   * Takes in new figures of all containers; whoever is not among them is forgotten.
   *
   * @param {Entry[]} entries
   * @param {number} now milliseconds
   */
  take(entries, now) {
    const kept = 1 - Math.exp(-Math.max(0, now - this.#takenAt) / STILLNESS.smoothingMs);
    this.#takenAt = now;
    /** @type {Map<string, Place>} */
    const places = new Map();
    for (const { id, cpu } of entries) {
      const place = this.#places.get(id);
      if (place === undefined || place.smooth < 0 || cpu === null) {
        const value = cpu ?? place?.smooth ?? -1;
        places.set(id, { smooth: value, placedBy: place && cpu === null ? place.placedBy : value });
        continue;
      }
      place.smooth += (cpu - place.smooth) * kept;
      const difference = Math.abs(place.smooth - place.placedBy);
      if (difference > Math.max(STILLNESS.points, (place.placedBy * STILLNESS.sharePct) / 100)) {
        place.placedBy = place.smooth;
      }
      places.set(id, place);
    }
    this.#places = places;
    this.#wanted = [...entries].sort((one, other) => this.#compare(one, other)).map((entry) => entry.id);
  }

  /**
   * The ids in the order to show them now.
   *
   * @param {number} now milliseconds
   * @param {boolean} held somebody points at a row: nothing moves, what is gone stays, what is new comes last
   */
  ids(now, held) {
    if (held) {
      const shown = new Set(this.#shown);
      this.#shown = [...this.#shown, ...this.#wanted.filter((id) => !shown.has(id))];
    } else if (now - this.#orderedAt >= STILLNESS.reorderMs) {
      this.#shown = this.#wanted;
      this.#orderedAt = now;
    } else {
      this.#shown = this.#withMembersOf(this.#wanted);
    }
    return this.#shown;
  }

  /** Whether the order would change if nobody held it. */
  get isBehind() {
    return this.#shown.length !== this.#wanted.length || this.#shown.some((id, index) => id !== this.#wanted[index]);
  }

  /**
   * The order as it is shown, without those that are gone, and with the new ones where they belong.
   *
   * @param {string[]} wanted
   */
  #withMembersOf(wanted) {
    const wantedSet = new Set(wanted);
    const kept = this.#shown.filter((id) => wantedSet.has(id));
    if (kept.length === wanted.length) return kept.length === this.#shown.length ? this.#shown : kept;
    const known = new Set(kept);
    wanted.forEach((id, index) => {
      if (!known.has(id)) kept.splice(index, 0, id);
    });
    return kept;
  }

  /** @param {Entry} one @param {Entry} other */
  #compare(one, other) {
    if (one.running !== other.running) return one.running ? -1 : 1;
    const difference = (this.#places.get(other.id)?.placedBy ?? -1) - (this.#places.get(one.id)?.placedBy ?? -1);
    if (difference !== 0) return difference;
    const names = BY_NAME.compare(one.name, other.name);
    if (names !== 0) return names;
    return one.id < other.id ? -1 : 1;
  }
}
