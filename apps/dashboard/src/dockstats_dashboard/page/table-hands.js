/**
 * What a person does in the table with pointer and keyboard: points, opens, walks, changes the width of a column.
 *
 * Not here: what follows from it (container-table), keys of the whole page (keys).
 *
 * @typedef {import("./columns.js").Column} Column
 * @typedef {import("./container-table.js").App} App
 * @typedef {import("./container-table.js").ContainerTable} ContainerTable
 */

import { ColumnEdges } from "./column-edges.js";

export class TableHands {
  /** @param {ContainerTable} table @param {App} app */
  constructor(table, app) {
    this.table = table;
    this.app = app;
    this.edges = new ColumnEdges(table.head, app, (chosen) => table.tryWidths(chosen));
    const { element } = table.body;
    element.addEventListener("pointerenter", ({ pointerType }) => this.#point(pointerType !== "touch"));
    element.addEventListener("pointerleave", () => this.#point(false));
    element.addEventListener("focusin", ({ target }) => {
      table.cursorKey = table.body.keyOf(target) ?? table.cursorKey;
    });
    element.addEventListener("focusout", () => app.requestDraw());
    // A click on a button is no wish for the focus, which would be beside the row's.
    element.addEventListener("mousedown", (event) => {
      if (event.target instanceof Element && event.target.closest("button")) event.preventDefault();
    });
    element.addEventListener("click", ({ target }) => this.#click(target));
    element.addEventListener("keydown", (event) => this.#press(event));
  }

  /** @param {boolean} pointed */
  #point(pointed) {
    this.table.pointed = pointed;
    this.app.requestDraw();
  }

  /** @param {EventTarget | null} target */
  #click(target) {
    const key = this.table.body.keyOf(target);
    if (key === null || !(target instanceof Element) || target.closest(".unknown, .toggle")) return;
    if (getSelection()?.isCollapsed === false) return; // something was being copied
    this.table.cursorKey = key;
    this.table.openCursor();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { table } = this;
    const { collapsed, open, compare } = this.app.view.state;
    const isGroup = table.cursorKey !== null && table.cursor === null;
    const isClosed = isGroup && collapsed.includes(table.cursorKey ?? "");
    switch (event.key) {
      case "ArrowDown":
        table.moveCursor(1);
        break;
      case "ArrowUp":
        table.moveCursor(-1);
        break;
      case "Home":
        table.goTo(0);
        break;
      case "End":
        table.goTo(table.body.items.length - 1);
        break;
      case "Enter":
        if (!(event.target instanceof HTMLTableRowElement)) return; // a button presses itself
        table.openCursor();
        break;
      case "ArrowLeft":
      case "ArrowRight":
        if (!isGroup || isClosed !== (event.key === "ArrowRight")) return;
        table.openCursor();
        break;
      case "Escape":
        if (open !== null || compare) return;
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur(); // rows may move again
        break;
      default:
        return;
    }
    event.preventDefault();
  }
}
