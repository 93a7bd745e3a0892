/**
 * The pinned containers in one chart: one figure of each, told apart by marker, dash and name as well as by colour.
 *
 * Not here: who is pinned (view-state), the points (series-cache).
 *
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./scene.js").App} App
 * @typedef {import("./compare-lines.js").Pinned} Pinned
 */

import { timeTicks, timeWindow } from "./axis.js";
import { Chart } from "./chart.js";
import { ChartView } from "./chart-view.js";
import { CHOICES, choiceOf, comparePicture, labelsOf, labelsWidth, legendText, styleOf } from "./compare-lines.js";
import { element, textElement } from "./dom.js";
import { PNG_WIDTH, exportPng } from "./export.js";
import { utcClock } from "./format.js";
import { setAttribute, setClass, setHidden, setText } from "./frame.js";
import { figureOf } from "./plots.js";
import { RangeButtons } from "./range-buttons.js";
import { seriesOf } from "./series-cache.js";
import { leaveTimeBarFree } from "./sheet.js";
import { TimeAxis, labelsFor } from "./time-axis.js";
import { Track, nearest } from "./track.js";

const STEP_MS = 500;
const MOST_LABELS = 0.3; // of the width
const NARROW_PX = 520; // no room for labels beside the lines: the legend has them

export class ComparePanel extends HTMLElement {
  /** Given before the first scene. @type {App | null} */
  app = null;
  #built = false;
  #choice = CHOICES[0]?.id ?? "cpu";
  /** @type {Pinned[]} */
  #pinned = [];
  #top = 0;
  /** By key, also of those that are gone. @type {Map<string, string>} */
  #names = new Map();

  constructor() {
    super();
    this.view = new ChartView(() => this.app, () => this.#drawCursor());
    this.chart = new Chart(this.view.deeds(() => STEP_MS, (at) => this.#told(at)));
    this.range = new RangeButtons();
    this.axis = new TimeAxis();
    this.legend = element("ul", "legend");
  }

  connectedCallback() {
    this.hidden = !this.#built;
  }

  /** @param {Scene} scene */
  draw(scene) {
    const { app } = this;
    const { compare, pinned } = scene.view;
    if (app === null) return;
    const shown = compare && pinned.length > 0;
    if (shown && this.hidden) leaveTimeBarFree(this);
    setHidden(this, !shown);
    if (!shown) return;
    if (!this.#built) this.#build(app);
    const series = seriesOf(app);
    this.#pinned = pinned.map((key) => {
      const container = scene.fleet.container(key) ?? null;
      if (container !== null) this.#names.set(key, container.name);
      return { key, container, name: this.#names.get(key) ?? key.slice(key.lastIndexOf("/") + 1), entry: series.of(key) };
    });
    const version = this.#pinned.reduce((sum, { entry }) => sum + entry.points.version, 0);
    const states = this.#pinned.map(({ entry }) => entry.state).join();
    if (this.view.isDue(scene, version, states, this.#choice)) this.#drawChart(scene);
    this.#drawCursor(); // the legend never lags behind the table
  }

  /** @param {App} app */
  #build(app) {
    this.#built = true;
    this.range.view = app.view;
    const metric = element("select", "");
    metric.setAttribute("aria-label", "What to compare");
    for (const { id, title } of CHOICES) metric.append(new Option(title, id));
    metric.addEventListener("change", () => {
      this.#choice = metric.value;
      this.#top = 0;
      this.view.redraw();
    });
    const png = element("button", "", "PNG");
    png.type = "button";
    png.setAttribute("aria-label", "the chart as PNG");
    png.addEventListener("click", () => void this.#export());
    const close = element("button", "close", "✕");
    close.type = "button";
    close.title = "Close (c)";
    close.setAttribute("aria-label", "close the comparison");
    close.addEventListener("click", () => app.view.set({ compare: false }));
    const head = element("div", "compare-top", element("h2", "", "Compare"), metric, this.range.element, png, close);
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Comparison of pinned containers");
    this.append(head, element("div", "charts", this.chart.element, this.axis.element), this.legend);
  }

  /** @param {Scene} scene */
  #drawChart(scene) {
    const { chart } = this;
    if (chart.width === 0) return; // not laid out yet: it asks again
    const right = chart.width < NARROW_PX ? 0 : Math.min(this.#labelsWidth, MOST_LABELS * chart.width);
    this.view.width = chart.width - right;
    const picture = this.#picture(scene, chart.width - right, right);
    this.#top = picture.top;
    chart.draw(picture);
    this.axis.draw(picture.ticks, picture, chart.width - right);
    const { title } = choiceOf(this.#choice);
    setAttribute(chart.canvas, "aria-label", `${title} of ${this.#pinned.map(({ name }) => name).join(", ")}`);
  }

  get #labelsWidth() {
    return labelsWidth(labelsOf(this.#pinned));
  }

  /** @param {Scene} scene @param {number} width of the lines @param {number} right @param {(at: number) => string} [clockOf] */
  #picture(scene, width, right, clockOf) {
    const window = timeWindow(scene.view, scene.now, width);
    const ticks = timeTicks(window.from, window.to, labelsFor(width), clockOf);
    const { format, now } = scene;
    const shown = { id: this.#choice, pinned: this.#pinned, format, until: now };
    return comparePicture({ ...shown, window, ticks, right, topBefore: this.view.topBefore(this.#top) });
  }

  #drawCursor() {
    const { scene, cursorAt: inside } = this.view;
    if (scene === null) return;
    this.chart.point(inside);
    this.range.draw(scene.view, inside);
    this.#drawLegend(scene, inside);
  }

  /** @param {Scene} scene @param {number | null} at */
  #drawLegend(scene, at) {
    while (this.legend.children.length > this.#pinned.length) this.legend.lastElementChild?.remove();
    this.#pinned.forEach((pinned, index) => {
      const line = this.legend.children[index] ?? this.legend.appendChild(this.#legendLine());
      const [marker, name, host, value, unpin] = [...line.children];
      const { container, key } = pinned;
      const old = container === null || !container.host.isLive(scene.now);
      setClass(/** @type {HTMLElement} */ (line), old ? "old" : "");
      const { style } = /** @type {HTMLElement} */ (marker);
      const colour = `var(${styleOf(index).colour})`;
      if (style.color !== colour) style.color = colour;
      setText(textOf(marker), styleOf(index).marker);
      setText(textOf(name), pinned.name);
      setText(textOf(host), container?.host.label ?? "");
      setText(textOf(value), this.#valueOf(pinned, scene, at));
      setAttribute(/** @type {Element} */ (unpin), "aria-label", `unpin ${pinned.name}`);
      setAttribute(/** @type {Element} */ (unpin), "data-key", key);
    });
  }

  #legendLine() {
    const unpin = element("button", "close", "✕");
    unpin.type = "button";
    unpin.addEventListener("click", () => this.app?.view.togglePin(unpin.dataset["key"] ?? ""));
    const marker = textElement("span", "marker").element;
    marker.setAttribute("aria-hidden", "true");
    const texts = [textElement("bdi", ""), textElement("bdi", "fact"), textElement("span", "figure")];
    return element("li", "", marker, ...texts.map((text) => text.element), unpin);
  }

  /** @param {Pinned} pinned @param {Scene} scene @param {number | null} at */
  #valueOf({ entry, container }, scene, at) {
    const { names } = choiceOf(this.#choice);
    const figure = (/** @type {string} */ name) => {
      if (at === null) return figureOf(container?.sample ?? null, name) ?? NaN;
      const gapMs = Math.max(container?.host.silentAfterMs ?? 0, 2 * (this.view.window?.columnMs ?? 0));
      return Number(entry.points.column(name)[nearest(new Track(entry.points), at, gapMs)] ?? NaN);
    };
    return legendText(this.#choice, names.map(figure), container, scene.format);
  }

  /** @param {number} at */
  #told(at) {
    const { scene } = this.view;
    if (scene === null) return "no data";
    return this.#pinned.map((pinned) => `${pinned.name} ${this.#valueOf(pinned, scene, at)}`).join(", ");
  }

  async #export() {
    const { scene } = this.view;
    if (scene === null) return;
    const right = this.#labelsWidth;
    const picture = this.#picture(scene, PNG_WIDTH - right, right, utcClock);
    const done = await exportPng(picture, `${choiceOf(this.#choice).title} compared`);
    this.app?.tell(done ? "The picture is on its way." : "This browser could not make the picture.");
  }
}

/** @param {Element | undefined} element */
function textOf(element) {
  return /** @type {Text} */ (element?.firstChild);
}

customElements.define("compare-panel", ComparePanel);
