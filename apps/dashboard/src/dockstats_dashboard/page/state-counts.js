/**
 * How many containers there are in each state: words to press, each at its own place, and one bar of all.
 *
 * Not here: counting (model, fleet-totals), what a press does (fleet-bar).
 *
 * @typedef {import("./model.js").Counts} Counts
 */

import { element, textElement } from "./dom.js";
import { setAttribute, setClass, setHidden, setText } from "./frame.js";

/** In the order of the bar, what needs a person at its end, each with its short word. @type {[keyof Counts, string][]} */
const STATES = [
  ["running", "running"],
  ["stopped", "stopped"],
  ["paused", "paused"],
  ["restarting", "↻"],
  ["unhealthy", "unhealthy"],
];

export class StateCounts {
  /** @param {(state: string) => void} press */
  constructor(press) {
    this.states = STATES.map(([state, word]) => {
      const figure = textElement("span", "figure");
      const button = element("button", state, figure.element, ` ${word}`);
      button.type = "button";
      button.addEventListener("click", () => press(state));
      return { state, button, figure: figure.text, part: element("span", state) };
    });
    const buttons = (/** @type {(keyof Counts)[]} */ ...names) =>
      names.flatMap((name) => this.states.find(({ state }) => state === name)?.button ?? []);
    /** Those that stand beside each other, and those that need nobody. */
    this.main = buttons("running", "unhealthy", "restarting");
    this.resting = element("span", "resting", ...buttons("paused", "stopped"));
    this.bar = element("span", "states", ...this.states.map(({ part }) => part));
    this.bar.setAttribute("aria-hidden", "true");
  }

  /** @param {Counts} counts @param {import("./scene.js").Scene["filter"]} filter */
  draw(counts, filter) {
    for (const { state, button, figure, part } of this.states) {
      const count = counts[state];
      const on = filter?.has("state", state) === true;
      setText(figure, `${count}`);
      setClass(button, on ? `${state} on` : state);
      setAttribute(button, "aria-label", `${count} ${state}`);
      setAttribute(button, "aria-pressed", String(on));
      setAttribute(button, "title", on ? "Show all containers" : `Show only those that are ${state}`);
      setHidden(button, count === 0 && state !== "running");
      const share = state === "running" ? count - counts.unhealthy : count; // an unhealthy one runs, too
      setHidden(part, share <= 0);
      if (part.style.flexGrow !== `${share}`) part.style.flexGrow = `${Math.max(0, share)}`;
    }
  }
}
