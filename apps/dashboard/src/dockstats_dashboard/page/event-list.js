/**
 * What happened to a container, newest first: time and words; pointing at one puts the charts' cursor there.
 *
 * Not here: the words (event-words).
 *
 * @typedef {import("./messages.js").ContainerEvent} ContainerEvent
 */

import { element, textElement } from "./dom.js";
import { eventWords } from "./event-words.js";
import { clock } from "./format.js";
import { setClass, setHidden, setText } from "./frame.js";

const MOST = 12;

export class EventList {
  #drawn = "";

  /** @param {(at: number | null) => void} onPoint */
  constructor(onPoint) {
    this.onPoint = onPoint;
    this.list = element("ol", "");
    this.none = textElement("p", "hint");
    this.element = element("section", "events", element("h3", "", "Events"), this.list, this.none.element);
  }

  /** @param {ContainerEvent[]} events oldest first @param {boolean} paused at an instant; nothing later is among them */
  draw(events, paused) {
    setText(this.none.text, `Nothing happened to it in the ${paused ? "30 minutes before" : "last 30 minutes"}, as far as is known.`);
    const shown = events.slice(-MOST).reverse();
    const drawn = shown.map(({ at, kind }) => `${at} ${kind}`).join();
    if (drawn === this.#drawn && this.list.hasChildNodes() === shown.length > 0) return;
    this.#drawn = drawn;
    setHidden(this.none.element, shown.length > 0);
    while (this.list.children.length > shown.length) this.list.lastElementChild?.remove();
    shown.forEach((event, index) => {
      const line = this.list.children[index] ?? this.list.appendChild(this.#line());
      const [time, sign, text] = [...line.children];
      const words = eventWords(event);
      /** @type {HTMLElement} */ (line).dataset["at"] = String(event.at);
      setText(textOf(time), clock(event.at));
      setText(textOf(sign), words.sign);
      setClass(/** @type {HTMLElement} */ (sign), `sign ${words.tone}`);
      setText(textOf(text), words.text);
    });
  }

  #line() {
    const sign = textElement("span", "sign");
    sign.element.setAttribute("aria-hidden", "true");
    const line = element("li", "", textElement("time", "").element, sign.element, textElement("bdi", "").element);
    line.addEventListener("pointerenter", () => this.onPoint(Number(line.dataset["at"])));
    line.addEventListener("pointerleave", () => this.onPoint(null));
    return line;
  }
}

/** @param {Element | undefined} element */
function textOf(element) {
  return /** @type {Text} */ (element?.firstChild);
}
