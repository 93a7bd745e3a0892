/**
 * Which columns the table shows, and in which order: a list that opens below the button that asked for it.
 *
 * Not here: the columns (columns), how wide they are (table-head).
 *
 * @typedef {import("./scene.js").App} App
 */

import { changeColumn, stepOf } from "./column-choice.js";
import { FIXED, choicesOf, columnOf } from "./columns.js";
import { element } from "./dom.js";
import { styleSheet } from "./style-sheet.js";

await styleSheet("dialogs.css");

const GAP_PX = 4;

export class ColumnsMenu extends HTMLElement {
  /** @type {App | null} */
  app = null;
  /** What the table says has no room now. @type {Set<string>} */
  folded = new Set();
  #list = element("ul", "choices");
  /** @type {HTMLElement | null} */
  #opener = null;
  #forget = () => {};

  connectedCallback() {
    if (this.#list.isConnected) return;
    this.popover = "auto"; // Escape and a click elsewhere close it
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-label", "Columns");
    const usual = element("button", "", "as at first");
    usual.type = "button";
    usual.addEventListener("click", () => this.app?.settings.set({ columns: [] }));
    this.append(element("h2", "", "Columns"), this.#list, usual);
    this.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "closed") this.#closed();
    });
  }

  /** @param {HTMLElement} opener the button below which it opens */
  open(opener) {
    if (this.app === null || this.matches(":popover-open")) return;
    this.#opener = opener;
    this.#fill();
    this.showPopover();
    const { left, bottom } = opener.getBoundingClientRect();
    const most = document.documentElement.clientWidth - this.offsetWidth - GAP_PX;
    this.style.left = `${Math.max(GAP_PX, Math.min(left, most))}px`;
    this.style.top = `${bottom + GAP_PX}px`;
    opener.setAttribute("aria-expanded", "true");
    this.#list.querySelector("input")?.focus();
    this.#forget = this.app.settings.onChange(() => this.#fill());
  }

  #closed() {
    this.#forget();
    this.#opener?.setAttribute("aria-expanded", "false");
    this.#opener = null;
  }

  /** Keeps the focus where it was: a person moves a column by several presses. */
  #fill() {
    const settings = this.app?.settings;
    if (!settings) return;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["of"] : undefined;
    const choices = choicesOf(settings.value.columns).slice(FIXED);
    const change = (/** @type {Parameters<typeof changeColumn>} */ ...args) => settings.set({ columns: changeColumn(...args) });
    this.#list.replaceChildren(
      ...choices.map(({ id, shown }, index) => {
        const { title } = columnOf(id);
        const box = element("input", "");
        box.type = "checkbox";
        box.checked = shown;
        box.dataset["of"] = id;
        box.addEventListener("change", () => change(settings.value.columns, id, { shown: box.checked }));
        const note = element("span", "unit", shown && this.folded.has(id) ? "no room now" : "");
        const move = (/** @type {string} */ sign, /** @type {string} */ where, /** @type {1 | -1} */ by) => {
          const button = element("button", "", sign);
          button.type = "button";
          button.dataset["of"] = `${id} ${by}`;
          button.setAttribute("aria-label", `${title}: ${where}`);
          button.disabled = choices[index + by] === undefined;
          button.addEventListener("click", () => {
            change(settings.value.columns, id, { by: stepOf(choices, index, by, this.folded) });
          });
          return button;
        };
        return element("li", "", element("label", "", box, title, note), move("↑", "further left", -1), move("↓", "further right", 1));
      }),
    );
    if (focused === undefined) return;
    for (const control of this.#list.querySelectorAll("[data-of]")) {
      if (control instanceof HTMLElement && control.dataset["of"] === focused) control.focus();
    }
  }
}

customElements.define("columns-menu", ColumnsMenu);
