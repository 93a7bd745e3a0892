/**
 * A box over the page with a title and a way to close it: Escape, its button, or a click beside it. The browser's own
 * dialog keeps the focus in it and gives it back. Not here: what is in it.
 */

import { element, textElement } from "./dom.js";
import { setText } from "./frame.js";

export class PageDialog extends HTMLElement {
  #built = false;

  constructor() {
    super();
    this.heading = textElement("h2", "");
    this.body = element("div", "body");
    this.foot = element("footer", "");
    this.dialog = element("dialog", "");
    /** Called once it is closed, however that came. */
    this.onClose = () => {};
  }

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    const close = element("button", "close", "✕");
    close.type = "button";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => this.close());
    this.heading.element.id = `${this.localName}-title`;
    this.dialog.setAttribute("aria-labelledby", this.heading.element.id);
    this.dialog.append(element("header", "", this.heading.element, close), this.body, this.foot);
    this.dialog.addEventListener("close", () => this.onClose());
    this.dialog.addEventListener("click", ({ target }) => {
      if (target === this.dialog) this.close(); // its edge is all that is not covered by its content
    });
    this.body.tabIndex = 0; // it may be longer than the window, and the keys must reach its end
    this.append(this.dialog);
  }

  /** @param {string} title */
  name(title) {
    setText(this.heading.text, title);
  }

  get isOpen() {
    return this.dialog.open;
  }

  open() {
    if (!this.dialog.open) this.dialog.showModal();
  }

  close() {
    this.dialog.close();
  }
}
