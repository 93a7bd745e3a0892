/**
 * Which columns the table of containers has, what each is sorted by, and which of them fit into a width. Pure.
 *
 * State and name come first and are always there. The others stand in the person's order; what does not fit folds away,
 * the least needed first, and never the CPU or the memory. Not here: what is in a cell (cells), the order itself (order).
 *
 * @typedef {import("./model.js").Container} Container
 * @typedef {import("./settings.js").SettingsValue} SettingsValue
 * @typedef {import("./settings.js").ColumnChoice} ColumnChoice
 *
 * @typedef {object} Column
 * @property {string} id as in the address bar, and as the filter calls it
 * @property {string} title in the head and in the menu
 * @property {string} unit beside it, lighter
 * @property {number} width in CSS pixels, padding included; the name's is its least
 * @property {boolean} figures right-aligned, and the largest first
 * @property {number} floor a difference in the sorted value that is noise, however small the value
 * @property {(container: Container, settings: SettingsValue) => number | string | null} value to sort by; null: last
 *
 * @typedef {object} Layout
 * @property {Column[]} columns shown, in their order, each with the width it has
 * @property {Column[]} folded wanted, but there is no room
 * @property {string} template their widths as tracks of a grid; empty on a phone, where a row has two lines
 */

import { stateOf } from "./container.js";
import { worstPressure } from "./pressure.js";

/** @type {readonly Column[]} */
export const COLUMNS = [
  text("state", "State", 26, (container) => urgencyOf(container)),
  text("name", "Name", 180, ({ name }) => name),
  text("host", "Host", 96, ({ host }) => host.label),
  text("project", "Project", 104, ({ facts }) => facts?.compose_project ?? null),
  text("image", "Image", 130, ({ facts }) => imageName(facts?.image ?? null)),
  figures("cpu", "CPU", "", 138, 0.5, cpuValue),
  figures("cpu60", "60 s", "", 84, 0.5, cpuValue),
  figures("memory", "Memory", "used · cache · limit", 238, 2 ** 20, ({ sample }) => sample?.mem_bytes ?? null),
  figures("memory60", "Mem 60 s", "", 84, 2 ** 20, ({ sample }) => sample?.mem_bytes ?? null),
  figures("network", "Network", "↓ ↑ /s", 160, 2000, ({ sample }) =>
    sumOf(sample?.net_rx_bytes_per_sec, sample?.net_tx_bytes_per_sec),
  ),
  figures("disk", "Disk", "r w /s", 160, 2000, ({ sample }) =>
    sumOf(sample?.block_read_bytes_per_sec, sample?.block_write_bytes_per_sec),
  ),
  figures("pressure", "Pressure", "", 106, 0.5, ({ sample }) => worstPressure(sample)?.pct ?? null),
  figures("throttled", "Throttled", "", 84, 0.5, ({ sample }) => sample?.throttled_pct ?? null),
  figures("pids", "Pids", "", 96, 2, ({ sample }) => sample?.pids ?? null),
  figures("restarts", "Restarts", "", 76, 0, ({ facts }) => facts?.restart_count ?? null),
  figures("uptime", "Uptime", "", 84, 0, ({ sample, facts }) =>
    sample === null || facts?.started_at == null ? null : -facts.started_at,
  ),
];

/** Which goes first when there is no room. What is not among them stays. */
export const FOLD_ORDER = [
  "pids",
  "uptime",
  "restarts",
  "image",
  "memory60",
  "throttled",
  "project",
  "disk",
  "network",
  "pressure",
  "host",
  "cpu60",
];

/** Who gets the room that is left, and how much of it at most, in CSS pixels. @type {readonly (readonly [string, number])[]} */
const GROWTH = [
  ["name", 200],
  ["image", 160],
  ["cpu60", 96],
  ["memory60", 96],
  ["project", 80],
  ["host", 60],
];

/** The first ones, which can neither be moved nor hidden. */
export const FIXED = 2;

/** In CSS pixels: below it a row becomes two lines with these columns. */
export const PHONE_PX = 640;
const ON_PHONE = new Set(["state", "name", "host", "cpu", "cpu60", "memory"]);

const PHONE_MARGIN_PX = 8; // beside the small chart, as in table.css

const BY_ID = new Map(COLUMNS.map((column) => [column.id, column]));

/** The column of that id; the CPU's for one that there is not. @param {string} id @returns {Column} */
export function columnOf(id) {
  return BY_ID.get(id) ?? /** @type {Column} */ (BY_ID.get("cpu"));
}

/**
 * Every column as a person chose: those of an older page's choice that are gone left out, new ones at their place.
 *
 * @param {readonly ColumnChoice[]} chosen
 * @returns {ColumnChoice[]}
 */
export function choicesOf(chosen) {
  const fixed = COLUMNS.slice(0, FIXED).map(({ id }) => id);
  const known = chosen.filter(({ id }) => BY_ID.has(id) && !fixed.includes(id));
  const widths = new Map(chosen.map(({ id, width }) => [id, width]));
  const ids = new Set(known.map(({ id }) => id));
  COLUMNS.slice(FIXED).forEach(({ id }, index) => {
    if (!ids.has(id)) known.splice(index, 0, { id, shown: true, width: null });
  });
  return [...fixed.map((id) => ({ id, shown: true, width: widths.get(id) ?? null })), ...known];
}

/**
 * @param {readonly ColumnChoice[]} chosen
 * @param {number} width of the table in CSS pixels
 * @param {string} [group] what the rows are grouped by: their heads say it already
 * @returns {Layout}
 */
export function layOut(chosen, width, group) {
  const wanted = choicesOf(chosen)
    .filter(({ id, shown }) => shown && id !== group)
    .map((choice) => ({ ...columnOf(choice.id), width: choice.width ?? columnOf(choice.id).width }));
  if (width < PHONE_PX) return { columns: wanted.filter(({ id }) => ON_PHONE.has(id)), folded: [], template: "" };
  const gone = new Set();
  let needed = wanted.reduce((total, column) => total + column.width, 0);
  for (const id of FOLD_ORDER) {
    if (needed <= width) break;
    const column = wanted.find((each) => each.id === id);
    if (column === undefined) continue;
    gone.add(id);
    needed -= column.width;
  }
  const columns = grown(wanted.filter(({ id }) => !gone.has(id)), chosen, width - needed);
  return { columns, folded: wanted.filter(({ id }) => gone.has(id)), template: templateOf(columns) };
}

/**
 * With the room that is left: what may be cut gets it first, but to a name alone it would be a gap before the figures.
 * A width that a person chose stays.
 *
 * @param {Column[]} columns
 * @param {readonly ColumnChoice[]} chosen
 * @param {number} spare in CSS pixels
 */
function grown(columns, chosen, spare) {
  const mayGrow = (/** @type {string} */ id) =>
    columns.some((column) => column.id === id) && !chosen.some((choice) => choice.id === id && choice.width !== null);
  /** @type {Map<string, number>} */
  const more = new Map();
  for (const [id, most] of [...GROWTH, /** @type {const} */ (["name", Infinity])]) {
    if (spare <= 0) break;
    if (!mayGrow(id)) continue;
    const by = Math.min(spare, most);
    more.set(id, (more.get(id) ?? 0) + by);
    spare -= by;
  }
  return columns.map((column) => ({ ...column, width: column.width + (more.get(column.id) ?? 0) }));
}

/** @param {readonly Column[]} columns */
export function templateOf(columns) {
  return columns.map(({ width }) => `${width}px`).join(" ");
}

/** Where each column of a row in one line begins, in CSS pixels. @param {readonly Column[]} columns */
export function leftsOf(columns) {
  let left = 0;
  return columns.map(({ width }) => (left += width) - width);
}

/**
 * Where a column of small charts lies.
 *
 * @param {Layout} layout
 * @param {string} id
 * @param {number} width of the table in CSS pixels
 */
export function placeOf(layout, id, width) {
  const index = layout.columns.findIndex((column) => column.id === id);
  const own = layout.columns[index]?.width ?? 0;
  if (layout.template === "") return { left: width - own - PHONE_MARGIN_PX, width: own };
  return { left: leftsOf(layout.columns)[index] ?? 0, width: own };
}

/** Without registry and path, which all have in common: `search:2.19`. @param {string | null} image */
export function imageName(image) {
  return image === null ? null : image.slice(image.lastIndexOf("/") + 1);
}

/** In the unit that is shown, so that the order is that of the figures. @type {Column["value"]} */
function cpuValue({ sample, facts, host }, { cpuUnit }) {
  const pct = sample?.cpu_pct ?? null;
  if (pct === null) return null;
  if (cpuUnit === "host_pct") return portion(pct, host.batch?.host.cores ?? null);
  return cpuUnit === "limit_pct" ? portion(pct, facts?.cpu_limit_cores ?? null) : pct;
}

/** @param {number} pct @param {number | null} of */
function portion(pct, of) {
  return of === null || of <= 0 ? null : pct / of;
}

/** Of two rates; null where one of them is not known. @param {number | null | undefined} one @param {number | null | undefined} other */
export function sumOf(one, other) {
  return one == null || other == null ? null : one + other;
}

/** What needs a person first. @param {Container} container */
function urgencyOf(container) {
  const health = container.facts?.health ?? "";
  if (health === "unhealthy") return "0";
  const place = ["dead", "restarting", "exited", "paused", "running"].indexOf(stateOf(container));
  return `${place < 0 ? 9 : place + 1} ${health}`;
}

/** @param {string} id @param {string} title @param {number} width @param {Column["value"]} value @returns {Column} */
function text(id, title, width, value) {
  return { id, title, unit: "", width, figures: false, floor: 0, value };
}

/**
 * @param {string} id
 * @param {string} title
 * @param {string} unit
 * @param {number} width
 * @param {number} floor
 * @param {Column["value"]} value
 * @returns {Column}
 */
function figures(id, title, unit, width, floor, value) {
  return { id, title, unit, width, figures: true, floor, value };
}
