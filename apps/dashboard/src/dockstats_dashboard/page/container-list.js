/**
 * The containers of one host: five, or all of them, in an order that holds still while it is read.
 *
 * Rows are made once and keep their place in memory; a tick writes only the texts and bars that changed.
 * Not here: the order (order), what a figure's absence is called (reasons), when a load is a worry (bands).
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./model.js").Container} Container
 */

import { ContainerRow } from "./container-row.js";
import { element, textElement } from "./dom.js";
import { setAttribute, setHidden, setText } from "./frame.js";
import { steadyTop } from "./scales.js";
import { setWhyOnDemand } from "./why.js";

/** Shown before somebody asks for all. */
const TOP = 5;
const ONE_CORE = 100;

export class ContainerList extends HTMLElement {
  /** @type {Map<string, ContainerRow>} */
  #rows = new Map();
  /** @type {string[]} */
  #shownIds = [];
  #all = false;
  #pointed = false;
  #cpuTop = 0;
  #built = false;
  /** Called when a person did something after which the list has to be drawn again. */
  onAsk = () => {};

  constructor() {
    super();
    this.count = textElement("span", "count");
    this.held = element("span", "held", "order held");
    this.held.hidden = true;
    this.body = element("div", "rows");
    this.body.setAttribute("role", "rowgroup");
    this.more = textElement("button", "more");
    this.more.element.setAttribute("type", "button");
  }

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    const summary = element("p", "summary", this.count.element);
    const isCut = () => summary.scrollWidth > summary.clientWidth;
    setWhyOnDemand(this.count.element, () => (isCut() ? this.count.text.data : null));
    const table = element("div", "table", headOf(this.held), this.body);
    table.setAttribute("role", "table");
    table.setAttribute("aria-label", "Containers by CPU");
    this.append(summary, table, this.more.element);
    this.more.element.addEventListener("click", () => {
      this.#all = !this.#all;
      this.onAsk();
    });
    this.body.addEventListener("pointerenter", () => this.#point(true));
    this.body.addEventListener("pointerleave", () => this.#point(false));
    this.body.addEventListener("focusout", () => this.onAsk());
  }

  /**
   * @param {Host} host
   * @param {number} now
   */
  draw(host, now) {
    const held = this.#pointed || this.body.contains(document.activeElement);
    const ids = host.order.ids(now, held);
    setHidden(this.held, !(held && host.order.isBehind));
    setText(this.count.text, countText(host));

    const shown = this.#all ? ids : ids.slice(0, TOP);
    this.#arrange(shown);
    const highest = Math.max(0, ...shown.map((id) => host.containers.get(id)?.sample?.cpu_pct ?? 0));
    this.#cpuTop = steadyTop(this.#cpuTop, highest, ONE_CORE);
    for (const id of shown) this.#rows.get(id)?.draw(host.containers.get(id) ?? null, host, this.#cpuTop);

    setHidden(this.more.element, ids.length <= TOP);
    setText(this.more.text, this.#all ? "Show fewer" : `Show all ${ids.length}`);
    setAttribute(this.more.element, "aria-expanded", String(this.#all));
    setHidden(this, ids.length === 0);
  }

  /** Put the rows of `ids` into the document in this order; those in place are not touched. @param {string[]} ids */
  #arrange(ids) {
    if (ids.length === this.#shownIds.length && ids.every((id, index) => id === this.#shownIds[index])) return;
    const wanted = new Set(ids);
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    let place = this.body.firstElementChild;
    for (const id of ids) {
      let row = this.#rows.get(id);
      if (row === undefined) {
        row = new ContainerRow();
        this.#rows.set(id, row);
      }
      if (row.element === place) place = place.nextElementSibling;
      else this.body.insertBefore(row.element, place);
    }
    this.#shownIds = [...ids];
  }

  /** @param {boolean} pointed */
  #point(pointed) {
    this.#pointed = pointed;
    this.onAsk();
  }
}

/** The columns' names. @param {HTMLElement} held */
function headOf(held) {
  const cell = (/** @type {string} */ name, /** @type {(Node | string)[]} */ ...children) => {
    const made = element("span", name, ...children);
    made.setAttribute("role", "columnheader");
    return made;
  };
  const head = element(
    "div",
    "row head",
    cell("name", "Container", held),
    cell("cpu", "CPU ", element("span", "unit", "% of a core")),
    cell("memory", "Memory ", element("span", "unit", "used, limit")),
    cell("network", "Network ", element("span", "unit", "↓ ↑ /s")),
  );
  head.setAttribute("role", "row");
  const group = element("div", "heads", head);
  group.setAttribute("role", "rowgroup");
  return group;
}

/** "1 unhealthy · 1 restarting · 37 running · 2 stopped": what matters first. @param {Host} host */
function countText({ counts }) {
  return Object.entries(counts)
    .filter(([word, count]) => count > 0 || word === "running")
    .map(([word, count]) => `${count} ${word}`)
    .join(" · ");
}

customElements.define("container-list", ContainerList);
