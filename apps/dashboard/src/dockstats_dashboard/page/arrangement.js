/**
 * What the table shows, from top to bottom: rows in their order, or groups in theirs, each with its rows below.
 *
 * Pure: time is an argument. Not here: how still an order holds (order), the document (container-table).
 *
 * @typedef {import("./scene.js").Row} Row
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./groups.js").Group} Group
 * @typedef {import("./groups.js").Totals} Totals
 *
 * @typedef {object} RowItem
 * @property {string} key
 * @property {Row} row
 * @property {boolean} left it is no longer among those to show, and stays only because the table is held
 *
 * @typedef {object} GroupItem
 * @property {string} key
 * @property {Group} group
 * @property {Totals} totals
 *
 * @typedef {RowItem | GroupItem} Item
 *
 * @typedef {"free" | "places" | "rows"} Held
 */

import { columnOf } from "./columns.js";
import { Order } from "./order.js";

export class Arrangement {
  #rows = new Order();
  #groups = new Order();
  /** By key: what was shown last, for those that stay only because the table is held. @type {Map<string, Row>} */
  #known = new Map();
  #filter = "";
  #grouped = false;
  /** What the last scene showed, if it stood still. @type {Scene["fleet"] | null} */
  #stillFleet = null;

  /**
   * @param {Scene} scene
   * @param {Held} held as for Order.keys
   * @returns {Item[]}
   */
  arrange({ fleet, paused, visible, view, settings, format, now, grouping }, held) {
    const another = paused && this.#stillFleet !== null && fleet !== this.#stillFleet; // a person went through time
    this.#stillFleet = paused ? fleet : null;
    const column = columnOf(view.sort.column);
    const { descending } = view.sort;
    const entries = visible.map(({ key, container }) => ({
      key,
      name: container.name,
      value: container.gone === null ? column.value(container, settings) : null,
      running: container.sample !== null || container.gone !== null,
    }));
    const unit = column.id.startsWith("cpu") ? settings.cpuUnit : "";
    this.#rows.take(entries, { column: `${column.id} ${unit}`, descending, floor: column.floor }, now, another);
    if (another && held === "free") this.#rows.apply(now);
    const asked = view.filter !== this.#filter; // a person's own words count at once, wherever the pointer rests
    this.#filter = view.filter;
    const hold = asked && held === "rows" ? "places" : held;
    const shown = this.#rowItems(this.#rows.keys(now, hold), visible);
    this.#grouped = grouping !== null;
    if (grouping === null) return shown;

    const left = new Set(shown.filter((item) => item.left).map(({ row }) => row));
    const groups = grouping.groupsOf(shown.map(({ row }) => row), view.group);
    /** @type {Map<string, Totals>} */
    const totals = new Map();
    const heads = [...groups.values()].map((group) => {
      const sums = grouping.totalsOf(left.size === 0 ? group.rows : group.rows.filter((row) => !left.has(row)));
      totals.set(group.key, sums);
      const value = grouping.groupValue(column.id, group, sums, format);
      return { key: group.key, name: group.name, value, running: sums.running > 0 };
    });
    this.#groups.take(heads, { column: `${view.group} ${column.id} ${unit}`, descending, floor: column.floor }, now, another);
    if (another && held === "free") this.#groups.apply(now);
    /** @type {Item[]} */
    const items = [];
    for (const key of this.#groups.keys(now, hold === "rows" ? "places" : hold)) {
      const group = groups.get(key);
      const sums = totals.get(key);
      if (group === undefined || sums === undefined) continue;
      items.push({ key, group, totals: sums });
      if (view.collapsed.includes(key)) continue;
      for (const row of group.rows) items.push({ key: row.key, row, left: left.has(row) });
    }
    return items;
  }

  /** How many rows stand elsewhere than they would if the table were not held. */
  get moved() {
    return this.#rows.moved + (this.#grouped ? this.#groups.moved : 0);
  }

  /** Shows the order of the newest values from now on, held or not. @param {number} now milliseconds */
  apply(now) {
    this.#rows.applyNewest(now);
    this.#groups.applyNewest(now);
  }

  /** @param {string[]} keys @param {Row[]} visible @returns {RowItem[]} */
  #rowItems(keys, visible) {
    const known = new Map(visible.map((row) => [row.key, row]));
    const items = [];
    for (const key of keys) {
      const row = known.get(key) ?? this.#known.get(key);
      if (row !== undefined) items.push({ key, row, left: !known.has(key) });
    }
    for (const { key, row, left } of items) if (left) known.set(key, row);
    this.#known = known;
    return items;
  }
}
