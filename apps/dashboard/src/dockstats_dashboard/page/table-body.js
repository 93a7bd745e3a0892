/**
 * The rows that are in sight, and only those: a thousand containers are forty rows of the document.
 *
 * Each row lies at its height in a body as high as all of them, and stands in the document in reading order; one that
 * leaves sight is used for the next that comes. The one with the focus stays wherever it is. Not here: which rows there
 * are (arrangement), what is in them (table-row, table-group).
 *
 * @typedef {import("./arrangement.js").Item} Item
 * @typedef {import("./columns.js").Column} Column
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./table-group.js").TableGroup} TableGroup
 *
 * @typedef {object} Look what of all that is there is drawn now
 * @property {number} top in CSS pixels from the body's top
 * @property {number} bottom
 * @property {number} epoch another one: draw everything
 * @property {(key: string) => boolean} isFresh
 * @property {number} age another one: what changes with time alone is due
 * @property {number} cost what this frame has done already, in cells
 * @property {string | null} cursor the row that Tab reaches; null: the first one
 */

import { element } from "./dom.js";
import { setAttribute } from "./frame.js";
import { longestRise } from "./longest-rise.js";
import { Heights } from "./sight.js";
import { TableRow } from "./table-row.js";

/** In CSS pixels, as in table.css; and where in them a small chart begins. */
const HEIGHTS = {
  wide: { row: 27, group: 27, rowSpark: 4, groupSpark: 4 },
  phone: { row: 54, group: 40, rowSpark: 4, groupSpark: 11 },
};
const BEYOND_PX = 81; // drawn above and below what is in sight, for the next bit of scrolling
const MAX_SPARE = 60;
const CELLS_A_FRAME = 40; // with new figures: all of them in one frame would be felt
const MOVE_CELLS = 10; // what a move in the document costs beside them
const MOVES_A_FRAME = 4; // where a row is seen is set at once, as it costs next to nothing

export class TableBody {
  /** @type {Map<string, TableRow | TableGroup>} */
  #drawn = new Map();
  /** @type {TableRow[]} */
  #spareRows = [];
  /** @type {TableGroup[]} */
  #spareGroups = [];
  /** @type {WeakMap<Element, TableRow | TableGroup>} */
  #byElement = new WeakMap();
  /** @type {Column[]} */
  #columns = [];
  #height = -1;
  /** Where among the drawn rows the next frame begins. */
  #firstLate = 0;
  #heights = HEIGHTS.wide;
  heights = new Heights();
  /** @type {import("./spark-columns.js").SparkColumns | null} */
  sparks = null;
  /** @type {Item[]} */
  items = [];

  /** @param {(key: string) => void} onToggle a group's key */
  constructor(onToggle) {
    this.onToggle = onToggle;
    this.element = element("tbody", "");
    this.element.setAttribute("role", "rowgroup");
  }

  /**
   * Other columns: every row is made anew.
   *
   * @param {Column[]} columns
   * @param {boolean} phone
   * @param {Parameters<import("./spark-columns.js").SparkColumns["arrange"]>[1]} placeOf
   */
  arrange(columns, phone, placeOf) {
    this.sparks?.arrange(columns, placeOf);
    this.#columns = columns;
    this.#heights = phone ? HEIGHTS.phone : HEIGHTS.wide;
    for (const { element } of this.#drawn.values()) element.remove();
    this.#drawn.clear();
    this.#spareRows = [];
    this.#spareGroups = [];
  }

  /** @param {Item[]} items */
  take(items) {
    this.items = items;
    this.heights.set(items.map((item) => ("row" in item ? this.#heights.row : this.#heights.group)));
    if (this.heights.total === this.#height) return;
    this.#height = this.heights.total;
    this.element.style.height = `${this.#height}px`;
  }

  /**
   * Whether all of it is drawn; if not, some rows' figures have to wait for the next frame.
   *
   * @param {Scene} scene @param {Look} look
   */
  draw(scene, look) {
    const { from, to } = this.heights.between(look.top - BEYOND_PX, look.bottom + BEYOND_PX);
    const shown = this.#indices(from, to);
    this.#release(shown);
    const reached = this.#drawnKey(look.cursor, shown);
    const rows = shown.map((index) => this.#rowFor(/** @type {Item} */ (this.items[index]), scene));
    const elements = rows.map(({ element }) => element);
    this.#removeOthers(new Set(elements));
    const { moved, left } = this.#place(elements, look.cost > 0 ? 0 : MOVES_A_FRAME);
    let cost = look.cost + moved * MOVE_CELLS;
    let late = -1;
    for (let turn = 0; turn < shown.length; turn += 1) {
      const nth = (this.#firstLate + turn) % shown.length;
      const index = /** @type {number} */ (shown[nth]);
      const item = /** @type {Item} */ (this.items[index]);
      const row = /** @type {TableRow | TableGroup} */ (rows[nth]);
      this.#put(row, index);
      const cells = this.#drawItem(row, item, scene, look, cost >= CELLS_A_FRAME);
      cost += cells ?? 0;
      if (cells === null && late < 0) late = nth;
      const isReached = item.key === reached;
      if (isReached !== (row.element.tabIndex === 0)) row.reach(isReached);
    }
    this.#firstLate = Math.max(0, late);
    const items = this.items.slice(from, to);
    const { rowSpark, groupSpark } = this.#heights;
    const tops = items.map((item, index) => this.heights.topOf(from + index) + ("row" in item ? rowSpark : groupSpark));
    const height = Math.ceil(look.bottom - look.top) + 2 * BEYOND_PX + this.#heights.row;
    this.sparks?.draw({ items, tops, top: this.heights.topOf(from), height }, scene, look.epoch);
    return late < 0 && left === 0;
  }

  /** @param {TableRow | TableGroup} row @param {Item} item @param {Scene} scene @param {Look} look @param {boolean} busy */
  #drawItem(row, item, scene, { epoch, age, isFresh }, busy) {
    if ("row" in item) {
      const made = /** @type {TableRow} */ (row);
      return made.draw(item.row, scene, { left: item.left, fresh: isFresh(item.key), epoch, age, busy });
    }
    const made = /** @type {TableGroup} */ (row);
    made.draw(item.group, item.totals, scene);
    return 0;
  }

  /** The key of the row that an event came from; null: of none. @param {EventTarget | null} target */
  keyOf(target) {
    const found = target instanceof Element ? target.closest("tr") : null;
    return (found && this.#byElement.get(found)?.key) ?? null;
  }

  /** @param {string} key */
  focus(key) {
    this.#drawn.get(key)?.element.focus({ preventScroll: true });
  }

  /** Those in sight, and the one with the focus. @param {number} from @param {number} to */
  #indices(from, to) {
    const shown = Array.from({ length: to - from }, (_, index) => from + index);
    const focused = this.element.contains(document.activeElement) ? this.keyOf(document.activeElement) : null;
    if (focused === null) return shown;
    const index = this.items.findIndex(({ key }) => key === focused);
    if (index >= 0 && index < from) shown.unshift(index);
    else if (index >= to) shown.push(index);
    return shown;
  }

  /** @param {string | null} cursor @param {number[]} shown */
  #drawnKey(cursor, shown) {
    const keys = shown.map((index) => this.items[index]?.key);
    return cursor !== null && keys.includes(cursor) ? cursor : (keys[0] ?? null);
  }

  /** A row that left stays in the document for one that comes: to be put there anew costs most. @param {number[]} shown */
  #release(shown) {
    const wanted = new Set(shown.map((index) => this.items[index]?.key));
    for (const [key, row] of this.#drawn) {
      if (wanted.has(key)) continue;
      this.#drawn.delete(key);
      const spare = row instanceof TableRow ? this.#spareRows : this.#spareGroups;
      if (spare.length < MAX_SPARE) /** @type {(TableRow | TableGroup)[]} */ (spare).push(row);
    }
  }

  /** @param {Set<Element>} shown */
  #removeOthers(shown) {
    for (const child of [...this.element.children]) if (!shown.has(child)) child.remove();
  }

  /** @param {Item} item @param {Scene} scene */
  #rowFor(item, { grouping }) {
    const drawn = this.#drawn.get(item.key);
    if (drawn !== undefined) return drawn;
    const made =
      "row" in item || grouping === null // which it never is where there are groups
        ? (this.#spareRows.pop() ?? new TableRow(this.#columns))
        : (this.#spareGroups.pop() ?? new grouping.TableGroup(this.#columns, this.onToggle));
    made.bind(item.key);
    this.#drawn.set(item.key, made);
    this.#byElement.set(made.element, made);
    return made;
  }

  /**
   * In reading order, with as few moves as can be, and few of those in one frame: each costs the row its style and its
   * layout. Where a row is seen does not depend on it.
   *
   * @param {HTMLElement[]} elements
   * @param {number} most of those that are in the document
   * @returns {{ moved: number, left: number }} how many were, and how many still have to be
   */
  #place(elements, most) {
    const { children } = this.element;
    if (elements.length === children.length && elements.every((each, index) => each === children[index])) {
      return { moved: 0, left: 0 };
    }
    const places = new Map(Array.from(children, (child, index) => [child, index]));
    const before = elements.map((each) => places.get(each) ?? -1);
    const focused = elements.findIndex((each) => each.contains(document.activeElement));
    const fixed = before[focused] ?? -1; // moved, it would lose the focus: whoever stands on the wrong side moves
    const free = before.map((place, index) => (fixed < 0 || place < fixed === index < focused ? place : -1));
    if (fixed >= 0) free[focused] = fixed;
    const stay = new Set(longestRise(free));
    let next = null;
    let moved = 0;
    let left = 0;
    for (let index = elements.length - 1; index >= 0; index -= 1) {
      const each = /** @type {HTMLElement} */ (elements[index]);
      if (!stay.has(index)) {
        const isThere = before[index] !== -1;
        if (isThere && moved >= most) {
          left += 1;
          continue;
        }
        this.element.insertBefore(each, next);
        moved += 1;
      }
      next = each;
    }
    return { moved, left };
  }

  /** @param {TableRow | TableGroup} row @param {number} index */
  #put({ element }, index) {
    const transform = `translateY(${this.heights.topOf(index)}px)`;
    if (element.style.transform !== transform) element.style.transform = transform;
    setAttribute(element, "aria-rowindex", String(index + 2)); // the head is the first
  }
}
