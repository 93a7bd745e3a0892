/**
 * Which instant the page shows: now, or one that stands still.
 *
 *     live --pause--> frozen at once, from what is there --goTo--> that instant, from the dashboard --live--> live
 *
 * A person drags faster than a dashboard answers, so one question is asked at a time, and the next one is for the
 * newest instant wanted: every answer is shown, and the last one is right. Not here: the figures (model), asking
 * (history), the control that is dragged (time-bar).
 *
 * @typedef {import("./history.js").Moment} Moment
 * @typedef {import("./history.js").Sparklines} Sparklines
 * @typedef {import("./model.js").Fleet} Fleet
 * @typedef {Pick<import("./clock.js").Clock, "now" | "setTimeout">} Clock
 */

/** From one question to the next: a drag gives no more than eight frames a second. */
export const SPACING_MS = 120;
const SLACK_MS = 2000; // the oldest instant is forgotten while it is asked for

export class TimeMachine {
  /** The instant to ask for next. @type {number | null} */
  #wanted = null;
  #asking = false;
  /** Grows when what is under way is no longer wanted. */
  #turn = 0;

  /**
   * @param {object} options
   * @param {Fleet} options.fleet the live one
   * @param {Clock} options.clock
   * @param {(at: number) => Promise<Moment | null>} options.fetchMoment
   * @param {(at: number) => Promise<Sparklines | null>} options.fetchSparklines
   * @param {() => void} [options.onChange] after each change of what is shown or told
   */
  constructor({ fleet, clock, fetchMoment, fetchSparklines, onChange = () => {} }) {
    this.fleet = fleet;
    this.clock = clock;
    this.fetchMoment = fetchMoment;
    this.fetchSparklines = fetchSparklines;
    this.onChange = onChange;
    /** What the page shows. @type {Fleet} */
    this.shown = fleet;
    /** The instant that was asked for; null: now. @type {number | null} */
    this.instant = null;
    /** The earliest instant the dashboard has, once it said so. @type {number | null} */
    this.oldest = null;
    /** Whether `shown` is not yet of `instant`. */
    this.loading = false;
    /** Why `shown` is not of `instant`, as a sentence. @type {string | null} */
    this.error = null;
  }

  /** Freezes the page as it is. Nothing is fetched. */
  pause() {
    if (this.instant !== null) return;
    this.#stop();
    this.shown = this.fleet.frozen();
    this.instant = this.#now();
    this.onChange();
  }

  /**
   * Shows an earlier instant; one before or after all there is becomes the nearest there is.
   *
   * @param {number} at milliseconds
   */
  goTo(at) {
    if (!Number.isFinite(at)) return;
    if (this.instant === null) this.shown = this.fleet.frozen(); // nothing may move under a fixed time
    const now = this.fleet.hosts === null ? at : this.#now(); // before the first list nobody knows the dashboard's time
    this.instant = Math.min(now, Math.max(at, this.oldest ?? at));
    this.#wanted = this.instant;
    this.loading = true;
    if (!this.#asking) void this.#ask();
    this.onChange();
  }

  /** Back to now. */
  live() {
    if (this.instant === null) return;
    this.#stop();
    this.shown = this.fleet;
    this.instant = null;
    this.onChange();
  }

  /** More of the past is known than when the shown instant was put together. */
  refresh() {
    if (this.instant === null) return;
    for (const host of this.shown.hosts ?? []) {
      const live = this.fleet.host(host.entry.id);
      if (live !== undefined) host.takePastOf(live, this.instant);
    }
    this.onChange();
  }

  #now() {
    return this.fleet.remote(this.clock.now());
  }

  #stop() {
    this.#turn += 1;
    this.#wanted = null;
    this.#asking = false;
    this.loading = false;
    this.error = null;
  }

  async #ask() {
    const turn = this.#turn;
    const at = this.#wanted;
    if (at === null) return;
    this.#wanted = null;
    this.#asking = true;
    const spaced = new Promise((resolve) => this.clock.setTimeout(() => resolve(null), SPACING_MS));
    const [moment, sparklines] = await Promise.all([this.fetchMoment(at), this.fetchSparklines(at)]);
    if (turn !== this.#turn) return;
    this.#take(at, moment, sparklines);
    await spaced;
    if (turn !== this.#turn) return;
    this.#asking = false;
    void this.#ask();
  }

  /** @param {number} at @param {Moment | null} moment @param {Sparklines | null} sparklines */
  #take(at, moment, sparklines) {
    const oldest = moment?.oldest ?? null;
    // The first answer tells how far back there is anything.
    if (this.#wanted === null && oldest !== null && oldest - at > SLACK_MS) {
      this.#wanted = this.instant = Math.ceil(oldest / 1000) * 1000;
    }
    this.loading = this.#wanted !== null;
    this.error = null;
    if (moment === null) {
      this.error = "The dashboard does not tell how it was then. Try again, or go back to live.";
    } else {
      this.oldest = moment.oldest;
      this.shown = this.fleet.asOf(moment.messages, at);
      for (const host of this.shown.hosts ?? []) {
        const past = sparklines?.agents.get(host.entry.id);
        if (past !== undefined) host.fillSparks(past);
      }
    }
    this.onChange();
  }
}
