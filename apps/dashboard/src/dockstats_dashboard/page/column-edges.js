/**
 * The width of a column: an edge to drag in its head, and arrow keys on the edge, or with Shift on the column's button.
 *
 * A double click gives the edge back to the table. Not here: the head (table-head), how wide columns may be (columns).
 *
 * @typedef {import("./columns.js").Column} Column
 * @typedef {import("./container-table.js").App} App
 * @typedef {import("./settings.js").ColumnChoice} ColumnChoice
 * @typedef {import("./table-head.js").TableHead} TableHead
 */

import { changeColumn, withinWidth } from "./column-choice.js";
import { FIXED, columnOf } from "./columns.js";
import { element } from "./dom.js";

const KEY_STEP_PX = 8;

export class ColumnEdges {
  /** @param {TableHead} head @param {App} app @param {(chosen: ColumnChoice[]) => void} onDrag while an edge moves */
  constructor(head, app, onDrag) {
    this.head = head;
    this.app = app;
    this.onDrag = onDrag;
    head.onArranged = () => this.#add();
    head.row.addEventListener("keydown", (event) => {
      if (event.shiftKey || isEdge(event.target)) this.#step(event);
    });
    head.row.addEventListener("dblclick", ({ target }) => {
      const column = this.#columnOf(target);
      if (column !== undefined && isEdge(target)) this.#choose(column.id, null);
    });
    head.row.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && isEdge(event.target)) this.#drag(event);
    });
    this.#add();
  }

  #add() {
    for (const { column, place } of this.head.heads.slice(FIXED - 1)) {
      const edge = element("span", "edge");
      edge.setAttribute("role", "separator");
      edge.setAttribute("aria-orientation", "vertical");
      edge.setAttribute("aria-label", `Width of ${column.title}`);
      edge.setAttribute("aria-valuenow", String(column.width));
      edge.tabIndex = -1; // the column's button has the same keys, with Shift
      place.append(edge);
    }
  }

  /** @param {EventTarget | null} target */
  #columnOf(target) {
    return this.head.heads.find(({ place }) => target instanceof Node && place.contains(target))?.column;
  }

  /** @param {PointerEvent} event */
  #drag({ target, clientX, pointerId }) {
    const edge = /** @type {HTMLElement} */ (target);
    const place = /** @type {HTMLElement} */ (edge.parentElement);
    const id = /** @type {Column} */ (this.#columnOf(edge)).id;
    const start = place.getBoundingClientRect().width - clientX;
    let width = 0; // not moved yet
    const move = (/** @type {PointerEvent} */ { clientX: x }) => {
      width = withinWidth(start + x);
      this.onDrag(changeColumn(this.app.settings.value.columns, id, { width }));
    };
    edge.setPointerCapture(pointerId);
    edge.addEventListener("pointermove", move);
    edge.addEventListener(
      "lostpointercapture",
      () => {
        edge.removeEventListener("pointermove", move);
        if (width > 0) this.#choose(id, width);
      },
      { once: true },
    );
  }

  /** @param {KeyboardEvent} event */
  #step(event) {
    const by = event.key === "ArrowRight" ? KEY_STEP_PX : event.key === "ArrowLeft" ? -KEY_STEP_PX : 0;
    const column = this.#columnOf(event.target);
    if (by === 0 || column === undefined) return;
    event.preventDefault();
    this.#choose(column.id, column.width + by);
  }

  /** @param {string} id @param {number | null} width null: as wide as the table thinks */
  #choose(id, width) {
    const { settings, say } = this.app;
    settings.set({ columns: changeColumn(settings.value.columns, id, { width }) });
    say(`${columnOf(id).title}: ${width === null ? "usual width" : `${withinWidth(width)} pixels wide`}`);
  }
}

/** @param {EventTarget | null} target */
function isEdge(target) {
  return target instanceof Element && target.classList.contains("edge");
}
