/**
 * One container's row: its cells in the order of the columns, and what the row as a whole says: dim, over, chosen, new.
 *
 * A row is made once and used for one container after another; drawing writes only what changed, and nothing at all
 * where neither figures nor facts are new. Not here: the cells (cells), which rows there are and where (container-table).
 *
 * @typedef {import("./scene.js").Row} Row
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./columns.js").Column} Column
 *
 * @typedef {object} Around what the table knows of a row
 * @property {boolean} left it is no longer among those to show
 * @property {boolean} fresh it has just come
 * @property {number} epoch another one: draw everything
 * @property {number} age another one: what changes with time alone is due
 * @property {boolean} busy others have used up this frame: what is new in figures alone waits for the next one
 */

import { CELLS } from "./cells.js";
import { columnOf } from "./columns.js";
import { element } from "./dom.js";
import { setAttribute, setClass } from "./frame.js";
import { signOf } from "./signs.js";
import { exceeded } from "./thresholds.js";

/** These every time; the others once a second, but of the one that is open, so that row and detail say the same: a page that is read stays calm, and drawing costs half. */
const OFTEN = new Set(["state", "name", "cpu", "memory", "throttled"]);
const OTHERS_EVERY_MS = 1000;

let made = 0;

export class TableRow {
  /** What was drawn, to know whether anything is new. @type {unknown[]} */
  #drawn = [];
  /** @type {unknown} */
  #sample = null;
  /** The figures that the other cells show, and of which second. @type {unknown} */
  #others = null;
  #othersOf = NaN;
  #age = NaN;
  /** Half of the rows begin a second in its middle, so that no pass has to draw the other cells of all. */
  #phaseMs = (made += 1) % 2 ? 0 : OTHERS_EVERY_MS / 2;

  /** @param {Column[]} columns */
  constructor(columns) {
    this.key = "";
    this.element = element("tr", "row");
    this.element.setAttribute("role", "row");
    this.element.tabIndex = -1;
    /** @type {import("./cells.js").Draw[]} */
    this.often = [];
    /** @type {import("./cells.js").Draw[]} */
    this.others = [];
    for (const [index, column] of columns.entries()) {
      const isName = column.id === "name";
      const place = element(isName ? "th" : "td", classOf(column));
      place.setAttribute("role", isName ? "rowheader" : "cell");
      if (isName) place.setAttribute("scope", "row");
      place.style.left = `var(--left-${index})`;
      place.style.width = `var(--width-${index})`;
      this.element.append(place);
      const draw = CELLS[column.id]?.(place);
      if (draw !== undefined) (OFTEN.has(column.id) ? this.often : this.others).push(draw);
    }
  }

  /** Begin anew with another container. @param {string} key */
  bind(key) {
    this.key = key;
    this.#drawn = [];
    this.#others = null;
  }

  /**
   * What it cost, in cells; null: it is late, and has to wait.
   *
   * @param {Row} row @param {Scene} scene @param {Around} around
   * @returns {number | null}
   */
  draw(row, scene, { left, fresh, epoch, age, busy }) {
    const { sample, facts, gone, name } = row.container;
    const chosen = scene.view.open === row.key;
    const seen = [facts, gone?.exitCode, name, row.live, left, fresh, chosen, epoch, sample === null];
    const same = seen.every((value, index) => value === this.#drawn[index]) && seen.length === this.#drawn.length;
    if (!same) this.#others = null;
    const { now, live } = scene;
    const due = this.#others !== sample || !same;
    const second = Math.floor((now + this.#phaseMs) / OTHERS_EVERY_MS);
    const othersDue = age !== this.#age || (due && (!same || !live || chosen || second !== this.#othersOf));
    if (same && sample === this.#sample && !othersDue) return 0;
    if (same && busy) return null;
    this.#drawn = seen;
    this.#sample = sample;
    const over = row.live ? exceeded(row, scene.settings.thresholds) : null;
    const sign = signOf(row.container, { left, over });
    const dim = left || gone !== null || !row.live || sample?.stale === true;
    const names = ["row"];
    if (sample === null) names.push("stopped");
    if (dim) names.push(row.live ? "dim" : "dim old");
    if (over !== null) names.push("over");
    if (chosen) names.push("chosen");
    if (fresh) names.push("fresh");
    if (gone !== null) names.push("gone");
    setClass(this.element, names.join(" "));
    setAttribute(this.element, "aria-current", chosen ? "true" : null);
    for (const draw of this.often) draw(row, scene, sign);
    if (othersDue) {
      for (const draw of this.others) draw(row, scene, sign);
      this.#others = sample;
      this.#othersOf = second;
      this.#age = age;
    }
    if (this.element.tabIndex === 0) this.reach(true);
    return this.often.length + (othersDue ? this.others.length : 0);
  }

  /** Whether Tab reaches the row, and from it what has a reason behind it. @param {boolean} reachable */
  reach(reachable) {
    reachRow(this.element, reachable);
  }
}

/** A cell narrower than its figures may need is cut. @param {Column} column */
export function classOf({ id, figures, width }) {
  return `${id}${figures ? " figures" : ""}${width < columnOf(id).width ? " tight" : ""}`;
}

/** @param {HTMLElement} row @param {boolean} reachable */
export function reachRow(row, reachable) {
  row.tabIndex = reachable ? 0 : -1;
  for (const asked of row.querySelectorAll("[data-why][tabindex]:not(button)")) {
    if (asked instanceof HTMLElement) asked.tabIndex = reachable ? 0 : -1;
  }
}
