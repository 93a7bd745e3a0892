/**
 * Names and texts as a list of pairs, written again only where something changed. Not here: which (host-facts, keys).
 */

import { element, textElement } from "./dom.js";
import { setText } from "./frame.js";

export class FactsList {
  /** @type {{ name: Text, text: Text }[]} */
  #rows = [];

  constructor() {
    this.element = element("dl", "facts");
  }

  /** @param {{ name: string, text: string }[]} facts */
  draw(facts) {
    while (this.#rows.length > facts.length) {
      this.#rows.pop();
      this.element.lastElementChild?.remove();
    }
    facts.forEach(({ name, text }, index) => {
      let row = this.#rows[index];
      if (row === undefined) {
        const term = textElement("dt", "");
        const value = textElement("dd", "");
        this.element.append(element("div", "", term.element, value.element));
        row = { name: term.text, text: value.text };
        this.#rows.push(row);
      }
      setText(row.name, name);
      setText(row.text, text);
    });
  }
}
