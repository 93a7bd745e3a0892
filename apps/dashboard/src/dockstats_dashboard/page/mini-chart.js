/**
 * A small area chart of half an hour, without axis or pointer: of the fleet's totals and of a host.
 *
 * Not here: the points (buckets), one value a pixel (pixel-columns), charts that are read closely (chart).
 *
 * @typedef {import("./pixel-columns.js").Buckets} Buckets
 *
 * @typedef {object} Scale
 * @property {number} least the smallest value that the upper edge may stand for
 * @property {number} [most] the largest there can be, where that is known
 */

import { colour, theme } from "./colours.js";
import { element } from "./dom.js";
import { setAttribute } from "./frame.js";
import { columnsOf } from "./pixel-columns.js";
import { steadyTop } from "./scales.js";

const HEAD_PX = 2;
const LINE_PX = 1.25;

export class MiniChart {
  #width = 0;
  #height = 0;
  #drawn = "";
  #top = 0;

  /** @param {string} className */
  constructor(className) {
    this.canvas = element("canvas", className);
    this.canvas.setAttribute("role", "img");
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    new ResizeObserver(([entry]) => this.#resize(entry)).observe(this.canvas);
  }

  /** The value at the upper edge; 0 before anything was drawn. */
  get top() {
    return this.#top;
  }

  /** @param {ResizeObserverEntry | undefined} entry */
  #resize(entry) {
    if (entry === undefined) return;
    const ratio = devicePixelRatio || 1;
    this.#width = Math.floor(entry.contentRect.width);
    this.#height = Math.floor(entry.contentRect.height);
    this.canvas.width = Math.round(this.#width * ratio);
    this.canvas.height = Math.round(this.#height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#drawn = "";
    this.#paint();
  }

  /** @type {Buckets} */
  #buckets = { newestAt: null, values: [] };
  #bucketMs = 1;

  /**
   * Draws it, if it is in sight and there is something new.
   *
   * @param {Buckets} buckets
   * @param {number} bucketMs
   * @param {Scale} scale
   */
  draw(buckets, bucketMs, { least, most = Infinity }) {
    let highest = 0;
    for (let index = 0; index < buckets.values.length; index += 1) {
      const value = buckets.values[index] ?? NaN;
      if (value > highest) highest = value;
    }
    const top = steadyTop(this.#top, highest, least);
    this.#top = highest <= most ? Math.min(top, most) : top;
    this.#buckets = buckets;
    this.#bucketMs = bucketMs;
    this.#paint();
  }

  /** @param {string} label */
  name(label) {
    setAttribute(this.canvas, "aria-label", label);
  }

  #paint() {
    const { newestAt, values } = this.#buckets;
    const now = `${newestAt} ${this.#top} ${theme()}`;
    if (this.#width === 0 || newestAt === null || now === this.#drawn) return;
    this.#drawn = now;
    const { context } = this;
    const width = this.#width;
    const height = this.#height;
    context.clearRect(0, 0, width, height);
    context.fillStyle = colour("--chart-area");
    context.strokeStyle = colour("--chart-line");
    context.lineWidth = LINE_PX;
    context.lineJoin = "round";
    const room = height - 1 - HEAD_PX;
    const y = (/** @type {number} */ value) => height - 1 - Math.min(1, value / this.#top) * room;
    const columns = columnsOf(values, Math.floor(newestAt / this.#bucketMs), width);
    const step = width / columns.length;
    for (let first = 0; first < columns.length; first += 1) {
      if (Number.isNaN(columns[first])) continue;
      let last = first;
      while (last + 1 < columns.length && !Number.isNaN(columns[last + 1])) last += 1;
      context.beginPath();
      context.moveTo(first * step, y(columns[first] ?? 0)); // a single column is a short line, not nothing
      for (let index = first; index <= last; index += 1) context.lineTo((index + 0.5) * step, y(columns[index] ?? 0));
      context.lineTo((last + 1) * step, y(columns[last] ?? 0));
      context.stroke();
      context.lineTo((last + 1) * step, height);
      context.lineTo(first * step, height);
      context.fill();
      first = last;
    }
    context.fillStyle = colour("--chart-grid");
    context.fillRect(0, height - 1, width, 1);
  }
}
