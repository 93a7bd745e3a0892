/**
 * The head of the table: a button to sort by each column, the CPU's unit, and an edge to drag for each width.
 *
 * Arrow keys on an edge, or with Shift on a column's button, change the width, too; a double click gives the edge back
 * to the table. Not here: which columns there are (columns), what they are sorted by (order).
 *
 * @typedef {import("./columns.js").Column} Column
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./scene.js").App} App
 */

import { FIXED, changeColumn, columnOf, withinWidth } from "./columns.js";
import { element, textElement } from "./dom.js";
import { CPU_UNITS, nextCpuUnit } from "./format.js";
import { setAttribute, setText } from "./frame.js";
import { setWhy } from "./why.js";

const KEY_STEP_PX = 8;

/** @typedef {{ column: Column, place: HTMLElement, arrow: Text, unit: Text | null }} Head */

export class TableHead {
  /** @type {Head[]} */
  #heads = [];

  /** @param {() => App} app @param {(id: string, width: number) => void} onDrag while an edge moves */
  constructor(app, onDrag) {
    this.app = app;
    this.onDrag = onDrag;
    this.row = element("tr", "heads");
    this.row.setAttribute("role", "row");
    this.row.setAttribute("aria-rowindex", "1");
    this.element = element("thead", "", this.row);
    this.element.setAttribute("role", "rowgroup");
  }

  /** The focus stays where it was: a width takes several presses. @param {Column[]} columns */
  arrange(columns) {
    const focused = document.activeElement;
    const id = this.#heads.find(({ place }) => place.contains(focused))?.column.id;
    this.#heads = columns.map((column, index) => this.#headOf(column, index));
    this.row.replaceChildren(...this.#heads.map(({ place }) => place));
    const place = this.#heads.find(({ column }) => column.id === id)?.place;
    const again = place?.querySelector(`.${focused?.classList[0]}`);
    if (again instanceof HTMLElement) again.focus();
  }

  /** @param {Scene} scene */
  draw({ view: { sort }, settings }) {
    for (const { column, place, arrow, unit } of this.#heads) {
      const sorted = sort.column === column.id;
      setText(arrow, sorted ? (sort.descending ? "↓" : "↑") : "");
      setAttribute(place, "aria-sort", sorted ? (sort.descending ? "descending" : "ascending") : null);
      if (unit !== null) setText(unit, CPU_UNITS[settings.cpuUnit].name);
    }
  }

  /** @param {Column} column @param {number} index @returns {Head} */
  #headOf(column, index) {
    const place = element("th", column.figures ? `${column.id} figures` : column.id);
    place.setAttribute("role", "columnheader");
    place.setAttribute("scope", "col");
    const title = element("span", column.id === "state" ? "unseen" : "", column.title);
    const arrow = textElement("span", "arrow");
    arrow.element.setAttribute("aria-hidden", "true"); // aria-sort says it
    const sort = element("button", "sort", title, arrow.element);
    sort.type = "button";
    sort.addEventListener("click", () => this.#sortBy(column));
    sort.addEventListener("keydown", (event) => {
      if (event.shiftKey) this.#stepWidth(event, column);
    });
    setWhy(sort, column.id === "state" ? "Sort by state: what needs a person first." : null);
    place.append(sort);
    const unit = column.id === "cpu" ? this.#unitButton(place) : null;
    if (column.unit) place.append(element("span", "unit", column.unit));
    if (index >= FIXED - 1) place.append(this.#edgeOf(column));
    return { column, place, arrow: arrow.text, unit };
  }

  /** @param {HTMLElement} place */
  #unitButton(place) {
    const unit = textElement("button", "unit explained");
    unit.element.setAttribute("type", "button");
    setWhy(unit.element, "The unit of every CPU figure; a click takes the next one (u).");
    unit.element.addEventListener("click", () => {
      const { settings } = this.app();
      settings.set({ cpuUnit: nextCpuUnit(settings.value.cpuUnit) });
    });
    place.append(unit.element);
    return unit.text;
  }

  /** The largest first at the first click, or the first of the alphabet. @param {Column} column */
  #sortBy({ id, figures, title }) {
    const { view, say } = this.app();
    const { sort } = view.state;
    const descending = sort.column === id ? !sort.descending : figures;
    view.set({ sort: { column: id, descending } });
    say(`Sorted by ${title}, ${descending ? "descending" : "ascending"}`);
  }

  /** @param {Column} column */
  #edgeOf(column) {
    const edge = element("span", "edge");
    edge.setAttribute("role", "separator");
    edge.setAttribute("aria-orientation", "vertical");
    edge.setAttribute("aria-label", `Width of ${column.title}`);
    edge.setAttribute("aria-valuenow", String(column.width));
    edge.tabIndex = -1; // the column's button has the same keys, with Shift
    edge.addEventListener("keydown", (event) => this.#stepWidth(event, column));
    edge.addEventListener("dblclick", () => this.#choose(column.id, null));
    edge.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const place = /** @type {HTMLElement} */ (edge.parentElement);
      const start = place.getBoundingClientRect().width - event.clientX;
      let width = 0; // not moved yet
      const move = (/** @type {PointerEvent} */ { clientX }) => {
        width = withinWidth(start + clientX);
        this.onDrag(column.id, width);
      };
      edge.setPointerCapture(event.pointerId);
      edge.addEventListener("pointermove", move);
      edge.addEventListener(
        "lostpointercapture",
        () => {
          edge.removeEventListener("pointermove", move);
          if (width > 0) this.#choose(column.id, width);
        },
        { once: true },
      );
    });
    return edge;
  }

  /** @param {KeyboardEvent} event @param {Column} column */
  #stepWidth(event, column) {
    const by = event.key === "ArrowRight" ? KEY_STEP_PX : event.key === "ArrowLeft" ? -KEY_STEP_PX : 0;
    if (by === 0) return;
    event.preventDefault();
    this.#choose(column.id, column.width + by);
  }

  /** @param {string} id @param {number | null} width */
  #choose(id, width) {
    const { settings, say } = this.app();
    settings.set({ columns: changeColumn(settings.value.columns, id, { width }) });
    say(`${columnOf(id).title}: ${width === null ? "usual width" : `${withinWidth(width)} pixels wide`}`);
  }
}
