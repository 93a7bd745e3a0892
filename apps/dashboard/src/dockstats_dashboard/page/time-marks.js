/**
 * The ticks on the timeline: one button each, which names what happened and leads to that instant.
 *
 * Thin lines, higher the graver, and flags where something is bad, so that colour is not all that tells; what one container
 * does again and again is a broad one. They lie on a strip that moves as a whole, so that time costs one write and not one a tick; one tab stop, arrows between.
 * Not here: which ticks there are (time-ticks).
 *
 * @typedef {import("./time-ticks.js").Tick} Tick
 * @typedef {import("./timeline.js").Span} Span
 */

import { element } from "./dom.js";
import { setAttribute, setClass } from "./frame.js";
import { move } from "./time-slider.js";
import { linesOf } from "./time-ticks.js";
import { wholeSecond } from "./timeline.js";
import { setWhyOnDemand } from "./why.js";

/** How near to each other two ticks can be. */
export const TICK_PX = 9;

/** @typedef {{ tick: Tick, element: HTMLButtonElement }} Mark */

export class TimeMarks {
  /** By the tick's key. @type {Map<string, Mark>} */
  #marks = new Map();
  #origin = 0;
  #msPerPx = 1;

  /** @param {(at: number) => void} go to the instant of a tick */
  constructor(go) {
    this.go = go;
    this.strip = element("div", "time-strip");
    this.element = element("div", "time-marks", this.strip);
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "What happened");
    this.strip.addEventListener("click", ({ target }) => {
      const mark = this.#markOf(target);
      if (mark !== undefined) this.go(wholeSecond(mark.tick.at));
    });
    this.strip.addEventListener("keydown", (event) => this.#press(event));
    this.strip.addEventListener("focusin", ({ target }) => this.#stopAt(this.#markOf(target)));
  }

  /** Time went on. @param {Span} span */
  follow({ from }) {
    move(this.strip, (this.#origin - from) / this.#msPerPx);
  }

  /**
   * Other ticks, or another width.
   *
   * @param {Tick[]} ticks in ascending time
   * @param {Span} span
   * @param {number} width in pixels
   */
  draw(ticks, span, width) {
    this.#origin = span.from;
    this.#msPerPx = (span.to - span.from) / width;
    const kept = new Set(ticks.map(({ key }) => key));
    for (const [key, mark] of this.#marks) {
      if (kept.has(key)) continue;
      mark.element.remove();
      this.#marks.delete(key);
    }
    let next = this.strip.firstElementChild;
    for (const tick of ticks) {
      const mark = this.#marks.get(tick.key) ?? this.#create(tick);
      this.#draw(mark, tick);
      if (mark.element === next) next = next.nextElementSibling;
      else this.strip.insertBefore(mark.element, next);
    }
    const marks = [...this.#marks.values()];
    if (!marks.some((mark) => mark.element.tabIndex === 0)) this.#stopAt(marks.at(-1));
    this.follow(span);
  }

  /** @param {Tick} tick */
  #create(tick) {
    const mark = { tick, element: element("button", "") };
    mark.element.type = "button";
    mark.element.tabIndex = -1;
    mark.element.setAttribute("data-why-above", ""); // beside it are its neighbours
    setWhyOnDemand(mark.element, () => this.#linesAt(mark.tick.at).join("\n"));
    this.#marks.set(tick.key, mark);
    return mark;
  }

  /** @param {Mark} mark @param {Tick} tick */
  #draw(mark, tick) {
    mark.tick = tick;
    setClass(mark.element, `time-mark ${tick.tone}${tick.since === null ? "" : " row"}`);
    setAttribute(mark.element, "aria-label", linesOf(tick, 1).join(", "));
    move(mark.element, (tick.at - this.#origin) / this.#msPerPx);
  }

  /** What a tick says, and those that it covers. @param {number} at */
  #linesAt(at) {
    const near = (TICK_PX / 2) * this.#msPerPx;
    return [...this.#marks.values()].flatMap(({ tick }) => (Math.abs(tick.at - at) <= near ? linesOf(tick) : []));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { target, key } = event;
    if (!(target instanceof HTMLElement)) return;
    const other = key === "ArrowLeft" ? target.previousElementSibling : key === "ArrowRight" ? target.nextElementSibling : null;
    if (!(other instanceof HTMLElement)) return;
    event.preventDefault();
    other.focus();
  }

  /** The one that Tab leads to. @param {Mark | undefined} stop */
  #stopAt(stop) {
    if (stop === undefined) return;
    for (const mark of this.#marks.values()) {
      const tabIndex = mark === stop ? 0 : -1;
      if (mark.element.tabIndex !== tabIndex) mark.element.tabIndex = tabIndex;
    }
  }

  /** @param {EventTarget | null} target */
  #markOf(target) {
    return [...this.#marks.values()].find((mark) => mark.element === target);
  }
}
