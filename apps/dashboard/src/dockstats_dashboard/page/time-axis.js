/**
 * The labels of the time axis under a chart, or under several that share it.
 *
 * Not here: which times (axis).
 *
 * @typedef {import("./axis.js").Tick} Tick
 */

import { element, textElement } from "./dom.js";
import { setHidden, setText } from "./frame.js";

const HALF_LABEL_PX = 24;

export class TimeAxis {
  /** @type {{ element: HTMLElement, text: Text, at: string }[]} */
  #labels = [];

  constructor() {
    this.element = element("div", "time-axis");
    this.element.setAttribute("aria-hidden", "true");
  }

  /**
   * @param {Tick[]} ticks
   * @param {{ from: number, to: number }} window
   * @param {number} width of the charts in pixels
   */
  draw(ticks, { from, to }, width) {
    while (this.#labels.length < ticks.length) {
      const label = { ...textElement("span", ""), at: "" };
      this.#labels.push(label);
      this.element.append(label.element);
    }
    this.#labels.forEach((label, index) => {
      const tick = ticks[index];
      const x = tick === undefined ? -1 : ((tick.at - from) / (to - from)) * width;
      const cut = x < HALF_LABEL_PX || x > width - HALF_LABEL_PX; // half a label says nothing
      setHidden(label.element, cut);
      if (tick === undefined || cut) return;
      setText(label.text, tick.label);
      const place = `translateX(${Math.round(x)}px) translateX(-50%)`;
      if (label.at !== place) label.element.style.transform = label.at = place;
    });
  }
}

/** How many labels have room side by side. @param {number} width in pixels */
export function labelsFor(width) {
  return Math.max(1, Math.min(8, Math.floor(width / 75)));
}
