/**
 * A small area chart of half an hour, without axis or pointer: of the fleet's totals and of a host.
 *
 * Not here: the points (buckets), one value a pixel (pixel-columns), charts that are read closely (chart).
 *
 * @typedef {object} Source
 * @property {number} newestAt where its last bucket begins, in milliseconds
 * @property {string | number} revision another one where the past of the same buckets is another one (buckets)
 * @property {() => ArrayLike<number>} values oldest first; NaN: not known
 *
 * @typedef {object} Scale
 * @property {number} least the smallest value that the upper edge may stand for
 * @property {number} [most] the largest there can be, where that is known
 */

import { BUCKET_MS } from "./buckets.js";
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
  /** What the values are of; empty: there are none yet. */
  #read = "";
  #drawn = "";
  #top = 0;
  #newestAt = 0;
  /** @type {ArrayLike<number>} */
  #values = [];

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

  /**
   * To be called with each scene: reads and draws only what is new.
   *
   * @param {Source} source
   * @param {Scale} scale
   * @returns {boolean} whether there were other values to read
   */
  draw({ newestAt, revision, values }, { least, most = Infinity }) {
    const wanted = `${newestAt} ${revision} ${least} ${most}`;
    const isNew = wanted !== this.#read;
    if (isNew) {
      this.#read = wanted;
      this.#newestAt = newestAt;
      this.#values = values();
      this.#follow(least, most);
    }
    this.#paint();
    return isNew;
  }

  /** @param {number} least @param {number} most */
  #follow(least, most) {
    let highest = 0;
    for (let index = 0; index < this.#values.length; index += 1) {
      const value = this.#values[index] ?? NaN;
      if (value > highest) highest = value;
    }
    const top = steadyTop(this.#top, highest, least);
    this.#top = highest <= most ? Math.min(top, most) : top;
  }

  /** @param {string} label */
  name(label) {
    setAttribute(this.canvas, "aria-label", label);
  }

  #paint() {
    if (this.#width === 0 || this.#read === "") return;
    const wanted = `${this.#read} ${theme()}`;
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
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
    const columns = columnsOf(this.#values, Math.floor(this.#newestAt / BUCKET_MS), width);
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
