/**
 * Files to keep: the table as CSV, a container's history as CSV or JSON, a chart as PNG. Times in them are UTC.
 *
 * Not here: what stands in them (export-rows, csv), where the buttons are (page-head, detail-drawer).
 *
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./arrangement.js").Item} Item
 * @typedef {import("./points.js").Points} Points
 * @typedef {import("./paint.js").Picture} Picture
 */

import { colour } from "./colours.js";
import { csvText } from "./csv.js";
import { element } from "./dom.js";
import { fileName, historyJson, historyRows, inOrder, tableRows } from "./export-rows.js";
import { utc } from "./format.js";
import { CANVAS_FONT, paint } from "./paint.js";
import { COLUMNS } from "./plots.js";

const KEEP_MS = 60_000; // a browser may ask its person where to put the file
export const PNG_WIDTH = 960; // of the chart, in CSS pixels
const PNG_HEIGHT = 260;
const PNG_SCALE = 2;
const EDGE = 20;
const TITLE = 56;
const AXIS = 22;

/** The rows of the table. @param {Scene} scene @param {readonly Item[]} items what the table shows, from top to bottom */
export function exportTable(scene, items) {
  const { head, rows } = tableRows(inOrder(scene.visible, items), scene.now);
  download(fileName("dockstats", second(scene.now)), "csv", "text/csv;charset=utf-8", csvText(head, rows));
}

/**
 * The stretch of a container's history that is shown.
 *
 * @param {"csv" | "json"} kind
 * @param {Points} points
 * @param {{ from: number, to: number }} window
 * @param {{ host: string, name: string, id: string }} about
 */
export function exportHistory(kind, points, { from, to }, about) {
  const table = historyRows(points, COLUMNS, from, to);
  const name = fileName(about.name, about.host, second(to));
  if (kind === "csv") download(name, "csv", "text/csv;charset=utf-8", csvText(table.head, table.rows));
  else download(name, "json", "application/json", historyJson(table, about));
}

/**
 * A chart with its title and time, in the theme of the page.
 *
 * @param {Picture} picture made for PNG_WIDTH
 * @param {string} title
 */
export async function exportPng(picture, title) {
  const canvas = element("canvas", "");
  canvas.width = (PNG_WIDTH + 2 * EDGE) * PNG_SCALE;
  canvas.height = (TITLE + PNG_HEIGHT + AXIS + EDGE) * PNG_SCALE;
  const chart = element("canvas", "");
  chart.width = PNG_WIDTH * PNG_SCALE;
  chart.height = PNG_HEIGHT * PNG_SCALE;
  const inner = /** @type {CanvasRenderingContext2D} */ (chart.getContext("2d"));
  inner.scale(PNG_SCALE, PNG_SCALE);
  paint(inner, PNG_WIDTH, PNG_HEIGHT, picture, colour);

  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(PNG_SCALE, PNG_SCALE);
  context.fillStyle = colour("--ground");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(chart, EDGE, TITLE, PNG_WIDTH, PNG_HEIGHT);
  context.fillStyle = colour("--figure");
  context.font = CANVAS_FONT.replace("11px", "600 15px");
  context.fillText(title, EDGE, 26, PNG_WIDTH);
  context.fillStyle = colour("--fact");
  context.font = CANVAS_FONT;
  context.fillText(`${second(picture.from)} – ${second(picture.to)}`, EDGE, 44, PNG_WIDTH);
  context.textAlign = "center";
  for (const { at, label } of picture.ticks) {
    const part = (at - picture.from) / (picture.to - picture.from);
    context.fillText(label, EDGE + part * (PNG_WIDTH - picture.right), TITLE + PNG_HEIGHT + 16);
  }
  /** @type {Blob | null} */
  const image = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (image === null) return false;
  save(`${fileName(title, second(picture.to))}.png`, image);
  return true;
}

/** @param {number} at */
function second(at) {
  return utc(Math.round(at / 1000) * 1000);
}

/** @param {string} name @param {string} extension @param {string} type @param {string} text */
function download(name, extension, type, text) {
  save(`${name}.${extension}`, new Blob([text], { type }));
}

/** @param {string} name @param {Blob} content */
function save(name, content) {
  const link = element("a", "");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS);
}
