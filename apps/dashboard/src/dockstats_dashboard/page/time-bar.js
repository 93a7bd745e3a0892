/**
 * The bottom edge of the page: the last half hour of the whole fleet, what happened in it, and the way there; above it,
 * over the page, so that nothing moves when a person pauses, that it stands still, and the way back.
 *
 * It shows the live fleet whatever instant the page stands at: a person in the past sees how far back it is.
 * Not here: dragging (time-slider), ticks (time-marks), what changed (changes-panel), the past itself (time-machine).
 *
 * @typedef {import("./scene.js").App} App
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./timeline.js").Span} Span
 * @typedef {import("./model.js").Host} Host
 */

import { timeTicks } from "./axis.js";
import { BUCKET_MS, sumOf } from "./buckets.js";
import { element, textElement } from "./dom.js";
import { age, clock, cores, instant as instantText } from "./format.js";
import { setAttribute, setClass, setHidden, setText } from "./frame.js";
import { MiniChart } from "./mini-chart.js";
import { PageNotice } from "./notice.js";
import { pastSituation, streamSentence } from "./situation.js";
import { TimeAxis } from "./time-axis.js";
import { TICK_PX, TimeMarks } from "./time-marks.js";
import { TimeSlider, move } from "./time-slider.js";
import { ticksOf } from "./time-ticks.js";
import { placeOf, spanAt } from "./timeline.js";

const ONE_CORE_PCT = 100;
const TAG_PX = 148;
const NARROW_PX = 480;

export class TimeBar extends HTMLElement {
  #built = false;
  #drawnBucket = -1;
  #width = 0;
  /** What the ticks were made of. @type {readonly unknown[]} */
  #ticksOf = [];
  /** CPU of all hosts together, oldest bucket first. @type {Float32Array} */
  #cpu = new Float32Array(0);
  #cpuNewestAt = 0;
  /** Where the pointer is. @type {number | null} */
  #pointedAt = null;
  /** Set once, before the first drawing. @type {App | null} */
  app = null;

  constructor() {
    super();
    this.clock = textElement("span", "time-clock");
    this.note = textElement("span", "time-note");
    this.chart = new MiniChart("time-chart");
    this.slider = new TimeSlider({
      go: (instant) => this.#go(instant),
      point: (at) => this.#point(at),
      pause: () => (this.app?.time.instant === null ? this.app.time.pause() : this.app?.time.live()),
    });
    this.marks = new TimeMarks((at) => this.#go(at));
    this.cursor = element("div", "time-cursor");
    this.tagTime = textElement("span", "figure");
    this.tagValue = textElement("span", "fact");
    this.tag = element("div", "time-tag", this.tagTime.element, " ", this.tagValue.element);
    this.axis = new TimeAxis();
    this.notice = new PageNotice();
    this.hint = element("span", "time-hint", "drag to go back");
    this.changes = button("time-changes", "what ", "changed", "d");
    /** Comes when it is first opened. @type {import("./changes-panel.js").ChangesPanel | null} */
    this.panel = null;
  }

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Timeline");
    this.tag.hidden = this.cursor.hidden = true;
    this.tag.setAttribute("aria-hidden", "true");
    const place = element(
      "div",
      "time-place",
      this.chart.canvas,
      this.axis.element,
      this.cursor,
      this.slider.element,
      this.marks.element,
      this.tag,
    );
    this.append(
      this.notice,
      element("div", "time-now", this.clock.element, this.note.element),
      place,
      element("div", "time-ways", element("div", "time-way", this.hint), this.changes),
    );
    this.notice.onAction = () => this.app?.time.live();
    this.changes.addEventListener("click", () => this.toggleChanges());
    this.changes.setAttribute("aria-expanded", "false");
    new ResizeObserver(([entry]) => {
      this.#width = this.slider.width = Math.floor(entry?.contentRect.width ?? 0);
      this.#drawnBucket = -1;
      this.app?.requestDraw();
    }).observe(place);
  }

  /** Opens or closes the list of what changed. */
  toggleChanges() {
    const { app } = this;
    if (app === null || this.leave()) return;
    app.bring(import("./changes-panel.js"), ({ ChangesPanel }) => {
      this.panel ??= this.#place(new ChangesPanel());
      setAttribute(this.changes, "aria-expanded", "true");
      this.panel.open(app);
    });
  }

  /** @param {import("./changes-panel.js").ChangesPanel} panel */
  #place(panel) {
    panel.onClose = (focused) => {
      setAttribute(this.changes, "aria-expanded", "false");
      if (focused) this.changes.focus();
    };
    this.append(panel);
    return panel;
  }

  /** Closes what is open; whether there was something. */
  leave() {
    if (this.panel === null || this.panel.hidden) return false;
    this.panel.close();
    return true;
  }

  /** @param {Scene} scene */
  draw(scene) {
    const { app } = this;
    if (app === null) return;
    const { instant, oldest } = app.time;
    const browserNow = Date.now();
    const now = app.live.remote(browserNow);
    const span = spanAt(now, oldest);
    setText(this.clock.text, instant === null ? clock(now) : `‖ ${instantText(instant, now)}`);
    setText(this.note.text, instant === null ? "last 30 min" : `${age(Math.max(0, now - instant))} ago`);
    setClass(this, instant === null ? "" : "paused");
    setHidden(this.hint, instant !== null || app.live.hosts === null);
    const arriving = streamSentence(scene.streamState, true, browserNow, instant) === null;
    this.notice.draw(pastSituation(app.time, now, arriving), browserNow);
    this.slider.draw(span, instant);
    const hosts = app.live.hosts ?? [];
    this.#drawMarks(hosts, span);
    const bucket = Math.floor(now / BUCKET_MS);
    if (bucket !== this.#drawnBucket) {
      this.#drawnBucket = bucket;
      this.#drawChart(hosts, bucket - 1); // the last whole one: the one that fills would show as a dip
      // Every 5 minutes; where there is less room, every 10.
      this.axis.draw(timeTicks(span.from, span.to, this.#width < NARROW_PX ? 4 : 7), span, this.#width);
    }
    this.#drawTag(span);
    this.panel?.draw(scene);
  }

  /** @param {Host[]} hosts @param {number} bucket */
  #drawChart(hosts, bucket) {
    const buckets = sumOf(hosts.map((host) => host.series), "cpu_pct", bucket * BUCKET_MS);
    this.#cpu = buckets.values;
    this.#cpuNewestAt = bucket * BUCKET_MS;
    this.chart.draw({ newestAt: this.#cpuNewestAt, revision: "", values: () => this.#cpu }, { least: ONE_CORE_PCT });
    const last = this.#cpu[this.#cpu.length - 1] ?? NaN;
    const said = Number.isNaN(last) ? "not known now" : `${cores(last)} cores now`;
    this.chart.name(`CPU of all hosts in the last 30 minutes, ${said}`);
  }

  /** @param {Host[]} hosts @param {Span} span */
  #drawMarks(hosts, span) {
    if (this.#width === 0) return;
    const apartMs = Math.ceil((TICK_PX * (span.to - span.from)) / this.#width);
    // Anew only for other events, another width, or when the left edge passed the next stretch.
    const made = [apartMs, Math.floor(span.from / apartMs), ...hosts.map((host) => host.events)];
    if (made.length !== this.#ticksOf.length || made.some((part, index) => part !== this.#ticksOf[index])) {
      this.#ticksOf = made;
      this.marks.draw(ticksOf(hosts, span.from, span.to, apartMs), span, this.#width);
    } else {
      this.marks.follow(span);
    }
  }

  /** The time and the value under the pointer. @param {Span} span */
  #drawTag(span) {
    const at = this.#pointedAt;
    setHidden(this.tag, at === null);
    setHidden(this.cursor, at === null);
    if (at === null) return;
    const x = placeOf(span, at) * this.#width;
    const bucketsBack = Math.round((this.#cpuNewestAt - Math.floor(at / BUCKET_MS) * BUCKET_MS) / BUCKET_MS);
    const value = this.#cpu[this.#cpu.length - 1 - Math.max(0, bucketsBack)] ?? NaN;
    setText(this.tagTime.text, clock(at));
    setText(this.tagValue.text, Number.isNaN(value) ? "not known" : `≈ ${cores(value)} cores`); // the mean of its two seconds
    move(this.cursor, x);
    move(this.tag, Math.max(0, Math.min(this.#width - TAG_PX, x - TAG_PX / 2)));
  }

  /** @param {number | null} instant null: live */
  #go(instant) {
    if (instant === null) this.app?.time.live();
    else this.app?.time.goTo(instant);
  }

  /** @param {number | null} at */
  #point(at) {
    this.#pointedAt = at;
    this.app?.requestDraw();
  }
}

/**
 * @param {string} className
 * @param {string} first left out where there is little room
 * @param {string} last
 * @param {string} key
 */
function button(className, first, last, key) {
  const hint = element("kbd", "", key);
  hint.setAttribute("aria-hidden", "true");
  const made = element("button", className, element("span", "wide", first), last, hint);
  made.type = "button";
  made.setAttribute("aria-keyshortcuts", key);
  return made;
}

customElements.define("time-bar", TimeBar);
