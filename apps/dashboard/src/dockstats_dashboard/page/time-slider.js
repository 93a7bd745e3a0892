/**
 * What is dragged to go back in time: pointer and keys in, instants out, a line where the page stands.
 *
 * A slider to a screen reader. Its value is told when the instant changes, not as time goes by.
 * Not here: what an instant does (time-machine), the chart behind it (mini-chart), the arithmetic (timeline).
 *
 * @typedef {import("./timeline.js").Span} Span
 *
 * @typedef {object} Deeds
 * @property {(instant: number | null) => void} go to that instant; null: live
 * @property {(at: number | null) => void} point at that instant; null: no longer
 * @property {() => void} pause here, or go on
 */

import { element } from "./dom.js";
import { clock } from "./format.js";
import { setAttribute, setHidden } from "./frame.js";
import { meant, placeOf, pressed, spanAt, timeAt } from "./timeline.js";

export class TimeSlider {
  #span = spanAt(0, null);
  /** @type {number | null} */
  #instant = null;
  #told = "";
  /** @type {number | null} */
  #toldOf = null;
  #dragging = false;

  /** @param {Deeds} deeds */
  constructor(deeds) {
    this.deeds = deeds;
    this.width = 0; // in CSS pixels
    this.marker = element("div", "time-marker");
    this.marker.hidden = true;
    this.element = element("div", "time-slider", this.marker);
    this.element.tabIndex = 0;
    for (const [name, value] of Object.entries({ role: "slider", "aria-label": "Time", "aria-orientation": "horizontal" })) {
      this.element.setAttribute(name, value);
    }
    this.#tell();
    this.#listen();
  }

  /** @param {Span} span @param {number | null} instant null: live */
  draw(span, instant) {
    this.#span = span;
    this.#instant = instant;
    setHidden(this.marker, instant === null);
    if (instant !== null) move(this.marker, placeOf(span, instant) * this.width);
    if (instant !== this.#toldOf) this.#tell();
  }

  #tell() {
    const { from, to, oldest } = this.#span;
    const at = (this.#toldOf = this.#instant);
    const told = at === null ? "live" : `${clock(at)}, paused, in the last 30 minutes`;
    if (told === this.#told) return;
    this.#told = told;
    setAttribute(this.element, "aria-valuemin", String(Math.round((Math.max(from, oldest) - to) / 1000)));
    setAttribute(this.element, "aria-valuemax", "0");
    setAttribute(this.element, "aria-valuenow", String(at === null ? 0 : Math.min(0, Math.round((at - to) / 1000))));
    setAttribute(this.element, "aria-valuetext", told);
  }

  #listen() {
    const { element: slider, deeds } = this;
    slider.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.#dragging = true;
      slider.setPointerCapture(event.pointerId);
      deeds.point(this.#at(event));
      deeds.go(meant(this.#span, this.#at(event)));
    });
    slider.addEventListener("pointermove", (event) => {
      deeds.point(this.#at(event));
      if (!this.#dragging) return;
      const instant = meant(this.#span, this.#at(event));
      if (instant !== this.#instant) deeds.go(instant);
    });
    const end = (/** @type {PointerEvent} */ event) => {
      this.#dragging = false;
      if (event.type !== "pointerup" || event.pointerType === "touch") deeds.point(null);
    };
    for (const type of /** @type {const} */ (["pointerup", "pointercancel", "pointerleave"])) {
      slider.addEventListener(type, end);
    }
    slider.addEventListener("keydown", (event) => this.#press(event));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") {
      this.deeds.pause();
    } else {
      const instant = pressed(this.#span, this.#instant, event);
      if (instant === undefined) return;
      this.#instant = instant; // the next press may come before the next drawing
      this.deeds.go(instant);
    }
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  #at({ offsetX }) {
    return timeAt(this.#span, this.width === 0 ? 1 : offsetX / this.width);
  }
}

/** By a transform, which costs no layout, and only by whole pixels. @param {HTMLElement} element @param {number} x */
export function move(element, x) {
  const transform = `translateX(${Math.round(x)}px)`;
  if (element.style.transform !== transform) element.style.transform = transform;
}
