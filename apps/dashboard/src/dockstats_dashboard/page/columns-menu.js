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

const GAP_PX = 4;

export class ColumnsMenu extends HTMLElement {
  /** @type {App | null} */
  app = null;
  /** Which says what has no room now. @type {{ folded: Set<string> }} */
  table = { folded: new Set() };
  #list = element("ul", "choices");
  /** Of what the list was made. @type {readonly unknown[]} */
  #filledWith = [];
  /** What gets the focus when it closes. @type {HTMLElement | null} */
  #back = null;

  connectedCallback() {
    if (this.#list.isConnected) return;
    this.popover = "auto"; // Escape and a click elsewhere close it
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-label", "Columns");
    const usual = element("button", "", "reset to defaults");
    usual.type = "button";
    usual.addEventListener("click", () => this.app?.settings.set({ columns: [] }));
    this.append(element("h2", "", "Columns"), this.#list, usual);
    this.addEventListener("beforetoggle", (event) => {
      const { newState } = /** @type {ToggleEvent} */ (event);
      if (newState === "closed" && this.contains(document.activeElement)) this.#back?.focus();
    });
  }

  /**
   * Opens it, or closes it if it is open.
   *
   * @param {HTMLButtonElement} opener the button that asked
   * @param {{ left: number, bottom: number, back: HTMLElement }} at where that was then, and what gets the focus back
   */
  toggle(opener, { left, bottom, back }) {
    if (this.app === null) return;
    if (opener.popoverTargetElement !== this) {
      opener.popoverTargetElement = this; // a press on it is none beside the menu, which would close it too early
      opener.addEventListener("click", (event) => event.preventDefault()); // what it asks for is enough
    }
    if (this.matches(":popover-open")) return this.hidePopover();
    this.#back = back;
    this.#fill();
    this.showPopover();
    const { clientWidth, clientHeight } = document.documentElement;
    this.style.left = `${Math.max(GAP_PX, Math.min(left, clientWidth - this.offsetWidth - GAP_PX))}px`;
    this.style.top = `${Math.max(GAP_PX, Math.min(bottom, clientHeight - this.offsetHeight - 2 * GAP_PX) + GAP_PX)}px`;
    this.#list.querySelector("input")?.focus();
  }

  /** After the table, which may have room for others now. */
  draw() {
    if (!this.matches(":popover-open")) return;
    const made = this.#madeOf();
    if (made.some((part, index) => part !== this.#filledWith[index])) this.#fill();
  }

  #madeOf() {
    return [this.app?.settings.value.columns, this.table.folded];
  }

  /** Keeps the focus where it was: a person moves a column by several presses. */
  #fill() {
    const settings = this.app?.settings;
    if (!settings) return;
    const { folded } = this.table;
    this.#filledWith = this.#madeOf();
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
        const note = element("span", "unit", shown && folded.has(id) ? "no room now" : "");
        const move = (/** @type {string} */ sign, /** @type {string} */ where, /** @type {1 | -1} */ by) => {
          const button = element("button", "", sign);
          button.type = "button";
          button.dataset["of"] = `${id} ${by}`;
          button.setAttribute("aria-label", `${title}: ${where}`);
          button.disabled = choices[index + by] === undefined;
          button.addEventListener("click", () => change(settings.value.columns, id, { by: stepOf(choices, index, by, folded) }));
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
