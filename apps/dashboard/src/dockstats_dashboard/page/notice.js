/**
 * A banner: below the head that there is no connection, large where there is nothing else; above the timeline that the
 * page is paused.
 *
 * Not here: the words (situation).
 *
 * @typedef {import("./situation.js").Situation} Situation
 */

import { element, textElement } from "./dom.js";
import { countdown } from "./format.js";
import { setAttribute, setClass, setHidden, setText } from "./frame.js";

const SIGNS = { wrong: "▲", hint: "", paused: "‖" };

/** @type {Record<"hurry" | "live" | "doctor" | "signIn", string>} */
const BUTTONS = { hurry: "Try now", live: "Back to live", doctor: "Self-test", signIn: "Sign in" };

export class PageNotice extends HTMLElement {
  /** @type {Situation["action"]} */
  #action = null;
  /** Called when a person presses the button. @type {(action: NonNullable<Situation["action"]>) => void} */
  onAction = () => {};

  constructor() {
    super();
    this.sign = textElement("span", "sign");
    this.heading = textElement("strong", "");
    this.text = textElement("span", "text");
    this.retry = textElement("span", "retry");
    this.word = document.createTextNode("");
    this.key = element("kbd", "", "l");
    this.button = element("button", "", this.word, this.key);
    this.button.type = "button";
    this.button.addEventListener("click", () => this.#action && this.onAction(this.#action));
    this.sign.element.setAttribute("aria-hidden", "true");
    this.retry.element.setAttribute("aria-hidden", "true"); // a countdown read aloud would never end
    const words = element("p", "", this.heading.element, " ", this.text.element, " ", this.retry.element);
    this.banner = element("div", "notice", this.sign.element, words, this.button);
    this.banner.hidden = true;
  }

  connectedCallback() {
    this.setAttribute("role", "status");
    this.append(this.banner);
  }

  /** @param {Situation | null} situation @param {number} browserNow */
  draw(situation, browserNow) {
    setHidden(this.banner, situation === null);
    if (situation === null) return;
    const { kind, tone, title, text, retryAt, action, large } = situation;
    this.#action = action;
    setClass(this.banner, `notice ${tone}${large ? " large" : ""}`);
    setAttribute(this.banner, "data-kind", kind);
    setAttribute(this.banner, "aria-live", tone === "paused" ? "off" : null); // its age ticks
    setText(this.sign.text, SIGNS[tone]);
    setText(this.heading.text, title);
    setText(this.text.text, text);
    const left = retryAt === null ? 0 : retryAt - browserNow;
    setText(this.retry.text, left > 0 ? `Next attempt in ${countdown(left)}.` : retryAt === null ? "" : "Trying.");
    setHidden(this.button, action === null);
    if (action !== null) setText(this.word, BUTTONS[action]);
    setHidden(this.key, action !== "live");
  }
}

customElements.define("page-notice", PageNotice);
