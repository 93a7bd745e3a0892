/**
 * One pass over the document, however many messages came, and nothing written that did not change.
 *
 * A pass for figures takes a frame for each of its turns, so that none of them is felt; one for what a person did takes
 * one frame. Not here: what is drawn.
 */

import { browserClock } from "./clock.js";

/** Figures that come faster than this cannot be read, and the browser has to rest. */
export const SPACING_MS = 450; // two passes a second, and a host's next batch is never just missed

export class Frame {
  #asked = false;
  #waits = false;
  #urgent = false;
  /** Whether figures came between two turns of a pass, too late for those before. */
  #late = false;
  #drawnAt = -Infinity;
  /** The turns that are left of a pass. @type {Iterator<unknown> | null} */
  #turns = null;

  /**
   * @param {() => Iterator<unknown> | void} draw begins a pass; an iterator's steps are its turns
   * @param {(call: () => void) => unknown} [nextFrame]
   * @param {Pick<import("./clock.js").Clock, "now" | "setTimeout">} [clock]
   */
  constructor(draw, nextFrame = (call) => requestAnimationFrame(call), clock = browserClock) {
    this.draw = draw;
    this.nextFrame = nextFrame;
    this.clock = clock;
  }

  /** Draw soon, for figures that came: SPACING_MS after the last time, or in the next frames if that is over. */
  requestLater() {
    if (this.#turns !== null) this.#late = true;
    if (this.#asked || this.#waits) return;
    const left = Math.min(SPACING_MS, this.#drawnAt + SPACING_MS - this.clock.now()); // a clock may be set back
    if (left <= 0) return this.#ask();
    this.#waits = true;
    this.clock.setTimeout(() => {
      this.#waits = false;
      this.#ask();
    }, left);
  }

  /** Draw in the next frame, for what a person did. A hidden page has none: what came meanwhile is drawn once when it is seen again. */
  request() {
    this.#urgent = true;
    this.#ask();
  }

  #ask() {
    if (this.#asked) return;
    this.#asked = true;
    this.nextFrame(() => this.#take());
  }

  #take() {
    this.#asked = false;
    const urgent = this.#urgent;
    this.#urgent = false;
    let turns = urgent ? null : this.#turns;
    this.#turns = null; // if it throws, the next one begins anew
    if (turns === null) {
      this.#late = false;
      this.#drawnAt = this.clock.now();
      turns = this.draw() ?? null;
    }
    if (turns === null) return;
    while (!turns.next().done) {
      if (urgent) continue;
      this.#turns = turns;
      return this.#ask();
    }
    if (this.#late) this.requestLater();
  }
}

/** @param {{ data: string }} node a text node @param {string} text */
export function setText(node, text) {
  if (node.data !== text) node.data = text;
}

/** @param {{ className: string }} element @param {string} name */
export function setClass(element, name) {
  if (element.className !== name) element.className = name;
}

/** @param {{ hidden: boolean | string }} element @param {boolean} hidden */
export function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/**
 * @param {Pick<Element, "getAttribute" | "setAttribute" | "removeAttribute">} element
 * @param {string} name
 * @param {string | null} value null: without it
 */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** @type {WeakMap<object, number>} */
const shares = new WeakMap();

/**
 * How far a bar is filled: by its width, because a transform makes the browser put all its layers together anew.
 *
 * @param {{ style: { width: string } }} bar
 * @param {number} share from 0 to 1
 */
export function setShare(bar, share) {
  const half = Math.round(share * 200) / 2; // in half percents, which nobody sees
  if (shares.get(bar) === half) return;
  shares.set(bar, half);
  bar.style.width = `${half}%`;
}
