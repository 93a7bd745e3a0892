/**
 * One cell: a value in parts, a word for why there is none, or nothing because it does not apply. Never 0 for those.
 *
 * Not here: which of them it is (cells, and whoever else shows figures).
 */

import { element, textElement } from "./dom.js";
import { setAttribute, setHidden, setText } from "./frame.js";
import { setWhyOnDemand } from "./why.js";

export class Cell {
  /** @type {{ element: HTMLElement, text: Text } | null} */
  #word = null;
  /** @type {() => import("./why.js").Why} */
  #why = () => null;
  /** Of the word for what is unknown; -1 where the keyboard reaches it in another way, as in the table's rows. */
  tabIndex = 0;

  /**
   * @param {HTMLElement} place
   * @param {...string} parts a class name for each part of the value
   */
  constructor(place, ...parts) {
    this.place = place;
    this.parts = parts.map((name) => textElement("span", name));
    this.sign = this.parts[parts.indexOf("sign")]?.element;
    this.value = element("span", "value", ...this.parts.map((part) => part.element));
    place.append(this.value);
  }

  /** @param {...string} texts one for each part */
  show(...texts) {
    texts.forEach((text, index) => setText(/** @type {{ text: Text }} */ (this.parts[index]).text, text));
    setHidden(this.value, false);
    if (this.#word) setHidden(this.#word.element, true);
  }

  /** A word for the part that is a sign; null: it is empty. @param {string | null} word */
  nameSign(word) {
    if (!this.sign) return;
    setAttribute(this.sign, "role", word && "img");
    setAttribute(this.sign, "aria-label", word);
  }

  /** @param {string} word @param {() => import("./why.js").Why} why */
  showUnknown(word, why) {
    if (this.#word === null) {
      this.#word = textElement("span", "unknown");
      this.#word.element.tabIndex = this.tabIndex;
      this.place.append(this.#word.element);
      setWhyOnDemand(this.#word.element, () => this.#why());
    }
    this.#why = why;
    setText(this.#word.text, word);
    setHidden(this.#word.element, false);
    setHidden(this.value, true);
  }

  showNothing() {
    setHidden(this.value, true);
    if (this.#word) setHidden(this.#word.element, true);
  }
}
