/**
 * One pass over the document per animation frame, however many messages came, and nothing written that did not change.
 *
 * Not here: what is drawn.
 */

import { browserClock } from "./stream.js";

/** Figures that come faster than this cannot be read, and the browser has to rest. */
export const SPACING_MS = 250;

export class Frame {
  #asked = false;
  #waits = false;
  #drawnAt = -Infinity;

  /**
   * @param {() => void} draw
   * @param {(call: () => void) => unknown} [nextFrame]
   * @param {Pick<import("./stream.js").Clock, "now" | "setTimeout">} [clock]
   */
  constructor(draw, nextFrame = (call) => requestAnimationFrame(call), clock = browserClock) {
    this.draw = draw;
    this.nextFrame = nextFrame;
    this.clock = clock;
  }

  /** Draw soon, for figures that came: SPACING_MS after the last time, or in the next frame if that is over. */
  requestLater() {
    if (this.#asked || this.#waits) return;
    const left = this.#drawnAt + SPACING_MS - this.clock.now();
    if (left <= 0) return this.request();
    this.#waits = true;
    this.clock.setTimeout(() => {
      this.#waits = false;
      this.request();
    }, left);
  }

  /** Draw in the next frame, for what a person did. A hidden page has none: what came meanwhile is drawn once when it is seen again. */
  request() {
    if (this.#asked) return;
    this.#asked = true;
    this.nextFrame(() => {
      this.#asked = false;
      this.#drawnAt = this.clock.now();
      this.draw();
    });
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
 * How far a bar is filled, by a transform, which costs no layout.
 *
 * @param {{ style: { transform: string } }} bar
 * @param {number} share from 0 to 1
 */
export function setShare(bar, share) {
  if (shares.get(bar) === share) return;
  shares.set(bar, share);
  bar.style.transform = `scaleX(${share})`;
}
