/**
 * The charts of one container above each other: one time axis, one cursor, the values in their heads.
 *
 * Not here: when they are drawn and what a person does there (chart-view), what each shows (plots, plot-picture,
 * plot-values), the points (series-cache).
 *
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./scene.js").App} App
 * @typedef {import("./model.js").Container} Container
 * @typedef {import("./plots.js").Plot} Plot
 * @typedef {import("./plots.js").Scale} Scale
 *
 * @typedef {object} Subject whose charts they are
 * @property {string} key
 * @property {string} name
 * @property {Container | null} container null: it is not there any more
 * @property {import("./model.js").Host | null} host
 * @property {import("./series-cache.js").Entry} entry
 * @property {import("./messages.js").ContainerEvent[]} events
 */

import { timeTicks, timeWindow } from "./axis.js";
import { Chart } from "./chart.js";
import { ChartView } from "./chart-view.js";
import { element, textElement } from "./dom.js";
import { utcClock } from "./format.js";
import { setAttribute, setClass, setHidden, setText } from "./frame.js";
import { PlotHead } from "./plot-head.js";
import { hasLayers, plotPicture } from "./plot-picture.js";
import { headOf, summary } from "./plot-values.js";
import { PLOTS, figureOf, reasonCode, valueText } from "./plots.js";
import { RangeButtons } from "./range-buttons.js";
import { reasonOf } from "./reasons.js";
import { TimeAxis, labelsFor } from "./time-axis.js";
import { Track, extent, isKnown, nearest } from "./track.js";

const SUMMARY_EVERY_MS = 10_000; // who listens is not told anew all the time
const SILENT_MS = 3000;
const LABELS_PNG_PX = 90; // at the right of a chart in a file

export class DetailCharts {
  /** @type {Subject | null} */
  #subject = null;
  #summaryAt = -Infinity;

  /** @param {App} app */
  constructor(app) {
    this.view = new ChartView(() => app, () => this.#drawCursor());
    this.range = new RangeButtons();
    this.range.view = app.view;
    this.axis = new TimeAxis();
    this.plots = PLOTS.map((plot) => this.#build(plot));
    this.charts = element("div", "charts", ...this.plots.map(({ place }) => place), this.axis.element);
    this.element = element("section", "detail-charts", this.range.element, this.charts);
    this.element.setAttribute("aria-label", "Charts");
  }

  /** @param {Plot} plot */
  #build(plot) {
    const stepMs = () => this.#subject?.host?.intervalMs ?? 1000;
    const chart = new Chart(this.view.deeds(stepMs, (at) => this.#told(plot, at)));
    const head = new PlotHead(plot.title, plot.why);
    const why = textElement("p", "plot-why");
    const place = element("div", `chart ${plot.id}`, head.element, chart.element, why.element);
    return { plot, chart, head, why, place, top: 0, layered: false, mostThrottled: /** @type {number | null} */ (null) };
  }

  /** @param {Subject} subject @param {Scene} scene */
  draw(subject, scene) {
    if (subject.key !== this.#subject?.key) {
      for (const plot of this.plots) plot.top = 0;
      this.#summaryAt = -Infinity;
    }
    this.#subject = subject;
    const { key, container, events, entry } = subject;
    const { version } = entry.points;
    const due = this.view.isDue(scene, version, key, container?.facts, events.length, entry.state);
    if (due) this.#drawCharts(subject, scene);
    this.#drawCursor(); // the heads never lag behind the table
  }

  /** One chart's picture and words for a file of that width. @param {string} id @param {number} width */
  pictureFor(id, width) {
    const subject = this.#subject;
    const { scene } = this.view;
    const found = this.plots.find(({ plot }) => plot.id === id);
    if (subject === null || scene === null || found === undefined) return null;
    const window = timeWindow(scene.view, scene.now, width - LABELS_PNG_PX);
    const ticks = timeTicks(window.from, window.to, labelsFor(width), utcClock);
    return plotPicture({ ...this.#ask(found.plot, subject, scene, window, ticks), topBefore: 0, right: LABELS_PNG_PX });
  }

  /** @param {Subject} subject @param {Scene} scene */
  #drawCharts(subject, scene) {
    const width = (this.view.width = Math.max(...this.plots.map(({ chart }) => chart.width)));
    const window = timeWindow(scene.view, scene.now, width);
    const ticks = timeTicks(window.from, window.to, labelsFor(width));
    const summarise = scene.now - this.#summaryAt >= SUMMARY_EVERY_MS || scene.paused;
    const until = Math.min(scene.now, window.to);
    const absent = (subject.container?.sample ?? null) === null;
    let said = ""; // of one that did not run it is enough to say so once
    for (const one of this.plots) {
      const { plot, chart, why, place } = one;
      const tracks = plot.lines.map(({ name, word }) => ({ word, track: new Track(subject.entry.points, name) }));
      const known = tracks.some(({ track }) => isKnown(track, window.from, until));
      setHidden(chart.element, !known);
      setHidden(why.element, known);
      one.layered = known && plot.id === "memory" && hasLayers(subject.entry.points, window);
      setClass(place, ["chart", plot.id, known ? "" : "bare", one.layered ? "layered" : ""].filter(Boolean).join(" "));
      if (!known) {
        const words = this.#why(plot, subject);
        setText(why.text, words);
        setHidden(place, absent && words === said);
        said = words;
        continue;
      }
      setHidden(place, false);
      if (chart.width === 0) continue; // not laid out yet: it asks again
      const picture = plotPicture({ ...this.#ask(plot, subject, scene, window, ticks), topBefore: this.view.topBefore(one.top) });
      one.top = picture.top;
      one.mostThrottled = extent(new Track(subject.entry.points, "throttled_pct"), window.from, until)?.high ?? null;
      chart.draw(picture);
      if (!summarise) continue;
      const told = tracks.flatMap(({ word, track }) => {
        const found = extent(track, window.from, until);
        return found === null ? [] : [{ word, ...found }];
      });
      setAttribute(chart.canvas, "aria-label", summary(plot, subject.name, told, scaleOf(subject, scene)));
      this.#summaryAt = scene.now;
    }
    this.axis.draw(ticks, window, width);
  }

  /**
   * @param {Plot} plot
   * @param {Subject} subject
   * @param {Scene} scene
   * @param {import("./axis.js").TimeWindow} window
   * @param {import("./axis.js").Tick[]} ticks
   */
  #ask(plot, subject, scene, window, ticks) {
    return {
      plot,
      points: subject.entry.points,
      container: subject.container,
      scale: scaleOf(subject, scene),
      window,
      ticks,
      events: subject.events,
      gapMs: this.#gapMs(subject, window.columnMs),
      until: scene.now,
      right: 0,
    };
  }

  /** @param {Subject} subject @param {number} columnMs */
  #gapMs(subject, columnMs) {
    return Math.max(subject.host?.silentAfterMs ?? SILENT_MS, 2 * columnMs);
  }

  /** Why a chart has nothing to show. @param {Plot} plot @param {Subject} subject */
  #why(plot, { entry, container }) {
    const sample = container?.sample ?? null;
    const code = sample === null ? undefined : reasonCode(plot, sample.unknown);
    if (code !== undefined) {
      const { word, sentence } = reasonOf(code, container?.facts?.network_of, container?.host);
      return `${word[0]?.toUpperCase()}${word.slice(1)}. ${sentence}`;
    }
    if (entry.state === "loading") return "The past is on its way.";
    if (entry.state === "failed") return "The dashboard did not send the past; it is asked again.";
    if (sample === null) return "It did not run in this time.";
    return "Nothing was read in this time.";
  }

  #drawCursor() {
    const subject = this.#subject;
    const { scene, cursorAt: inside } = this.view;
    if (subject === null || scene === null) return;
    this.range.draw(scene.view, inside);
    const figure = this.#figureAt(inside);
    const sample = subject.container?.sample ?? null;
    for (const { plot, chart, head, layered, mostThrottled } of this.plots) {
      chart.point(inside);
      const code = sample === null ? undefined : reasonCode(plot, sample.unknown);
      const { container } = subject;
      const about = { code, running: sample !== null, past: inside !== null, live: !scene.paused, mostThrottled };
      head.draw(headOf({ plot, figure, container, scale: scaleOf(subject, scene), layered, ...about }));
    }
  }

  /** Figures at the cursor, or the newest. @param {number | null} at @returns {import("./plot-values.js").Figure} */
  #figureAt(at) {
    const subject = /** @type {Subject} */ (this.#subject);
    const sample = subject.container?.sample ?? null;
    if (at === null) return (name) => figureOf(sample, name);
    const { points } = subject.entry;
    const columnMs = this.view.window?.columnMs ?? 0;
    const index = nearest(new Track(points), at, this.#gapMs(subject, columnMs));
    return (name) => {
      const value = index < 0 ? NaN : Number(points.column(name)[index]);
      return Number.isNaN(value) ? null : value;
    };
  }

  /** What a chart says of an instant. @param {Plot} plot @param {number} at */
  #told(plot, at) {
    const subject = this.#subject;
    const { scene } = this.view;
    if (subject === null || scene === null) return "no data";
    const figure = this.#figureAt(at);
    const scale = scaleOf(subject, scene);
    const told = plot.lines.flatMap(({ name, word }) => {
      const value = figure(name);
      return value === null ? [] : [[...valueText(plot.id, value, scale), word].filter(Boolean).join(" ")];
    });
    return told.length === 0 ? "no data" : told.join(", ");
  }
}

/** @param {Subject} subject @param {Scene} scene @returns {Scale} */
function scaleOf({ host, container }, { format }) {
  const cores = host?.batch?.host.cores ?? null;
  return { format, cores, limitCores: container?.facts?.cpu_limit_cores ?? null };
}
