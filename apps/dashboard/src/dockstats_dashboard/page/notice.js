/**
 * The banner below the head: that the page is paused, that there is no connection; large where there is nothing else.
 *
 * Not here: the words (situation).
 *
 * @typedef {import("./situation.js").Situation} Situation
 */

import { element, textElement } from "./dom.js";
import { countdown } from "./format.js";
import { setAttribute, setClass, setHidden, setText } from "./frame.js";

const SIGNS = { wrong: "▲", hint: "", paused: "‖" };

/** @type {Record<"hurry" | "live" | "doctor", string>} */
const BUTTONS = { hurry: "Try now", live: "Back to live", doctor: "Self-test" };

class Banner {
  /** @type {Situation["action"]} */
  #action = null;

  /** @param {(action: NonNullable<Situation["action"]>) => void} act */
  constructor(act) {
    this.sign = textElement("span", "sign");
    this.title = textElement("strong", "");
    this.text = textElement("span", "text");
    this.retry = textElement("span", "retry");
    this.word = document.createTextNode("");
    this.key = element("kbd", "", "l");
    this.button = element("button", "", this.word, this.key);
    this.button.type = "button";
    this.button.addEventListener("click", () => this.#action && act(this.#action));
    this.sign.element.setAttribute("aria-hidden", "true");
    this.retry.element.setAttribute("aria-hidden", "true"); // a countdown read aloud would never end
    const words = element("p", "", this.title.element, " ", this.text.element, " ", this.retry.element);
    this.element = element("div", "notice", this.sign.element, words, this.button);
    this.element.hidden = true;
  }

  /** @param {Situation | undefined} situation @param {number} browserNow */
  draw(situation, browserNow) {
    setHidden(this.element, situation === undefined);
    if (situation === undefined) return;
    const { kind, tone, title, text, retryAt, action, large } = situation;
    this.#action = action;
    setClass(this.element, `notice ${tone}${large ? " large" : ""}`);
    setAttribute(this.element, "data-kind", kind);
    setAttribute(this.element, "aria-live", tone === "paused" ? "off" : null); // its age ticks
    setText(this.sign.text, SIGNS[tone]);
    setText(this.title.text, title);
    setText(this.text.text, text);
    const left = retryAt === null ? 0 : retryAt - browserNow;
    setText(this.retry.text, left > 0 ? `Next attempt in ${countdown(left)}.` : retryAt === null ? "" : "Trying.");
    setHidden(this.button, action === null);
    if (action !== null) setText(this.word, BUTTONS[action]);
    setHidden(this.key, action !== "live");
  }
}

export class PageNotice extends HTMLElement {
  /** @type {Banner[]} */
  #banners = [];
  /** Called when a person presses the button. @type {(action: NonNullable<Situation["action"]>) => void} */
  onAction = () => {};

  connectedCallback() {
    if (this.#banners.length > 0) return;
    this.#banners = [0, 1].map(() => new Banner((action) => this.onAction(action)));
    this.append(...this.#banners.map((banner) => banner.element));
    this.setAttribute("role", "status");
  }

  /** @param {Situation[]} situations @param {number} browserNow */
  draw(situations, browserNow) {
    this.#banners.forEach((banner, index) => banner.draw(situations[index], browserNow));
  }
}

customElements.define("page-notice", PageNotice);
