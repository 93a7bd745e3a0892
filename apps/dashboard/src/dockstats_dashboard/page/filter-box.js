/**
 * The filter: a text field that offers its terms and the values that are there while one types.
 *
 * Arrow keys choose an offer, Enter or Tab takes it, Escape closes the list, then clears the text, then leaves.
 * Not here: what the text means (filter-terms), what is offered (filter-suggestions).
 *
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./filter-suggestions.js").Suggestions} Suggestions
 */

import { element, textElement } from "./dom.js";
import { setAttribute, setHidden, setText } from "./frame.js";
import { MAX_FILTER_CHARS } from "./view-state.js";

/** @type {Suggestions} */
const NONE = { from: 0, to: 0, offers: [] };

export class FilterBox extends HTMLElement {
  /** @type {import("./scene.js").App | null} */
  app = null;
  #built = false;
  /** @type {Scene | null} */
  #scene = null;
  /** Comes with the first focus. @type {typeof import("./filter-suggestions.js").suggest} */
  #suggest = () => NONE;
  #suggestions = NONE;
  #chosen = -1;
  #explained = "";

  constructor() {
    super();
    this.input = element("input", "");
    this.count = textElement("span", "count");
    this.key = element("kbd", "", "/");
    this.list = element("ul", "");
    this.error = textElement("p", "error");
    this.panel = element("div", "offers", this.list, this.error.element);
  }

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    const { input, list, error, key } = this;
    list.id = "filter-offers";
    error.element.id = "filter-error";
    const settings = {
      type: "text",
      role: "combobox",
      placeholder: "filter: name, host:, project:, image:, state:, cpu:, mem:",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      enterkeyhint: "done",
      maxlength: String(MAX_FILTER_CHARS),
      "aria-label": "Filter containers",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": list.id,
      "aria-describedby": error.element.id,
    };
    for (const [name, value] of Object.entries(settings)) input.setAttribute(name, value);
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "What the filter can say");
    key.setAttribute("aria-hidden", "true");
    this.panel.hidden = true;
    this.append(input, this.count.element, key, this.panel);
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("focus", () => void this.#load());
    input.addEventListener("click", () => this.#offer());
    input.addEventListener("blur", () => this.#close());
    input.addEventListener("keydown", (event) => this.#press(event));
    this.panel.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", ({ target }) => {
      const option = target instanceof Element ? target.closest("[role=option]") : null;
      if (option !== null) this.#take([...list.children].indexOf(option));
    });
  }

  /** Whether somebody types, so that rows should hold still. */
  get typing() {
    return document.activeElement === this.input;
  }

  enter() {
    this.input.focus();
    this.input.select();
  }

  /** @param {Scene} scene */
  draw(scene) {
    this.#scene = scene;
    const { filter } = scene.view;
    if (this.input.value !== filter) this.input.value = filter;
    setText(this.count.text, filter === "" ? "" : `${scene.visible.length} of ${scene.rows.length}`);
    setHidden(this.key, filter !== "");
    this.#explain(scene);
  }

  /** @param {Scene} scene */
  #explain({ view: { filter }, filter: understood }) {
    const { from, offers } = this.#suggestions;
    const typing = offers.length > 0 ? from : -1; // where a word is that is not complete yet
    const now = `${typing} ${filter}`;
    if (now === this.#explained) return;
    this.#explained = now;
    const error = understood?.errors.find(({ at }) => at !== typing);
    setText(this.error.text, error === undefined ? "" : `Ignored: ${error.sentence}`);
    setAttribute(this.input, "aria-invalid", error === undefined ? null : "true");
    setHidden(this.panel, offers.length === 0 && (error === undefined || !this.typing));
  }

  async #load() {
    try {
      this.#suggest = (await import("./filter-suggestions.js")).suggest;
    } catch {
      return; // it filters without them, and the next focus tries again
    }
    if (this.typing) this.#offer();
  }

  #typed() {
    this.app?.view.set({ filter: this.input.value });
    this.#offer();
  }

  /** @param {boolean} [asked] also where a new word begins, and nobody needs to be told of every term again */
  #offer(asked = this.input.value === "") {
    const cursor = this.input.selectionStart ?? this.input.value.length;
    const found = this.#suggest(this.input.value, cursor, this.#scene?.rows ?? []);
    this.#suggestions = found.from === found.to && !asked ? NONE : found;
    this.#chosen = -1;
    this.list.replaceChildren(
      ...this.#suggestions.offers.map(({ text, hint }, index) => {
        const option = element("li", "", element("span", "term", text), element("span", "hint", hint));
        option.id = `filter-offer-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        return option;
      }),
    );
    this.#choose(-1);
    const any = this.#suggestions.offers.length > 0;
    setHidden(this.list, !any);
    setHidden(this.panel, !any && this.error.text.data === "");
    setAttribute(this.input, "aria-expanded", String(any));
  }

  #close() {
    this.#suggestions = NONE;
    this.#chosen = -1;
    setHidden(this.panel, true);
    setAttribute(this.input, "aria-expanded", "false");
    setAttribute(this.input, "aria-activedescendant", null);
  }

  /** @param {number} index -1: none */
  #choose(index) {
    this.#chosen = index;
    [...this.list.children].forEach((option, place) => {
      setAttribute(option, "aria-selected", String(place === index));
      if (place === index) option.scrollIntoView({ block: "nearest" });
    });
    setAttribute(this.input, "aria-activedescendant", index < 0 ? null : `filter-offer-${index}`);
  }

  /** @param {number} index */
  #take(index) {
    const { from, to, offers } = this.#suggestions;
    const offer = offers[index];
    if (offer === undefined) return;
    const { value } = this.input;
    const begun = offer.text.endsWith(":"); // its value follows
    const before = `${value.slice(0, from)}${offer.text}${begun ? "" : " "}`;
    this.input.value = before + value.slice(to).trimStart();
    this.input.setSelectionRange(before.length, before.length);
    this.#typed();
    if (!begun) this.#close();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { length } = this.#suggestions.offers;
    switch (event.key) {
      case "ArrowDown":
        if (length === 0) this.#offer(true);
        else this.#choose((this.#chosen + 1) % length);
        break;
      case "ArrowUp":
        if (length > 0) this.#choose(this.#chosen <= 0 ? length - 1 : this.#chosen - 1);
        break;
      case "Enter":
        if (this.#chosen >= 0) this.#take(this.#chosen);
        else this.#close();
        break;
      case "Tab":
        if (this.#chosen < 0) return; // to whatever comes next
        this.#take(this.#chosen);
        break;
      case "Escape":
        if (length > 0) this.#close();
        else if (this.input.value !== "") this.app?.view.set({ filter: "" });
        else this.input.blur();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

customElements.define("filter-box", FilterBox);
