/**
 * The cells of a container's row, one maker for each column: what stands there, what its absence is called, what is
 * behind it on hover and focus.
 *
 * Not here: what is behind a figure (cell-words), which columns there are (columns), their small charts (spark-columns),
 * when a row is drawn (table-row), when a load is a worry (bands).
 *
 * @typedef {import("./scene.js").Row} Row
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./signs.js").Sign} Sign
 *
 * @typedef {(row: Row, scene: Scene, sign: Sign | null) => void} Draw
 */

import { SIGNS, SIGN_WORDS, bandOf, cpuBandOf, throttlingBand } from "./bands.js";
import { Cell } from "./cell.js";
import { imageName } from "./columns.js";
import { element, textElement } from "./dom.js";
import { duration, percent } from "./format.js";
import { setAttribute, setClass, setHidden, setShare, setText } from "./frame.js";
import { worstPressure } from "./pressure.js";
import { wordOf } from "./reason-words.js";
import { share } from "./scales.js";
import { markOf } from "./state-mark.js";
import { setWhy, setWhyOnDemand } from "./why.js";

/** @type {Record<string, (place: HTMLElement) => Draw>} */
export const CELLS = {
  state: stateCell,
  name: nameCell,
  host: (place) => textCell(place, ({ host }) => host.label),
  project: (place) => textCell(place, ({ container }) => container.facts?.compose_project ?? ""),
  image: (place) => textCell(place, imageOf, (row) => row.container.facts?.image ?? ""),
  cpu: cpuCell,
  memory: memoryCell,
  network: (place) => ratesCell(place, "net_rx_bytes_per_sec", "net_tx_bytes_per_sec", ["network_rates", "network"]),
  disk: (place) =>
    ratesCell(place, "block_read_bytes_per_sec", "block_write_bytes_per_sec", ["block_io_rates", "block_io"]),
  pressure: pressureCell,
  throttled: throttledCell,
  pids: pidsCell,
  restarts: restartsCell,
  uptime: uptimeCell,
};

/** What is behind figures comes when somebody first asks. */
const words = () => import("./cell-words.js");

/** A cell of parts whose unknown word the keyboard reaches through its row. @param {HTMLElement} place @param {...string} parts */
function cellOf(place, ...parts) {
  const cell = new Cell(place, ...parts);
  cell.tabIndex = -1;
  return cell;
}

/** @param {Cell} cell @param {Row} row @param {...string} groups of figures, the first with a reason counts */
function showUnknown(cell, { container: { sample, facts }, host }, ...groups) {
  const code = groups.map((group) => sample?.unknown.get(group)).find((found) => found !== undefined);
  const why = async () => (await import("./reasons.js")).reasonOf(code, facts?.network_of, host).sentence;
  cell.showUnknown(wordOf(code, host, facts?.network_of), why);
}

/** @param {HTMLElement} place @returns {Draw} */
function stateCell(place) {
  const mark = textElement("span", "mark");
  mark.element.setAttribute("role", "img");
  place.append(mark.element);
  return ({ container, live }) => {
    const state = container.gone === null ? markOf(container) : { mark: "✕", tone: "quiet", word: "ended" };
    const old = !live && container.sample !== null;
    setText(mark.text, old ? "○" : state.mark);
    setClass(mark.element, `mark ${old ? "quiet" : state.tone}`);
    const word = old ? `${state.word} when last heard of` : state.word;
    setAttribute(mark.element, "aria-label", word);
    setWhy(mark.element, word);
  };
}

/** @param {HTMLElement} place @returns {Draw} */
function nameCell(place) {
  const name = textElement("bdi", "");
  const button = element("button", "name", name.element);
  button.type = "button";
  button.tabIndex = -1; // the row has the focus
  const sign = textElement("span", "sign");
  const note = textElement("span", "unseen");
  place.append(button, sign.element, note.element);
  setWhyOnDemand(button, () => (button.scrollWidth > button.clientWidth ? name.text.data : null));
  return ({ container, live }, { view, conditions }, shown) => {
    setText(name.text, container.name);
    setText(sign.text, shown?.text ?? "");
    setClass(sign.element, `sign ${shown?.tone ?? ""}`);
    setHidden(sign.element, shown === null);
    setWhy(sign.element, shown?.why ?? null);
    const told = [];
    if (!live) told.push(`not of now: host ${conditions.get(container.host.entry.id)?.word ?? "not heard of"}`);
    if (view.pinned.includes(container.key)) told.push("pinned");
    setText(note.text, told.join(", "));
  };
}

/** @param {Row} row */
function imageOf({ container: { facts } }) {
  return imageName(facts?.image ?? null) ?? "";
}

/**
 * @param {HTMLElement} place
 * @param {(row: Row) => string} textOf
 * @param {(row: Row) => string} [wholeOf] shown on demand where it says more
 * @returns {Draw}
 */
function textCell(place, textOf, wholeOf = textOf) {
  const text = textElement("bdi", "fact");
  place.append(text.element);
  let whole = "";
  setWhyOnDemand(place, () => (whole !== text.text.data || place.scrollWidth > place.clientWidth ? whole : null));
  return (row) => {
    setText(text.text, textOf(row));
    whole = wholeOf(row);
  };
}

/** @param {HTMLElement} place @returns {Draw} */
function cpuCell(place) {
  const cell = cellOf(place, "sign", "figure");
  /** @type {Row | null} */
  let shown = null;
  cell.value.tabIndex = -1;
  setWhyOnDemand(cell.value, async () => shown && (await words()).cpuText(shown.container));
  return (row, { format }) => {
    shown = row;
    const { sample, facts } = row.container;
    if (sample === null) return cell.showNothing();
    if (sample.cpu_pct === null) return showUnknown(cell, row, "cpu");
    const told = format.cpu(sample.cpu_pct, {
      cores: row.host.batch?.host.cores ?? null,
      limitCores: facts?.cpu_limit_cores ?? null,
    });
    const throttled = throttlingBand(sample.throttled_pct) !== "ordinary";
    const band = cpuBandOf(sample, row.host);
    const held = `${Math.round(sample.throttled_pct ?? 0)} %`;
    const none = format.cpuUnit === "limit_pct" ? "no limit" : "";
    cell.show(throttled ? `◣ ${held}` : SIGNS[band], told === null ? none : told.figure);
    cell.nameSign(throttled ? `throttled ${held}` : SIGN_WORDS[band]);
    setClass(cell.value, told === null ? "value none" : `value ${band}`);
  };
}

/** @param {HTMLElement} place @returns {Draw} */
function memoryCell(place) {
  const cache = element("span", "fill cache");
  const fill = element("span", "fill");
  const bar = element("span", "bar", cache, fill);
  place.append(bar);
  const cell = cellOf(place, "figure", "unit", "of", "sign");
  /** @type {Row | null} */
  let shown = null;
  /** @type {Scene["format"] | null} */
  let units = null;
  cell.value.tabIndex = -1;
  setWhyOnDemand(cell.value, async () => shown && units && (await words()).memoryText(shown.container, units));
  return (row, { format }) => {
    shown = row;
    units = format;
    const { sample, facts } = row.container;
    const used = sample?.mem_bytes ?? null;
    setHidden(bar, used === null); // an empty bar would say 0
    if (sample === null) return cell.showNothing();
    if (used === null) return showUnknown(cell, row, "memory");
    const inEffect = sample.mem_limit_bytes;
    const unlimited = facts !== null && facts.mem_limit_bytes === null;
    const band = unlimited ? "ordinary" : bandOf(used, inEffect);
    setShare(fill, share(used, inEffect));
    setShare(cache, share(used + (sample.mem_cache_bytes ?? 0), inEffect));
    setClass(fill, `fill ${band}`);
    const of = unlimited ? "no limit" : inEffect === null ? "" : `of ${format.limit(inEffect)}`;
    cell.show(...format.bytes(used), of, SIGNS[band]);
    cell.nameSign(SIGN_WORDS[band]);
    setClass(cell.value, `value ${band}`);
  };
}

/** @typedef {"net_rx_bytes_per_sec" | "net_tx_bytes_per_sec" | "block_read_bytes_per_sec" | "block_write_bytes_per_sec"} Rate */

/** @param {HTMLElement} place @param {Rate} one @param {Rate} other @param {string[]} groups @returns {Draw} */
function ratesCell(place, one, other, groups) {
  const cell = cellOf(place, "figure", "unit", "figure", "unit");
  return (row, { format }) => {
    const { sample } = row.container;
    if (sample === null) return cell.showNothing();
    const [first, second] = [sample[one], sample[other]];
    if (first === null || second === null) return showUnknown(cell, row, ...groups);
    cell.show(...format.rate(first), ...format.rate(second));
  };
}

/** @param {HTMLElement} place @returns {Draw} */
function pressureCell(place) {
  const cell = cellOf(place, "figure", "unit");
  /** @type {Row | null} */
  let shown = null;
  cell.value.tabIndex = -1;
  setWhyOnDemand(cell.value, async () => shown && (await words()).pressureText(shown.container));
  return (row) => {
    shown = row;
    const { sample } = row.container;
    if (sample === null) return cell.showNothing();
    const worst = worstPressure(sample);
    if (worst === null) return showUnknown(cell, row, "pressure");
    cell.show(percent(worst.pct), worst.pct === 0 ? "%" : `% ${worst.of === "memory" ? "mem" : worst.of}`);
  };
}

/** @param {HTMLElement} place @returns {Draw} */
function throttledCell(place) {
  const cell = cellOf(place, "figure", "unit");
  return (row) => {
    const { sample, facts } = row.container;
    if (sample === null || (sample.throttled_pct === null && facts?.cpu_limit_cores == null)) return cell.showNothing();
    if (sample.throttled_pct === null) return showUnknown(cell, row, "throttling");
    cell.show(percent(sample.throttled_pct), "%");
    setClass(cell.value, `value ${throttlingBand(sample.throttled_pct)}`);
  };
}

/** @param {HTMLElement} place @returns {Draw} */
function pidsCell(place) {
  const cell = cellOf(place, "figure", "of", "sign");
  return (row) => {
    const { sample, facts } = row.container;
    if (sample === null) return cell.showNothing();
    if (sample.pids === null) return showUnknown(cell, row, "pids");
    const limit = facts?.pids_limit ?? null;
    const band = bandOf(sample.pids, limit);
    cell.show(String(sample.pids), limit === null ? "" : `of ${limit}`, SIGNS[band]);
    cell.nameSign(SIGN_WORDS[band]);
    setClass(cell.value, `value ${band}`);
  };
}

/** @param {HTMLElement} place @returns {Draw} */
function restartsCell(place) {
  const cell = cellOf(place, "figure");
  return (row) => {
    const count = row.container.facts?.restart_count;
    if (count == null) showUnknown(cell, row);
    else cell.show(String(count));
  };
}

/** @param {HTMLElement} place @returns {Draw} */
function uptimeCell(place) {
  const cell = cellOf(place, "fact");
  return ({ container: { facts, sample, gone } }, { now }) => {
    if (facts === null || gone !== null) return cell.showNothing();
    const [since, word] = sample === null ? [facts.finished_at, " ago"] : [facts.started_at, ""];
    if (since === null) return cell.showNothing();
    cell.show(`${duration(Math.max(0, now - since))}${word}`);
  };
}
