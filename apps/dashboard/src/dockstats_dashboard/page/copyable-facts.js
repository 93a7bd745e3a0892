/**
 * The facts of a container as a list, with a button to copy where somebody will want to.
 *
 * Not here: which facts (facts).
 *
 * @typedef {import("./facts.js").FactRow} FactRow
 */

import { copyText } from "./clipboard.js";
import { element, textElement } from "./dom.js";
import { setAttribute, setHidden, setText } from "./frame.js";

export class CopyableFacts {
  /** @type {{ place: HTMLElement, label: Text, value: Text, button: HTMLButtonElement, copy: string }[]} */
  #rows = [];

  /** @param {(text: string) => void} tell */
  constructor(tell) {
    this.tell = tell;
    this.list = element("dl", "");
    this.element = element("section", "copyable-facts", element("h3", "", "Facts"), this.list);
  }

  /** @param {FactRow[]} rows */
  draw(rows) {
    while (this.#rows.length < rows.length) this.#add();
    this.#rows.forEach((shown, index) => {
      const row = rows[index];
      setHidden(shown.place, row === undefined);
      if (row === undefined) return;
      setText(shown.label, row.label);
      setText(shown.value, row.value);
      setHidden(shown.button, row.copy === null);
      setAttribute(shown.button, "aria-label", `copy ${row.label.toLowerCase()}`);
      shown.copy = row.copy ?? "";
    });
  }

  #add() {
    const label = textElement("dt", "");
    const value = textElement("bdi", "");
    const button = element("button", "copy", "copy");
    button.type = "button";
    const place = element("div", "", label.element, element("dd", "", value.element, button));
    const row = { place, label: label.text, value: value.text, button, copy: "" };
    button.addEventListener("click", () => void this.#copy(row));
    this.#rows.push(row);
    this.list.append(place);
  }

  /** @param {{ label: Text, copy: string }} row */
  async #copy(row) {
    const { label, copy } = row;
    const done = await copyText(copy);
    const instead = `This browser does not let a page copy; select the ${label.data.toLowerCase()} instead.`;
    this.tell(done ? `${label.data} copied.` : instead);
  }
}
