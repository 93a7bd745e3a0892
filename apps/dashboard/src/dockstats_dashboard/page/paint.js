/**
 * Draws one picture of a chart: grid, bands, areas, lines, limit, marks and labels, with a gap where nothing was known.
 *
 * It only needs a 2D context and the colours, so that a chart on the page and one in a file come out the same.
 * Not here: what is in the picture (detail-charts, compare-panel), size and pointer (chart).
 *
 * @typedef {import("./decimate.js").Column} Column
 *
 * @typedef {object} Line
 * @property {Column[]} columns
 * @property {string} colour name of a custom property, as all colours here
 * @property {string | null} area colour from the line down to `base`
 * @property {Column[] | null} base null: the lower edge
 * @property {number[]} dash
 * @property {boolean} span whether lowest and highest show behind the mean
 * @property {string} label at its end
 * @property {string} marker a sign along the line and before the label
 *
 * @typedef {object} Mark
 * @property {number} at
 * @property {string} sign above its line; empty: only a tick
 * @property {string} colour
 *
 * @typedef {object} Picture
 * @property {number} from left edge in milliseconds
 * @property {number} to right edge
 * @property {number} columnMs how long a column is
 * @property {number} top value at the upper edge
 * @property {string} topLabel
 * @property {number} right pixels kept free at the right, for labels
 * @property {Line[]} lines
 * @property {number | null} limit
 * @property {string} limitLabel
 * @property {{ from: number, to: number }[]} bands
 * @property {Mark[]} marks
 * @property {import("./axis.js").Tick[]} ticks
 */

const HEADROOM = 0.05; // above the top value, so that a line there is not cut
const LEAST_HEAD_PX = 3;
const LABEL_PX = 12;
const TICK_PX = 6; // of an event at the lower edge
const MARKER_EVERY_PX = 90;
const MARKER_PX = 13;
export const CANVAS_FONT = '11px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @param {Picture} picture
 * @param {(name: string) => string} colour
 */
export function paint(context, width, height, picture, colour) {
  const scale = (width - picture.right) / (picture.to - picture.from);
  const x = (/** @type {number} */ at) => (at - picture.from) * scale;
  const head = Math.max(LEAST_HEAD_PX, Math.round(height * HEADROOM));
  const y = (/** @type {number} */ value) =>
    height - 1 - (Math.min(value, picture.top) / picture.top) * (height - 1 - head);
  const place = { context, width, height, head, x, y, colour, half: (picture.columnMs * scale) / 2 };
  context.clearRect(0, 0, width, height);
  context.font = CANVAS_FONT;
  drawGrid(place, picture);
  context.fillStyle = colour("--amber");
  context.globalAlpha = 0.26;
  for (const { from, to } of picture.bands) {
    context.fillRect(x(from), head, Math.max(1, x(to) - x(from)), height - head - 1);
  }
  context.globalAlpha = 1;
  picture.lines.forEach((line, index) => drawLine(place, line, index));
  if (picture.limit !== null) {
    context.strokeStyle = colour("--red");
    context.lineWidth = 1;
    context.setLineDash([5, 4]);
    const level = Math.round(y(picture.limit)) + 0.5;
    context.beginPath();
    context.moveTo(0, level);
    context.lineTo(width - picture.right, level);
    context.stroke();
    context.setLineDash([]);
  }
  drawWords(place, picture);
}

/**
 * @typedef {object} Place
 * @property {CanvasRenderingContext2D} context
 * @property {number} width
 * @property {number} height
 * @property {number} head pixels above the top value
 * @property {(at: number) => number} x
 * @property {(value: number) => number} y
 * @property {(name: string) => string} colour
 * @property {number} half of a column, in pixels
 */

/** @param {Place} place @param {Picture} picture */
function drawGrid({ context, width, height, head, x, y, colour }, { ticks, top, right }) {
  context.fillStyle = colour("--chart-grid");
  for (const level of [0, top / 2, top]) context.fillRect(0, Math.round(y(level)), width - right, 1);
  for (const { at } of ticks) context.fillRect(Math.round(x(at)), head, 1, height - head);
}

/** @param {Place} place @param {Line} line @param {number} index */
function drawLine(place, line, index) {
  const { context, height, x, y, colour, half } = place;
  for (const stretch of stretches(line.columns)) {
    if (line.area !== null) {
      context.fillStyle = colour(line.area);
      context.beginPath();
      trace(place, stretch);
      const below = line.base === null ? [] : within(line.base, stretch);
      const [first, last] = ends(stretch);
      if (below.length > 0) {
        for (const column of below.reverse()) context.lineTo(x(column.at) + half, y(column.mean));
      } else {
        context.lineTo(x(last.at) + 2 * half, height - 1);
        context.lineTo(x(first.at), height - 1);
      }
      context.fill();
    }
    if (line.span) {
      context.fillStyle = colour("--chart-span");
      context.beginPath(); // one shape a stretch: hundreds of rectangles take five times as long
      for (const { at, high } of stretch) context.lineTo(x(at) + half, y(high));
      for (let index = stretch.length - 1; index >= 0; index -= 1) {
        const { at, low } = /** @type {Column} */ (stretch[index]);
        context.lineTo(x(at) + half, y(low));
      }
      context.fill();
    }
    context.strokeStyle = colour(line.colour);
    context.lineWidth = 1.25;
    context.lineJoin = "round";
    context.setLineDash(line.dash);
    context.beginPath();
    trace(place, stretch);
    context.stroke();
    context.setLineDash([]);
  }
  if (line.marker) drawMarkers(place, line, index);
}

/**
 * The same sign along a line, each line's in other places.
 *
 * @param {Place} place
 * @param {Line} line
 * @param {number} index
 */
function drawMarkers({ context, x, y, colour, half }, line, index) {
  context.fillStyle = colour(line.colour);
  context.textAlign = "center";
  context.textBaseline = "middle";
  let next = -Infinity;
  for (const { at, mean } of line.columns) {
    const left = x(at) + half;
    if (next === -Infinity) next = left + 10 + (index * MARKER_EVERY_PX) / 8;
    if (left < next) continue;
    context.fillText(line.marker, left, y(mean));
    next = left + MARKER_EVERY_PX;
  }
}

/** Marks of events, the top value, labels at the lines' ends. @param {Place} place @param {Picture} picture */
function drawWords({ context, width, height, head, x, y, colour }, picture) {
  context.textBaseline = "alphabetic";
  context.textAlign = "center";
  for (const { at, sign, colour: name } of picture.marks) {
    const left = Math.round(x(at));
    context.fillStyle = colour(name);
    context.fillRect(left, height - TICK_PX, 1, TICK_PX);
    if (sign === "") continue;
    context.globalAlpha = 0.35;
    context.fillRect(left, head + LABEL_PX, 1, height - LABEL_PX - TICK_PX - head);
    context.globalAlpha = 1;
    context.fillText(sign, left + 0.5, LABEL_PX);
  }
  context.textAlign = "left";
  context.fillStyle = colour("--fact");
  const plate = context.measureText(picture.topLabel).width + 4;
  context.clearRect(0, head + 2, plate, LABEL_PX + 2); // no line crosses it, on whatever ground the chart stands
  context.fillText(picture.topLabel, 2, head + LABEL_PX);
  if (picture.right > 0) drawLabels({ context, width, height, y, colour }, picture);
}

/** At the right, where each line ends. @param {Omit<Place, "x" | "half" | "head">} place @param {Picture} picture */
function drawLabels({ context, width, height, y, colour }, { lines, limit, limitLabel, right }) {
  const labels = lines.flatMap(({ label, marker, columns, colour: name }) => {
    const last = columns[columns.length - 1];
    return label === "" || last === undefined ? [] : [{ text: label, marker, name, at: y(last.mean) }];
  });
  if (limit !== null) labels.push({ text: limitLabel, marker: "", name: "--red", at: y(limit) });
  const levels = spread(labels.map(({ at }) => at), LABEL_PX, LABEL_PX, height - 3);
  const left = width - right + 4;
  labels.forEach(({ text, marker, name }, index) => {
    const level = /** @type {number} */ (levels[index]);
    context.fillStyle = colour(name);
    context.fillText(marker, left, level);
    context.fillStyle = colour("--name"); // the line's own colour would be too faint for text
    const indent = marker === "" ? 0 : MARKER_PX;
    context.fillText(text, left + indent, level, right - indent - 6);
  });
}

/**
 * Places for labels, each as near to its line as the others leave room.
 *
 * @param {number[]} wanted
 * @param {number} apart
 * @param {number} least
 * @param {number} most
 */
export function spread(wanted, apart, least, most) {
  const order = wanted.map((_, index) => index).sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0));
  const places = wanted.map((place) => Math.min(most, Math.max(least, place + 4)));
  let free = least;
  for (const index of order) free = (places[index] = Math.max(free, places[index] ?? 0)) + apart;
  let last = most;
  for (const index of order.reverse()) last = (places[index] = Math.min(last, places[index] ?? 0)) - apart;
  return places;
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

/** @param {Column[]} columns @param {Column[]} stretch */
function within(columns, stretch) {
  const [first, last] = ends(stretch);
  return columns.filter((column) => column.at >= first.at && column.at <= last.at);
}

/** @param {Column[]} stretch @returns {[Column, Column]} */
function ends(stretch) {
  return [/** @type {Column} */ (stretch[0]), /** @type {Column} */ (stretch[stretch.length - 1])];
}

/** @param {Place} place @param {Column[]} stretch */
function trace({ context, x, y, half }, stretch) {
  const [first, last] = ends(stretch);
  context.moveTo(x(first.at), y(first.mean)); // a single column is a short line, not nothing
  for (const column of stretch) context.lineTo(x(column.at) + half, y(column.mean));
  context.lineTo(x(last.at) + 2 * half, y(last.mean));
}
