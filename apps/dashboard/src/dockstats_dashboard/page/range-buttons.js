/**
 * Which stretch of time charts show: 1, 5, 15 or 30 minutes, or what was dragged over, with the way back.
 *
 * Not here: the charts.
 *
 * @typedef {import("./view-state.js").ViewState} ViewState
 */

import { element, textElement } from "./dom.js";
import { clock } from "./format.js";
import { setAttribute, setHidden, setText } from "./frame.js";
import { RANGES_MS } from "./view-state.js";

export class RangeButtons {
  constructor() {
    /** Set before the first use. @type {ViewState | null} */
    this.view = null;
    this.buttons = RANGES_MS.map((rangeMs) => {
      const button = element("button", "", `${rangeMs / 60_000} m`);
      button.type = "button";
      button.addEventListener("click", () => this.view?.set({ rangeMs, zoom: null }));
      return button;
    });
    this.whole = element("button", "whole", "whole range");
    this.whole.type = "button";
    this.whole.addEventListener("click", () => this.view?.set({ zoom: null }));
    this.note = textElement("span", "under");
    const group = element("div", "ranges", ...this.buttons);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Minutes shown");
    this.element = element("div", "range-line", group, this.whole, this.note.element);
  }

  /** @param {{ rangeMs: number, zoom: { from: number, to: number } | null }} view @param {number | null} cursorAt */
  draw({ rangeMs, zoom }, cursorAt) {
    this.buttons.forEach((button, index) => {
      setAttribute(button, "aria-pressed", String(zoom === null && RANGES_MS[index] === rangeMs));
    });
    setHidden(this.whole, zoom === null);
    const stretch = zoom === null ? "" : `${clock(zoom.from)} – ${clock(zoom.to)}`;
    setText(this.note.text, cursorAt === null ? stretch : `at ${clock(cursorAt)}`);
  }
}
