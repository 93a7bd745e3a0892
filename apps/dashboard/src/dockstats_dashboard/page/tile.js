/**
 * One figure of the fleet: what it is, the figure, what belongs to it, and something drawn below.
 *
 * Not here: which figures (fleet-bar), their texts (fleet-words).
 */

import { element, textElement } from "./dom.js";
import { setClass, setText } from "./frame.js";
import { MiniChart } from "./mini-chart.js";

export class Tile {
  #partial = textElement("span", "partial");
  #figure = textElement("span", "figure");
  #rest = textElement("span", "rest");

  /**
   * @param {string} title
   * @param {"button" | "div"} tag a button if it is pressed as a whole
   * @param {HTMLElement} [foot] a chart if left out
   */
  constructor(title, tag, foot) {
    this.title = element("span", "title", title, this.#partial.element);
    this.line = element("span", "line", this.#figure.element, " ", this.#rest.element);
    this.chart = foot === undefined ? new MiniChart("") : null;
    this.chart?.name(`${title} in the last 30 minutes`);
    this.element = element(tag, `tile of-${title.toLowerCase()}`, this.title, " ", this.line, foot ?? this.chart?.canvas ?? "");
    if (tag === "button") this.element.setAttribute("type", "button");
  }

  /** @param {import("./fleet-words.js").TileWords} words */
  show({ figure, rest, partial }) {
    setText(this.#figure.text, figure);
    setText(this.#rest.text, rest.replace(/ (?!·)/g, "\u00a0")); // it may break before a "·" only
    setText(this.#partial.text, partial);
    setClass(this.line, figure === "" ? "line none" : "line");
  }
}
