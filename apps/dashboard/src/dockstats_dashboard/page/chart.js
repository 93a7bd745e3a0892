/**
 * One chart on the page: a canvas as large as its place, the cursor over it, and what a person does there.
 *
 * The cursor and the stretch being dragged are elements of their own, moved by a transform: pointing costs no drawing.
 * Not here: what is drawn (paint), what an instant or a stretch means to the page (detail-charts, compare-panel).
 *
 * @typedef {import("./paint.js").Picture} Picture
 *
 * @typedef {object} Deeds what a person can do in a chart
 * @property {(at: number | null) => void} point at an instant, or no longer
 * @property {(one: number, other: number) => void} select a stretch of time
 * @property {(steps: number) => void} step the cursor, by the keys
 * @property {(factor: number) => void} zoom by the keys, around the cursor
 * @property {() => void} resized or seen in another theme: all must be drawn anew
 */

import { colour } from "./colours.js";
import { element } from "./dom.js";
import { setHidden } from "./frame.js";
import { paint } from "./paint.js";

const DRAG_PX = 4; // less is a click
const FAR_STEPS = 10;

/** @type {Record<string, (deeds: Deeds, far: number) => void>} */
const KEYS = {
  ArrowLeft: (deeds, far) => deeds.step(-far),
  ArrowRight: (deeds, far) => deeds.step(far),
  Home: (deeds) => deeds.step(-Infinity),
  End: (deeds) => deeds.step(Infinity),
  "+": (deeds) => deeds.zoom(0.5),
  "=": (deeds) => deeds.zoom(0.5),
  "-": (deeds) => deeds.zoom(2),
};

export class Chart {
  /** @type {Picture | null} */
  #picture = null;
  /** Where the drag began, in pixels. @type {number | null} */
  #dragFrom = null;
  #painted = "";

  /** @param {Deeds} deeds */
  constructor(deeds) {
    this.deeds = deeds;
    this.canvas = element("canvas", "");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.cursor = element("div", "cursor");
    this.selection = element("div", "selection");
    this.element = element("div", "plot", this.canvas, this.cursor, this.selection);
    this.cursor.hidden = this.selection.hidden = true;
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.width = 0; // in CSS pixels
    this.height = 0;
    new ResizeObserver(() => this.#resize()).observe(this.canvas);
    this.#listen();
  }

  /** @param {Picture} picture */
  draw(picture) {
    this.#picture = picture;
    paint(this.context, this.width, this.height, picture, colour);
  }

  /** @param {number | null} at null: none */
  point(at) {
    const picture = this.#picture;
    const inside = picture !== null && at !== null && at >= picture.from && at <= picture.to;
    setHidden(this.cursor, !inside);
    if (!inside || picture === null || at === null) return;
    const move = `translateX(${Math.round(this.#x(at, picture))}px)`;
    if (this.#painted === move) return;
    this.#painted = move;
    this.cursor.style.transform = move;
  }

  #resize() {
    const ratio = devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === this.width && clientHeight === this.height) return;
    this.width = clientWidth;
    this.height = clientHeight;
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.deeds.resized();
  }

  /** @param {number} at @param {Picture} picture */
  #x(at, { from, to, right }) {
    return ((at - from) / (to - from)) * (this.width - right);
  }

  /** @param {number} x in pixels */
  #at(x) {
    if (this.#picture === null) return 0;
    const { from, to, right } = this.#picture;
    return from + Math.min(1, Math.max(0, x / Math.max(1, this.width - right))) * (to - from);
  }

  #listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.#dragFrom = event.offsetX;
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      this.#drag(event.offsetX);
      this.deeds.point(this.#at(event.offsetX));
    });
    canvas.addEventListener("pointerup", (event) => {
      const from = this.#dragFrom;
      this.#endDrag();
      if (from === null) return;
      if (Math.abs(event.offsetX - from) >= DRAG_PX) this.deeds.select(this.#at(from), this.#at(event.offsetX));
      else this.deeds.point(this.#at(event.offsetX)); // a finger has no other way to point
    });
    canvas.addEventListener("pointercancel", () => this.#endDrag());
    canvas.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") this.deeds.point(null);
    });
    canvas.addEventListener("blur", () => this.deeds.point(null));
    canvas.addEventListener("keydown", (event) => this.#press(event));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && this.#dragFrom !== null) this.#endDrag();
    else if (KEYS[event.key]) KEYS[event.key]?.(this.deeds, event.shiftKey ? FAR_STEPS : 1);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the arrows belong to the timeline elsewhere
  }

  /** @param {number} x */
  #drag(x) {
    if (this.#dragFrom === null) return;
    const left = Math.max(0, Math.min(x, this.#dragFrom));
    const right = Math.min(this.width, Math.max(x, this.#dragFrom));
    this.selection.style.transform = `translateX(${left}px) scaleX(${right - left})`;
    setHidden(this.selection, right - left < DRAG_PX);
  }

  #endDrag() {
    this.#dragFrom = null;
    setHidden(this.selection, true);
  }
}
