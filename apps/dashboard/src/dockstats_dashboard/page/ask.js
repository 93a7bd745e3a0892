/**
 * A person asks the page for something by a button, with the same names as by a key.
 *
 * It travels as an event `action` from the button up to the page, so that whoever answers knows where it was asked.
 * Not here: the keys (keys), answering (wishes).
 *
 * @typedef {import("./keys.js").Action | "columns" | "export" | "doctor" | "hurry" | "signIn"} Wish
 */

import { element } from "./dom.js";

/** @param {Element} from @param {Wish} wish */
export function ask(from, wish) {
  from.dispatchEvent(new CustomEvent("action", { bubbles: true, detail: wish }));
}

/**
 * A button that asks for `wish`.
 *
 * @param {Wish} wish
 * @param {string} title
 * @param {...(Node | string)} children
 */
export function askButton(wish, title, ...children) {
  const button = element("button", wish, ...children);
  button.type = "button";
  button.title = title;
  button.addEventListener("click", () => ask(button, wish));
  return button;
}
