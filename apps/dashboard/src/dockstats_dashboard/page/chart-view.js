/**
 * What charts that belong together have in common: the stretch of time, the cursor in it, zooming, and when to draw.
 *
 * Data is drawn at most twice a second, a person's action at once, and the cursor without drawing any chart.
 * Not here: the charts (chart), what they show (detail-charts, compare-panel).
 *
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./scene.js").App} App
 */

import { timeWindow, zoomAround, zoomBetween } from "./axis.js";
import { theme } from "./colours.js";
import { clock } from "./format.js";
import { Frame } from "./frame.js";

const EVERY_MS = 490; // a little less than half a second

export class ChartView {
  /** @type {Scene | null} */
  scene = null;
  /** Of one chart, in pixels, without its labels. */
  width = 0;
  /** On the dashboard's clock. @type {number | null} */
  #cursorAt = null;
  #drawnAt = -Infinity;
  #drawnVersion = -1;
  /** What a person asked for, by identity. @type {unknown[]} */
  #asked = [];
  #dirty = true;

  /**
   * @param {() => App | null} app
   * @param {() => void} drawCursor
   */
  constructor(app, drawCursor) {
    this.app = app;
    this.frame = new Frame(drawCursor);
  }

  /**
   * Whether the charts are to be drawn now.
   *
   * @param {Scene} scene
   * @param {number} version of the data
   * @param {...unknown} asked whatever else must show at once when it is another
   */
  isDue(scene, version, ...asked) {
    this.scene = scene;
    const { view, settings, now, paused } = scene;
    const all = [view, settings, paused && now, theme(), ...asked]; // another instant is another picture
    const still = version === this.#drawnVersion && (paused || view.zoom !== null);
    const same = all.length === this.#asked.length && all.every((value, index) => value === this.#asked[index]);
    this.#asked = all;
    if (same && !this.#dirty && (still || Math.abs(now - this.#drawnAt) < EVERY_MS)) return false;
    this.#dirty = false;
    this.#drawnAt = now;
    this.#drawnVersion = version;
    return true;
  }

  /** All must be drawn anew. */
  redraw() {
    this.#dirty = true;
    this.app()?.requestDraw();
  }

  /** The top that charts had, to stay steady while time goes on; one that stands still is the same for everybody. @param {number} top */
  topBefore(top) {
    return this.scene === null || this.scene.paused || this.scene.view.zoom !== null ? 0 : top;
  }

  get window() {
    return this.scene === null ? null : timeWindow(this.scene.view, this.scene.now, this.width);
  }

  /** Where the cursor is, if it is in what is shown. */
  get cursorAt() {
    const { window, scene } = this;
    const at = this.#cursorAt;
    if (window === null || scene === null || at === null) return null;
    return at >= window.from && at <= Math.min(window.to, scene.now) ? at : null;
  }

  /** @param {number | null} at null: no cursor */
  point(at) {
    if (at === this.#cursorAt) return;
    this.#cursorAt = at;
    this.frame.request();
  }

  /**
   * What a person does in a chart.
   *
   * @param {() => number} stepMs how far a key moves the cursor
   * @param {(at: number) => string} told what is said of an instant
   * @returns {import("./chart.js").Deeds}
   */
  deeds(stepMs, told) {
    return {
      point: (at) => this.point(at),
      resized: () => this.redraw(),
      select: (one, other) => {
        const zoom = zoomBetween(one, other);
        if (zoom !== null) this.app()?.view.set({ zoom });
      },
      step: (steps) => {
        const { window, scene } = this;
        if (window === null || scene === null) return;
        const to = Math.min(window.to, scene.now);
        const wanted = (this.#cursorAt ?? to) + steps * Math.max(window.columnMs, stepMs());
        const at = Math.min(to, Math.max(window.from, wanted));
        this.point(at);
        this.app()?.say(`${clock(at)}: ${told(at)}`);
      },
      zoom: (factor) => {
        const { window, scene } = this;
        if (window === null || scene === null) return;
        const at = this.#cursorAt ?? window.to; // the middle may have nothing to show yet
        const zoom = zoomAround(window, at, factor, scene.now, scene.view.rangeMs);
        this.app()?.view.set({ zoom });
        this.app()?.say(zoom === null ? "whole range" : `${clock(zoom.from)} to ${clock(zoom.to)}`);
      },
    };
  }
}
