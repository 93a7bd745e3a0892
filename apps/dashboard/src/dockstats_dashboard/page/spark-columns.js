/**
 * The small charts of the rows in sight: one canvas a column, over the rows, drawn at most once a second.
 *
 * One canvas a cell would be a layer a cell, and the browser pays for each of them whenever any text changes (measured:
 * 8 of 32 ms an update with 80 of them). Not here: how a line is drawn (sparkline), where rows lie (table-body).
 *
 * @typedef {import("./arrangement.js").Item} Item
 * @typedef {import("./columns.js").Column} Column
 * @typedef {import("./scene.js").Scene} Scene
 *
 * @typedef {object} Stretch the rows that are drawn
 * @property {Item[]} items
 * @property {number[]} tops where their small charts begin, in CSS pixels from the body's top
 * @property {number} top where the canvas begins
 * @property {number} height of the canvas
 */

import { bandOf, cpuBandOf } from "./bands.js";
import { element } from "./dom.js";
import { drawSparkline } from "./sparkline.js";

const EVERY_MS = 1000;
const PADDING_PX = 7; // of a cell, as in table.css

/** @type {Map<string, { which: "cpu" | "memory", least: number }>} */
const KINDS = new Map([
  ["cpu60", { which: "cpu", least: 10 }], // a chart of less than a tenth of a core would be noise in full height
  ["memory60", { which: "memory", least: 2 ** 20 }],
]);

/** @typedef {{ kind: { which: "cpu" | "memory", least: number }, canvas: HTMLCanvasElement, width: number }} Drawn */

export class SparkColumns {
  /** @type {Drawn[]} */
  #drawn = [];
  #drawnAt = -Infinity;
  /** @type {string[]} */
  #keys = [];
  #epoch = -1;
  /** Of a moment that is paused there is one after the other, each with its own past. @type {Scene["fleet"] | null} */
  #fleet = null;

  constructor() {
    this.element = element("div", "sparks");
    this.element.setAttribute("aria-hidden", "true"); // the figures beside them say what can be said
  }

  /**
   * @param {Column[]} columns
   * @param {(column: Column) => { left: number, width: number }} placeOf in CSS pixels
   */
  arrange(columns, placeOf) {
    this.#drawn = [];
    this.#keys = [];
    for (const column of columns) {
      const kind = KINDS.get(column.id);
      if (kind === undefined) continue;
      const { left, width } = placeOf(column);
      const canvas = element("canvas", "");
      canvas.style.left = `${left + PADDING_PX}px`;
      this.#drawn.push({ kind, canvas, width: Math.max(1, width - 2 * PADDING_PX) });
    }
    this.element.replaceChildren(...this.#drawn.map(({ canvas }) => canvas));
  }

  /**
   * @param {Stretch} stretch
   * @param {Scene} scene
   * @param {number} epoch another one: draw at once
   */
  draw({ items, tops, top, height }, { fleet, grouping, now }, epoch) {
    const sameRows = items.length === this.#keys.length && items.every(({ key }, index) => key === this.#keys[index]);
    const same = sameRows && fleet === this.#fleet && epoch === this.#epoch;
    if (same && Math.abs(now - this.#drawnAt) < EVERY_MS) return;
    this.#keys = items.map(({ key }) => key);
    this.#epoch = epoch;
    this.#fleet = fleet;
    this.#drawnAt = now;
    for (const { kind, canvas, width } of this.#drawn) {
      const context = cleared(canvas, width, height);
      context.lineJoin = "round";
      context.lineWidth = 1.2;
      canvas.style.transform = `translateY(${top}px)`;
      items.forEach((item, index) => {
        const line = lineFor(item, kind, grouping);
        if (line !== null) drawSparkline(context, line, { top: (tops[index] ?? 0) - top, width }, now);
      });
    }
  }
}

/**
 * @param {Item} item
 * @param {Drawn["kind"]} kind
 * @param {Scene["grouping"]} grouping
 * @returns {import("./sparkline.js").Line | null}
 */
function lineFor(item, { which, least }, grouping) {
  if (!("row" in item)) {
    return grouping && { ...grouping.lineOf(item.group.rows, which), least, band: "ordinary", dim: false };
  }
  const { container, host, live } = item.row;
  const { spark, sample, facts } = container;
  if (spark.endAt === null) return null;
  const ofLimit = bandOf(sample?.mem_bytes ?? null, facts?.mem_limit_bytes ?? null);
  const band = which === "memory" ? ofLimit : cpuBandOf(sample, host);
  const dim = item.left || !live || sample === null || sample.stale;
  return { values: spark[which], endAt: spark.endAt, least, band, dim };
}

/** Of the right size and empty. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
function cleared(canvas, width, height) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const ratio = devicePixelRatio || 1;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  } else context.clearRect(0, 0, width, height);
  context.globalAlpha = 1;
  return context;
}
