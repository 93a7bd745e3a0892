/**
 * The table of containers: one drawing pass over what is in sight, and where the keyboard is.
 *
 * Rows never move under the pointer, with the focus in one, or while the filter is typed: a pill says how many would,
 * and lets them. Not here: what a person does in it (table-hands), the order of rows (arrangement), the rows of the
 * document (table-body), the columns (columns).
 *
 * @typedef {Pick<import("./scene.js").App, "view" | "settings" | "requestDraw" | "say">} App
 * @typedef {import("./scene.js").Scene} Scene
 */

import { Arrangement } from "./arrangement.js";
import { PHONE_PX, layOut, leftsOf, placeOf, templateOf } from "./columns.js";
import { element, textElement } from "./dom.js";
import { setAttribute, setClass, setHidden, setText } from "./frame.js";
import { NewRows } from "./new-rows.js";
import { TableBody } from "./table-body.js";
import { TableHead } from "./table-head.js";

const HEAD_PX = 30; // as in table.css
const BELOW_PX = 72; // what the timeline covers at the bottom of a page that scrolls
const ARRANGED_CELLS = 20; // what it costs to put all rows in order, beside the cells that are drawn
const BANNER_PX = 36; // and what tells of a pause
const RESTED_MS = 1500; // a page that is seen draws at least once a second
const AGE_MS = 10_000; // so often is drawn what changes with time alone, such as how long a container is up

export class ContainerTable extends HTMLElement {
  /** @type {App | null} */
  app = null;
  /** What had no room in the last pass. @type {Set<string>} */
  folded = new Set();
  /** Whether somebody points at a row. */
  pointed = false;
  body = new TableBody((key) => this.#toggle(key));
  head = new TableHead(() => /** @type {App} */ (this.app));
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
  /** @type {string | null} */
  #cursor = null;
  /** @type {string | null} */
  #opened = null;
  /** What everything drawn depends on. @type {unknown[]} */
  #drawnWith = [];
  #epoch = 0;
  #passedAt = -Infinity;
  /** For the rows that had to wait. */
  #asked = false;
  #table = element("table", "containers", this.head.element, this.body.element);
  #sheet = element("div", "sheet", this.#table);
  #moved = textElement("span", "");
  #pill = element("button", "moves", this.#moved.element, element("kbd", "", "m"));
  /** What stands in the place of rows, once it is there. @type {import("./table-empty.js").TableEmpty | null} */
  empty = null;

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    this.#table.setAttribute("role", "table");
    this.#table.setAttribute("aria-label", "Containers");
    this.#pill.type = "button";
    this.#pill.hidden = true;
    this.#pill.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays where it is
    this.#pill.addEventListener("click", () => this.#leavePill());
    this.append(element("div", "pill-place", this.#pill), this.#sheet);
    new ResizeObserver(() => this.#resized()).observe(this);
    new ResizeObserver(() => this.#look()).observe(document.body);
    document.addEventListener("scroll", () => this.#look(), { capture: true, passive: true });
  }

  /** The small charts, once they are there. @param {import("./spark-columns.js").SparkColumns} sparks */
  set sparks(sparks) {
    this.body.sparks = sparks;
    this.#sheet.append(sparks.element);
    this.#laidOut = ""; // every row anew, and the charts with them
  }

  /** What the keyboard is at: the key of a container or of a group. */
  get cursorKey() {
    return this.#cursor;
  }

  set cursorKey(key) {
    this.#cursor = key;
    this.#drawRows();
  }

  /** The container that the keyboard is at; null: none, or a group. */
  get cursor() {
    const item = this.body.items.find(({ key }) => key === this.#cursor);
    return item !== undefined && "row" in item ? item.key : null;
  }

  /** @param {Scene} scene */
  draw(scene) {
    this.#scene = scene;
    if (this.#width === 0) this.#measure();
    this.#layOut(scene);
    this.#newRows.look(scene);
    const held = this.#held();
    this.body.take(this.#arrangement.arrange(scene, held));
    const moved = held === "free" ? 0 : this.#arrangement.moved;
    setAttribute(this, "data-held", held === "rows" ? "" : null);
    setHidden(this.#pill, moved === 0);
    if (moved > 0) setText(this.#moved.text, `held · ${moved} moved`);
    const { view, settings } = scene;
    const drawnWith = [settings, view.pinned.join(), this.#laidOut];
    if (drawnWith.some((value, index) => value !== this.#drawnWith[index])) this.#epoch += 1;
    this.#drawnWith = drawnWith;
    setAttribute(this.#table, "aria-rowcount", String(this.body.items.length + 1));
    this.head.draw(scene);
    this.empty?.draw(scene);
    if (view.open !== this.#opened && this.#reveal(view.open)) this.#opened = view.open;
    const at = performance.now();
    const rested = at - this.#passedAt > RESTED_MS; // nobody saw it for a while: all of it at once
    this.#passedAt = at;
    this.#drawRows(rested ? -Infinity : ARRANGED_CELLS);
  }

  /** The pill goes with the moves, and a focus that was in it would go to nowhere. */
  #leavePill() {
    if (document.activeElement === this.#pill) {
      this.focusCursor();
      if (document.activeElement === this.#pill) this.head.element.querySelector("button")?.focus();
    }
    this.applyMoves();
  }

  /** Lets rows go where they belong, although the table is held. */
  applyMoves() {
    if (this.#scene === null) return;
    this.#arrangement.apply(this.#scene.now);
    this.app?.requestDraw();
  }

  /** @param {number} by rows down */
  moveCursor(by) {
    const { items, heights } = this.body;
    if (items.length === 0) return;
    const at = items.findIndex(({ key }) => key === this.#cursor);
    const first = heights.between(this.#sight.top, this.#sight.bottom).from;
    this.goTo(at < 0 ? first : at + by);
  }

  /** Opens the container that the keyboard is at, or opens or closes the group. */
  openCursor() {
    if (this.#cursor === null) return;
    if (this.cursor === null) this.#toggle(this.#cursor);
    else this.app?.view.set({ open: this.#cursor });
  }

  /** Back to where the keyboard was, as after the detail is closed. */
  focusCursor() {
    if (this.#cursor !== null) this.body.focus(this.#cursor);
  }

  /** @param {number} [cost] what this frame has done already, in cells */
  #drawRows(cost = 0) {
    if (this.#scene === null) return;
    const { now } = this.#scene;
    const isFresh = (/** @type {string} */ key) => this.#newRows.isFresh(key, now);
    const look = { ...this.#sight, epoch: this.#epoch, isFresh, cursor: this.#cursor, cost, age: Math.floor(now / AGE_MS) };
    if (this.body.draw(this.#scene, look) || this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#drawRows();
    });
  }

  /** Whether anybody would be disturbed by rows that move. */
  #held() {
    const focused = document.activeElement;
    // A click gives the focus, too, and nobody sees it, nor that it would hold the table.
    if (this.pointed || focused?.matches("container-table tbody :focus-visible, .moves")) return "rows";
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
    if (!phone) this.#setPlaces(columns);
    const focused = this.body.element.contains(document.activeElement);
    this.body.arrange(columns, phone, ({ id }) => placeOf(this.#layout, id, this.#width));
    this.head.arrange(columns);
    if (focused) queueMicrotask(() => this.focusCursor()); // its row was made anew
  }

  /** Shows a choice of widths that is not made yet. @param {import("./settings.js").ColumnChoice[]} chosen */
  tryWidths(chosen) {
    const { columns } = layOut(chosen, this.#width, this.#scene?.view.group);
    const isSame = columns.length === this.#layout.columns.length; // one that folds waits for the choice
    if (isSame) this.#setPlaces(columns);
  }

  /** @param {readonly import("./columns.js").Column[]} columns */
  #setPlaces(columns) {
    const { style } = this.#table;
    style.setProperty("--columns", templateOf(columns));
    const lefts = leftsOf(columns);
    columns.forEach(({ width }, index) => {
      style.setProperty(`--left-${index}`, `${lefts[index]}px`);
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
    const above = this.body.element.getBoundingClientRect().top;
    this.#sight = { top: -above, bottom: innerHeight - above };
  }

  /** The keyboard to a row, and the row into sight. @param {number} index among those that are shown */
  goTo(index) {
    const { items } = this.body;
    const at = Math.max(0, Math.min(items.length - 1, index));
    this.#cursor = items[at]?.key ?? null;
    if (this.#cursor === null) return;
    this.#scrollTo(at);
    this.#drawRows();
    this.body.focus(this.#cursor);
  }

  /**
   * Whether its row is there, and in sight now; that of a link comes with the figures.
   *
   * @param {string | null} key of a container that was opened, here or by a link; null: none is any more
   */
  #reveal(key) {
    if (key === null) return true;
    const index = this.body.items.findIndex((item) => item.key === key);
    if (index >= 0) this.#scrollTo(index);
    return index >= 0;
  }

  /** @param {number} index */
  #scrollTo(index) {
    const { heights } = this.body;
    const covered = (this.#scrolls ? 0 : BELOW_PX) + (this.#scene?.paused ? BANNER_PX : 0);
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
}

customElements.define("container-table", ContainerTable);
