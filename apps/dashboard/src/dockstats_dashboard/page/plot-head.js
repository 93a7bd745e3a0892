/**
 * The line above a chart: its title, its values at the cursor or of now, and what bounds them.
 *
 * Not here: which values (detail-charts).
 *
 * @typedef {object} HeadValue
 * @property {string} swatch how its line looks, a class name; empty: none
 * @property {string} figure
 * @property {string} unit
 * @property {string} word
 * @property {boolean} layer whether it stands in the second line
 *
 * @typedef {object} Head
 * @property {HeadValue[]} values
 * @property {string} note
 * @property {{ words: string, high: boolean, banded: boolean } | null} throttled how much the limit holds it back, and
 *   whether bands in the chart show it
 * @property {import("./reasons.js").Reason | null} unknown why there are no values
 */

import { element, textElement } from "./dom.js";
import { setClass, setHidden, setText } from "./frame.js";
import { setWhy } from "./why.js";

export class PlotHead {
  /** @type {{ element: HTMLElement, swatch: HTMLElement, figure: Text, unit: Text, word: Text }[]} */
  #values = [];

  /** @param {string} title @param {string} [why] */
  constructor(title, why) {
    const name = element("h3", "", title);
    if (why !== undefined) {
      name.className = "explained";
      name.tabIndex = 0;
      setWhy(name, why);
    }
    this.place = element("span", "values");
    this.unknown = textElement("span", "unknown");
    this.unknown.element.tabIndex = 0;
    this.note = textElement("span", "note");
    this.throttled = textElement("span", "");
    this.band = element("span", "swatch band");
    this.right = element("span", "right", this.note.element, this.band, this.throttled.element);
    this.element = element("div", "plot-head", name, this.place, this.unknown.element, this.right);
  }

  /** @param {Head} head */
  draw({ values, note, throttled, unknown }) {
    while (this.#values.length < values.length) this.#add();
    this.#values.forEach((shown, index) => {
      const value = values[index];
      setHidden(shown.element, value === undefined);
      if (value === undefined) return;
      setClass(shown.swatch, `swatch ${value.swatch}`);
      setHidden(shown.swatch, value.swatch === "");
      setClass(shown.element, value.layer ? "head-value layer" : "head-value");
      setText(shown.figure, value.figure);
      setText(shown.unit, value.unit === "" ? "" : ` ${value.unit}`);
      setText(shown.word, value.word === "" ? "" : ` ${value.word}`);
    });
    setHidden(this.unknown.element, unknown === null);
    if (unknown !== null) {
      setText(this.unknown.text, unknown.word);
      setWhy(this.unknown.element, unknown.sentence);
    }
    setText(this.note.text, [note, throttled?.words && " "].filter(Boolean).join(" ·"));
    setHidden(this.band, !throttled?.banded);
    setClass(this.throttled.element, throttled?.high ? "high" : "");
    setText(this.throttled.text, throttled?.words ?? "");
    setClass(this.right, throttled === null ? "right" : "right below"); // always, so that its length moves nothing
  }

  #add() {
    const swatch = element("span", "swatch");
    swatch.setAttribute("aria-hidden", "true");
    const [figure, unit, word] = ["figure", "unit", "word"].map((name) => textElement("span", name));
    if (!figure || !unit || !word) return;
    const made = element("span", "head-value", swatch, figure.element, unit.element, word.element);
    this.#values.push({ element: made, swatch, figure: figure.text, unit: unit.text, word: word.text });
    this.place.append(made);
  }
}
