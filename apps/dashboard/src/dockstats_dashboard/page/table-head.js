/**
 * The head of the table: a button to sort by each column, and the CPU's unit.
 *
 * Not here: which columns there are (columns), what they are sorted by (order), their widths (column-edges).
 *
 * @typedef {import("./columns.js").Column} Column
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./container-table.js").App} App
 */

import { element, textElement } from "./dom.js";
import { CPU_UNITS, nextCpuUnit } from "./format.js";
import { setAttribute, setText } from "./frame.js";
import { setWhy } from "./why.js";

const BY_FIGURES = "Largest first, by the mean of the last second or two; rows move every 2 s at most.";

/** What a figure is that its column's name does not tell. @type {Record<string, string>} */
const ABOUT = {
  pressure: "The share of time in which something in it waited for CPU, memory or disk.\n",
  throttled: "How many of the scheduler's periods its own CPU limit cut short; empty without a limit.\n",
};

/** @typedef {{ column: Column, place: HTMLElement, arrow: Text, unit: Text | null }} Head */

export class TableHead {
  /** @type {Head[]} */
  heads = [];
  /** Called when they were made anew. */
  onArranged = () => {};

  /** @param {() => App} app */
  constructor(app) {
    this.app = app;
    this.row = element("tr", "heads");
    this.row.setAttribute("role", "row");
    this.row.setAttribute("aria-rowindex", "1");
    this.element = element("thead", "", this.row);
    this.element.setAttribute("role", "rowgroup");
  }

  /** The focus stays where it was: a width takes several presses. @param {Column[]} columns */
  arrange(columns) {
    const focused = document.activeElement;
    const id = this.heads.find(({ place }) => place.contains(focused))?.column.id;
    this.heads = columns.map((column) => this.#headOf(column));
    this.row.replaceChildren(...this.heads.map(({ place }) => place));
    this.onArranged();
    const place = this.heads.find(({ column }) => column.id === id)?.place;
    const again = place?.querySelector(`.${focused?.classList[0]}`);
    if (again instanceof HTMLElement) again.focus();
  }

  /** @param {Scene} scene */
  draw({ view: { sort }, settings }) {
    for (const { column, place, arrow, unit } of this.heads) {
      const sorted = sort.column === column.id;
      setText(arrow, sorted ? (sort.descending ? "▾" : "▴") : "");
      setAttribute(place, "aria-sort", sorted ? (sort.descending ? "descending" : "ascending") : null);
      if (unit !== null) setText(unit, CPU_UNITS[settings.cpuUnit].name);
    }
  }

  /** @param {Column} column @returns {Head} */
  #headOf(column) {
    const place = element("th", column.figures ? `${column.id} figures` : column.id);
    place.setAttribute("role", "columnheader");
    place.setAttribute("scope", "col");
    const title = element("span", column.id === "state" ? "unseen" : "", column.title);
    const arrow = textElement("span", "arrow");
    arrow.element.setAttribute("aria-hidden", "true"); // aria-sort says it
    const sort = element("button", "sort", title, arrow.element);
    sort.type = "button";
    place.addEventListener("click", ({ target }) => {
      if (target instanceof Element && !target.closest(".explained, .edge")) this.sortBy(column);
    });
    const by = column.id === "state" ? "Sort by state: what needs a person first." : column.figures ? BY_FIGURES : null;
    setWhy(sort, by && `${ABOUT[column.id] ?? ""}${by}`);
    place.append(sort);
    const unit = column.id === "cpu" ? this.#unitButton(place) : null;
    if (column.unit) place.append(element("span", "unit", column.unit));
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
  sortBy({ id, figures, title }) {
    const { view, say } = this.app();
    const { sort } = view.state;
    const descending = sort.column === id ? !sort.descending : figures;
    view.set({ sort: { column: id, descending } });
    say(`Sorted by ${title}, ${descending ? "descending" : "ascending"}`);
  }
}
