/**
 * The table of containers: what a person does in it, and one drawing pass over what is in sight.
 *
 * Rows never move under the pointer, with the focus in one, or while the filter is typed: a pill says how many would,
 * and lets them. Not here: their order (arrangement), the rows of the document (table-body), the columns (columns).
 *
 * @typedef {import("./scene.js").App} App
 * @typedef {import("./scene.js").Scene} Scene
 */

import { Arrangement } from "./arrangement.js";
import { PHONE_PX, changeColumn, layOut, placeOf, placesOf, templateOf } from "./columns.js";
import { element, textElement } from "./dom.js";
import { setAttribute, setClass, setHidden, setText } from "./frame.js";
import { NewRows } from "./new-rows.js";
import { TableBody } from "./table-body.js";
import { TableEmpty } from "./table-empty.js";
import { TableHead } from "./table-head.js";

const HEAD_PX = 30; // as in table.css
const BELOW_PX = 72; // what the timeline covers at the bottom of a page that scrolls
const EPOCH_MS = 10_000; // so often is drawn what changes with time alone, such as how long a container is up

export class ContainerTable extends HTMLElement {
  /** @type {App | null} */
  app = null;
  /** What had no room in the last pass. @type {Set<string>} */
  folded = new Set();
  #built = false;
  /** @type {Scene | null} */
  #scene = null;
  #arrangement = new Arrangement();
  #newRows = new NewRows();
  #layout = layOut([], 0);
  #laidOut = "";
  #width = 0;
  #scrolls = false; // itself, not the page
  #sight = { top: 0, bottom: 0 };
  #pointed = false;
  /** @type {string | null} */
  #cursor = null;
  /** @type {string | null} */
  #opened = null;
  /** What everything drawn depends on. @type {unknown[]} */
  #drawnWith = [];
  #epoch = 0;
  /** For the rows that had to wait. */
  #asked = false;
  #body = new TableBody((key) => this.#toggle(key));
  #head = new TableHead(() => /** @type {App} */ (this.app), (id, width) => this.#drag(id, width));
  #table = element("table", "containers", this.#head.element, this.#body.element);
  #moved = textElement("span", "");
  #pill = element("button", "moves", this.#moved.element, element("kbd", "", "m"));
  #empty = new TableEmpty(() => this.app?.view.set({ filter: "" }));

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    this.#table.setAttribute("role", "table");
    this.#table.setAttribute("aria-label", "Containers");
    this.#pill.type = "button";
    this.#pill.hidden = true;
    this.#pill.addEventListener("click", () => this.applyMoves());
    const sheet = element("div", "sheet", this.#table, this.#body.sparks.element);
    this.append(element("div", "pill-place", this.#pill), sheet, this.#empty.element);
    new ResizeObserver(() => this.#resized()).observe(this);
    new ResizeObserver(() => this.#look()).observe(document.body);
    document.addEventListener("scroll", () => this.#look(), { capture: true, passive: true });
    this.#listen(this.#body.element);
  }

  /** The container that the keyboard is at; null: none, or a group. */
  get cursor() {
    const item = this.#body.items.find(({ key }) => key === this.#cursor);
    return item !== undefined && "row" in item ? item.key : null;
  }

  /** @param {Scene} scene */
  draw(scene) {
    this.#scene = scene;
    if (this.#width === 0) this.#measure();
    this.#layOut(scene);
    this.#newRows.look(scene);
    const held = this.#held();
    this.#body.take(this.#arrangement.arrange(scene, held));
    const moved = held === "free" ? 0 : this.#arrangement.moved;
    setHidden(this.#pill, moved === 0);
    if (moved > 0) setText(this.#moved.text, `${moved} moved`);
    const { view, settings } = scene;
    const drawnWith = [settings, view.pinned.join(), Math.floor(scene.now / EPOCH_MS), this.#laidOut];
    if (drawnWith.some((value, index) => value !== this.#drawnWith[index])) this.#epoch += 1;
    this.#drawnWith = drawnWith;
    setAttribute(this.#table, "aria-rowcount", String(this.#body.items.length + 1));
    this.#head.draw(scene);
    this.#empty.draw(scene);
    if (view.open !== this.#opened) this.#reveal(view.open);
    this.#opened = view.open;
    this.#drawRows();
  }

  /** Lets rows go where they belong, although the table is held. */
  applyMoves() {
    if (this.#scene === null) return;
    this.#arrangement.apply(this.#scene.now);
    this.app?.requestDraw();
  }

  /** @param {number} by rows down */
  moveCursor(by) {
    const { items, heights } = this.#body;
    if (items.length === 0) return;
    const at = items.findIndex(({ key }) => key === this.#cursor);
    const first = heights.between(this.#sight.top, this.#sight.bottom).from;
    this.#goTo(at < 0 ? first : at + by);
  }

  /** Opens the container that the keyboard is at, or opens or closes the group. */
  openCursor() {
    if (this.#cursor === null) return;
    if (this.cursor === null) this.#toggle(this.#cursor);
    else this.app?.view.set({ open: this.#cursor });
  }

  /** Back to where the keyboard was, as after the detail is closed. */
  focusCursor() {
    if (this.#cursor !== null) this.#body.focus(this.#cursor);
  }

  #drawRows() {
    if (this.#scene === null) return;
    const { now } = this.#scene;
    const isFresh = (/** @type {string} */ key) => this.#newRows.isFresh(key, now);
    const look = { ...this.#sight, epoch: this.#epoch, isFresh, cursor: this.#cursor };
    if (this.#body.draw(this.#scene, look) || this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#drawRows();
    });
  }

  /** Whether anybody would be disturbed by rows that move. */
  #held() {
    const focused = document.activeElement;
    if (this.#pointed || this.#body.element.contains(focused)) return "rows";
    return focused?.closest("filter-box") ? "places" : "free";
  }

  /** @param {Scene} scene */
  #layOut({ settings, view }) {
    this.#layout = layOut(settings.columns, this.#width, view.group);
    const { columns, folded, template } = this.#layout;
    const phone = this.#width < PHONE_PX;
    const laidOut = [this.#width, template, ...columns.map(({ id }) => id)].join();
    if (laidOut === this.#laidOut) return;
    this.#laidOut = laidOut;
    this.folded = new Set(folded.map(({ id }) => id));
    setClass(this.#table, phone ? "containers phone" : "containers");
    this.#setPlaces(columns, template);
    const focused = this.#body.element.contains(document.activeElement);
    this.#body.arrange(columns, phone, ({ id }) => placeOf(this.#layout, id, this.#width));
    this.#head.arrange(columns);
    if (focused) queueMicrotask(() => this.focusCursor()); // its row was made anew
  }

  /** @param {string} id @param {number} width */
  #drag(id, width) {
    if (this.#scene === null) return;
    const columns = this.#layout.columns.map((column) => (column.id === id ? { ...column, width } : column));
    const chosen = changeColumn(this.#scene.settings.columns, id, { width });
    this.#setPlaces(columns, templateOf(columns, chosen));
  }

  /** @param {import("./columns.js").Column[]} columns @param {string} template */
  #setPlaces(columns, template) {
    const { style } = this.#table;
    style.setProperty("--columns", template);
    placesOf({ columns, template }, this.#width).forEach(({ left, width }, index) => {
      style.setProperty(`--left-${index}`, `${left}px`);
      style.setProperty(`--width-${index}`, `${width}px`);
    });
  }

  #measure() {
    this.#width = this.clientWidth;
    this.#scrolls = getComputedStyle(this).overflowY === "auto";
    this.#lookAgain();
  }

  #resized() {
    this.#measure();
    if (this.#scene !== null) this.draw(this.#scene);
  }

  /** What is in sight now: rows only for that. */
  #look() {
    const { top, bottom } = this.#sight;
    this.#lookAgain();
    if (top !== this.#sight.top || bottom !== this.#sight.bottom) this.#drawRows();
  }

  #lookAgain() {
    if (this.#scrolls) {
      this.#sight = { top: this.scrollTop, bottom: this.scrollTop + this.clientHeight - HEAD_PX };
      return;
    }
    const above = this.#body.element.getBoundingClientRect().top;
    this.#sight = { top: -above, bottom: innerHeight - above };
  }

  /** @param {number} index */
  #goTo(index) {
    const { items } = this.#body;
    const at = Math.max(0, Math.min(items.length - 1, index));
    this.#cursor = items[at]?.key ?? null;
    if (this.#cursor === null) return;
    this.#scrollTo(at);
    this.#drawRows();
    this.#body.focus(this.#cursor);
  }

  /** @param {string | null} key of a container that was opened, here or by a link elsewhere on the page */
  #reveal(key) {
    const index = this.#body.items.findIndex((item) => item.key === key);
    if (index >= 0) this.#scrollTo(index);
  }

  /** @param {number} index */
  #scrollTo(index) {
    const { heights } = this.#body;
    const covered = this.#scrolls ? 0 : BELOW_PX;
    const above = heights.topOf(index) - this.#sight.top - (this.#scrolls ? 0 : HEAD_PX);
    const below = heights.topOf(index + 1) - (this.#sight.bottom - covered);
    const by = above < 0 ? above : below > 0 ? below : 0;
    if (by === 0) return;
    (this.#scrolls ? this : window).scrollBy(0, by);
    this.#lookAgain();
  }

  /** @param {string} key of a group */
  #toggle(key) {
    const view = this.app?.view;
    if (!view) return;
    const { collapsed } = view.state;
    const without = collapsed.filter((other) => other !== key);
    view.set({ collapsed: without.length < collapsed.length ? without : [...collapsed, key] });
  }

  /** @param {HTMLElement} body */
  #listen(body) {
    body.addEventListener("pointerenter", (event) => this.#point(event.pointerType !== "touch"));
    body.addEventListener("pointerleave", () => this.#point(false));
    body.addEventListener("focusin", ({ target }) => {
      this.#cursor = this.#body.keyOf(target) ?? this.#cursor;
      this.#drawRows();
    });
    body.addEventListener("focusout", () => this.app?.requestDraw());
    // A click is no wish for the focus, which would hold the table for as long as it is there.
    body.addEventListener("mousedown", (event) => {
      if (event.target instanceof Element && event.target.closest("button")) event.preventDefault();
    });
    body.addEventListener("click", ({ target }) => {
      const key = this.#body.keyOf(target);
      if (key === null || !(target instanceof Element) || target.closest(".unknown, .toggle")) return;
      if (getSelection()?.isCollapsed === false) return; // something was being copied
      this.#cursor = key;
      this.openCursor();
    });
    body.addEventListener("keydown", (event) => this.#press(event));
  }

  /** @param {boolean} pointed */
  #point(pointed) {
    this.#pointed = pointed;
    this.app?.requestDraw();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { items } = this.#body;
    const isGroup = this.#cursor !== null && this.cursor === null;
    const isClosed = isGroup && this.app?.view.state.collapsed.includes(this.#cursor ?? "");
    switch (event.key) {
      case "ArrowDown":
        this.moveCursor(1);
        break;
      case "ArrowUp":
        this.moveCursor(-1);
        break;
      case "Home":
        this.#goTo(0);
        break;
      case "End":
        this.#goTo(items.length - 1);
        break;
      case "Enter":
        if (!(event.target instanceof HTMLTableRowElement)) return; // a button presses itself
        this.openCursor();
        break;
      case "ArrowLeft":
      case "ArrowRight":
        if (!isGroup || isClosed !== (event.key === "ArrowRight")) return;
        this.openCursor();
        break;
      case "Escape":
        if (this.app?.view.state.open !== null || this.app.view.state.compare) return;
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur(); // rows may move again
        break;
      default:
        return;
    }
    event.preventDefault();
  }
}

customElements.define("container-table", ContainerTable);
