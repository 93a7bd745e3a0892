/**
 * A group's head row: its name, how its containers are, and its totals below the columns' heads.
 *
 * Not here: the totals (groups), the order of groups (container-table).
 *
 * @typedef {import("./groups.js").Group} Group
 * @typedef {import("./groups.js").Totals} Totals
 * @typedef {import("./groups.js").Sum} Sum
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./columns.js").Column} Column
 */

import { Cell } from "./cell.js";
import { FIXED } from "./columns.js";
import { element, textElement } from "./dom.js";
import { percent } from "./format.js";
import { setAttribute, setText } from "./frame.js";
import { countsText } from "./groups.js";
import { classOf, reachRow } from "./table-row.js";
import { setWhy } from "./why.js";

/**
 * In parts: figure and unit in turn, as in the rows below.
 *
 * @typedef {{ parts: string[], sums?: Sum[] }} Told
 * @type {Record<string, (totals: Totals, format: Scene["format"]) => Told | null>}
 */
const TOTALS = {
  cpu: (totals, format) => {
    const told = totals.cpu.value === null ? null : format.cpu(totals.cpu.value, totals);
    return told && { parts: [told.figure], sums: [totals.cpu] };
  },
  memory: ({ memory, memoryLimit }, format) => {
    if (memory.value === null) return null;
    const [figure, unit] = format.bytes(memory.value);
    return { parts: [figure, unit + (memoryLimit === null ? "" : ` of ${format.limit(memoryLimit)}`)], sums: [memory] };
  },
  network: ({ received, sent }, format) => pair(received, sent, format),
  disk: ({ read, written }, format) => pair(read, written, format),
  pids: ({ pids }) => (pids.value === null ? null : { parts: [String(pids.value)], sums: [pids] }),
  restarts: ({ restarts }) => (restarts === null ? null : { parts: [String(restarts)] }),
  pressure: ({ pressure }) => (pressure === null ? null : { parts: [percent(pressure), "% max"] }),
  throttled: ({ throttled }) => (throttled === null ? null : { parts: [percent(throttled), "% max"] }),
};

/** Columns with two figures. */
const PAIRS = { network: true, disk: true };
const PARTS = ["figure", "unit"];

export class TableGroup {
  /** @param {Column[]} columns @param {(key: string) => void} onToggle */
  constructor(columns, onToggle) {
    this.key = "";
    this.element = element("tr", "group");
    this.element.setAttribute("role", "row");
    this.element.tabIndex = -1;
    this.name = textElement("bdi", "");
    this.counts = textElement("span", "fact");
    this.button = element("button", "toggle", this.name.element);
    this.button.type = "button";
    this.button.tabIndex = -1;
    this.button.addEventListener("click", () => onToggle(this.key));
    const head = element("th", "title", this.button, this.counts.element);
    head.setAttribute("role", "rowheader");
    head.setAttribute("scope", "rowgroup");
    const first = columns.findIndex(({ id }, index) => index >= FIXED && (id in TOTALS || id.endsWith("60")));
    const span = first < 0 ? columns.length : first;
    head.style.gridColumn = `1 / span ${span}`;
    head.setAttribute("aria-colspan", String(span));
    this.element.append(head);
    this.cells = columns.slice(span).map((column) => {
      const place = element("td", classOf(column));
      place.setAttribute("role", "cell");
      this.element.append(place);
      return { column, cell: new Cell(place, "hint", ...(column.id in PAIRS ? [...PARTS, ...PARTS] : PARTS)) };
    });
  }

  /** @param {string} key */
  bind(key) {
    this.key = key;
  }

  /** @param {Group} group @param {Totals} totals @param {Scene} scene */
  draw({ name }, totals, { format, view }) {
    setText(this.name.text, name);
    setText(this.counts.text, countsText(totals, view.group !== "host"));
    setAttribute(this.button, "aria-expanded", String(!view.collapsed.includes(this.key)));
    for (const { column, cell } of this.cells) {
      const told = TOTALS[column.id]?.(totals, format) ?? null;
      if (told === null) {
        cell.showNothing();
        continue;
      }
      const missing = Math.max(0, ...(told.sums ?? []).map(({ unknown }) => unknown));
      cell.show(missing === 0 ? "" : "≥", ...told.parts, ...(told.parts.length === 1 ? [""] : []));
      const why = `${missing} of them ${missing === 1 ? "does" : "do"} not tell: the sum is without.`;
      setWhy(cell.value, missing === 0 ? null : why);
      setAttribute(cell.value, "tabindex", missing === 0 ? null : "-1");
    }
    if (this.element.tabIndex === 0) this.reach(true);
  }

  /** @param {boolean} reachable */
  reach(reachable) {
    reachRow(this.element, reachable);
  }
}

/** @param {Sum} one @param {Sum} other @param {Scene["format"]} format @returns {Told | null} */
function pair(one, other, format) {
  if (one.value === null && other.value === null) return null;
  const [first, second] = [one, other].map(({ value }) => (value === null ? ["?", ""] : format.rate(value)));
  return { parts: [...(first ?? []), ...(second ?? [])], sums: [one, other] };
}
