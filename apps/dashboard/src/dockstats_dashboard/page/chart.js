/**
 * One canvas: the mean as a line over an area, the span from lowest to highest behind it, a gap where nothing was
 * known.
 *
 * Not here: which points (ring, decimate), labels beside the chart (host-card).
 *
 * @typedef {import("./decimate.js").Column} Column
 *
 * @typedef {object} View
 * @property {number} from left edge in milliseconds
 * @property {number} columnMs what one pixel column stands for
 * @property {number} top value at the upper edge
 * @property {number[]} marks times of the vertical lines
 */

export class Chart {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.width = 0; // in CSS pixels
    this.height = 0;
    /** Called when the size or the theme changed, and all must be drawn anew. */
    this.onChange = () => {};
    this.colours = coloursOf(canvas);
    new ResizeObserver(() => this.#resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.colours = coloursOf(canvas);
      this.onChange();
    });
  }

  #resize() {
    const ratio = devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.colours = coloursOf(this.canvas);
    this.onChange();
  }

  /** @param {Column[]} columns @param {View} view */
  draw(columns, view) {
    const { context, width, height } = this;
    context.clearRect(0, 0, width, height);
    this.#grid(view);
    const x = (/** @type {number} */ at) => (at - view.from) / view.columnMs + 0.5;
    const y = (/** @type {number} */ value) => height - 1 - (Math.min(value, view.top) / view.top) * (height - 3);
    for (const stretch of stretches(columns)) {
      context.fillStyle = this.colours.area;
      context.beginPath();
      trace(context, stretch, x, (column) => y(column.mean));
      const [first, last] = ends(stretch);
      context.lineTo(x(last.at) + 0.5, height);
      context.lineTo(x(first.at) - 0.5, height);
      context.fill();

      context.fillStyle = this.colours.span;
      for (const column of stretch) {
        const high = y(column.high);
        context.fillRect(x(column.at) - 0.5, high, 1, Math.max(0, y(column.low) - high));
      }

      context.strokeStyle = this.colours.line;
      context.lineWidth = 1.25;
      context.lineJoin = "round";
      context.beginPath();
      trace(context, stretch, x, (column) => y(column.mean));
      context.stroke();
    }
  }

  /** @param {View} view */
  #grid({ from, columnMs, marks }) {
    const { context, width, height } = this;
    context.fillStyle = this.colours.grid;
    context.fillRect(0, height - 1, width, 1);
    context.fillRect(0, 0, width, 1);
    for (const mark of marks) context.fillRect(Math.round((mark - from) / columnMs), 0, 1, height);
  }
}

/** Columns without a gap between them. @param {Column[]} columns */
function stretches(columns) {
  /** @type {Column[][]} */
  const found = [];
  for (const column of columns) {
    if (column.afterGap || found.length === 0) found.push([]);
    /** @type {Column[]} */ (found[found.length - 1]).push(column);
  }
  return found;
}

/** @param {Column[]} stretch @returns {[Column, Column]} */
function ends(stretch) {
  return [/** @type {Column} */ (stretch[0]), /** @type {Column} */ (stretch[stretch.length - 1])];
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Column[]} stretch
 * @param {(at: number) => number} x
 * @param {(column: Column) => number} y
 */
function trace(context, stretch, x, y) {
  const [first, last] = ends(stretch);
  context.moveTo(x(first.at) - 0.5, y(first)); // a single column is a short line, not nothing
  for (const column of stretch) context.lineTo(x(column.at), y(column));
  context.lineTo(x(last.at) + 0.5, y(last));
}

/** From the theme, which is the style sheet's. @param {Element} element */
function coloursOf(element) {
  const style = getComputedStyle(element);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(`--chart-${name}`).trim();
  return { line: colour("line"), area: colour("area"), span: colour("span"), grid: colour("grid") };
}
