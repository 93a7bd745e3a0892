/**
 * The reason behind a word: whatever carries `data-why` has one, and a box shows it on hover and on focus.
 *
 * Not here: the box (why-box), the reasons themselves (reasons, cell-words and whoever else sets them).
 *
 * @typedef {string | null | Promise<string | null>} Why null: there is nothing to explain
 */

import { setAttribute } from "./frame.js";

/** What `element` explains; null: nothing. @param {HTMLElement} element @param {string | null} why */
export function setWhy(element, why) {
  setAttribute(element, "data-why", why);
}

/** @type {WeakMap<Element, () => Why>} */
const onDemand = new WeakMap();

/**
 * What `element` explains, made only when somebody asks: hundreds of rows tick, and one is asked about.
 *
 * @param {HTMLElement} element
 * @param {() => Why} why
 */
export function setWhyOnDemand(element, why) {
  onDemand.set(element, why);
  setWhy(element, "");
}

/** @param {Element} asked @returns {Why} */
export function whyOf(asked) {
  const why = onDemand.get(asked);
  return why === undefined ? asked.getAttribute("data-why") : why();
}
