/**
 * What the page says by itself: to who listens, or, where nothing else on it would show that, to everybody, in one line.
 *
 * Each time it is a new element: a text that stays the same is not read out again.
 * Not here: how the connection and the hosts are (notice).
 */

import { element } from "./dom.js";

const SEEN_MS = 6000; // long enough to read a sentence twice

export class Voice {
  #heard = status("unseen");
  #told = status("told");
  #leaves = 0;

  /** @param {HTMLElement} place */
  constructor(place) {
    place.append(this.#heard, this.#told);
  }

  /** What others see anyway. @param {string} text */
  say(text) {
    this.#heard.replaceChildren(element("p", "", text));
  }

  /** What came of a person's wish, most of all why nothing did. @param {string} text */
  tell(text) {
    this.#told.replaceChildren(element("p", "", text));
    this.#linger();
  }

  /** The same of what lasts, to be called again and again: told once, and seen until it is over. @param {string} text */
  keep(text) {
    if (this.#told.textContent === text) this.#linger();
    else this.tell(text);
  }

  #linger() {
    clearTimeout(this.#leaves);
    this.#leaves = window.setTimeout(() => this.#told.replaceChildren(), SEEN_MS);
  }
}

/** @param {string} className */
function status(className) {
  const region = element("div", className);
  region.setAttribute("role", "status");
  return region;
}
