/**
 * What follows the first figures, put together: head, fleet, hosts, timeline, keys, the past, and parts on demand.
 *
 * The only place that knows all of them. Not here: the table and what feeds it (main), what a wish does (wishes).
 *
 * @typedef {import("./scene.js").App} App
 * @typedef {import("./scene.js").Scene} Scene
 *
 * @typedef {object} Core what was there before
 * @property {App["view"]} view
 * @property {App["settings"]} settings
 * @property {App["live"]} live
 * @property {import("./shared-stream.js").SharedStream} stream
 * @property {import("./container-table.js").ContainerTable} table
 * @property {import("./frame.js").Frame} frame
 * @property {App["requestDraw"]} requestDraw
 * @property {App["say"]} say
 * @property {() => Scene | null} sceneNow
 */

import { Background } from "./background.js";
import { BucketSeries } from "./buckets.js";
import { ClockWatch } from "./clock-watch.js";
import { browserClock } from "./clock.js";
import "./fleet-bar.js";
import { fetchMoment, fetchSparklines } from "./history.js";
import "./host-line.js";
import { HOST_COLUMNS } from "./host.js";
import { actionOf, isThroughTime } from "./keys.js";
import "./page-head.js";
import { Parts } from "./parts.js";
import { Past } from "./past.js";
import { sceneOf } from "./scene.js";
import { SparkColumns } from "./spark-columns.js";
import { StreamHealth } from "./stream-health.js";
import { TableEmpty } from "./table-empty.js";
import { TableHands } from "./table-hands.js";
import "./time-bar.js";
import { TimeMachine } from "./time-machine.js";
import { Voice } from "./voice.js";
import { explainOnDemand } from "./why-box.js";
import { Wishes } from "./wishes.js";

const TICK_MS = 1000;
const NOT_ARRIVED = "A file of this page did not arrive";

export class Rest {
  #background = new Background();
  #clocks = new ClockWatch();
  #health = new StreamHealth();
  #past;
  #timeBar;
  #wishes;
  voice = new Voice(document.body);

  /** @param {Core} core */
  constructor(core) {
    const { view, settings, live, frame, table, requestDraw, say } = core;
    this.core = core;
    live.keepSeries(() => new BucketSeries(HOST_COLUMNS));
    this.time = new TimeMachine({
      fleet: live,
      clock: browserClock,
      fetchMoment,
      fetchSparklines,
      onChange: () => this.#timeChanged(),
    });
    this.#past = new Past({
      fleet: live,
      onFilled: () => {
        this.time.refresh();
        frame.requestLater();
      },
    });
    /** @type {App} */
    const app = {
      view,
      settings,
      live,
      requestDraw,
      say,
      tell: (text) => this.voice.tell(text),
      bring: (coming, use) => void coming.then(use, () => this.#failed()),
      time: this.time,
    };
    this.parts = new Parts({
      onHere: (name, part) => {
        Object.assign(part, { app });
        if (name === "columns-menu") Object.assign(part, { table });
        if (name === "doctor-view") Object.assign(part, { health: this.#health, stream: core.stream });
        if (name === "compare-panel") document.querySelector("main")?.append(part);
        requestDraw();
      },
      onFailed: () => this.#failed(),
      onMissing: () => this.missing(),
    });
    const head = /** @type {import("./page-head.js").PageHead} */ (document.querySelector("page-head"));
    const hostLine = /** @type {import("./host-line.js").HostLine} */ (document.querySelector("host-line"));
    const timeBar = (this.#timeBar = /** @type {import("./time-bar.js").TimeBar} */ (document.querySelector("time-bar")));
    hostLine.onDetail = (agentId) => this.parts.want("host-detail", (dialog) => dialog.show(agentId));
    /** @type {HTMLElement[]} */
    this.around = [head, /** @type {HTMLElement} */ (document.querySelector("fleet-bar")), hostLine, timeBar];
    for (const area of this.around) Object.assign(area, { app });
    this.#wishes = new Wishes({ ...core, app, parts: this.parts, head, timeBar });
    table.sparks = new SparkColumns();
    table.empty = new TableEmpty(() => view.set({ filter: "" }));
    table.append(table.empty.element);
    new TableHands(table, app);
    const stop = view.onChange(() => {
      const follow = (/** @type {typeof import("./address.js")} */ { followInAddress }) => stop() && followInAddress(view, window);
      import("./address.js").then(follow, () => {}); // the next change tries again
    });
    explainOnDemand(document);
    document.addEventListener("keydown", (event) => this.press(event));
    document.addEventListener("action", (event) => {
      const { detail, target } = /** @type {CustomEvent<import("./ask.js").Wish>} */ (event);
      this.#wishes.answer(detail, /** @type {Element} */ (target));
    });
    setInterval(() => this.#tick(), TICK_MS);
    if (live.hosts !== null) this.#listed();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const wish = actionOf(event);
    if (wish === null) {
      if (this.time.instant !== null && isThroughTime(event)) this.#throughTime(event);
      return;
    }
    event.preventDefault();
    this.#wishes.answer(wish);
  }

  /** As if the timeline had the focus. @param {KeyboardEvent} event */
  #throughTime(event) {
    const { key, shiftKey } = event;
    event.preventDefault();
    this.#timeBar.slider.element.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey }));
  }

  /** A message that the live fleet has taken. @param {import("./messages.js").StreamMessage} message @param {number} at */
  take(message, at) {
    if (message.type === "agent_list") this.#listed();
    if (message.type !== "container_stats_columns") return;
    this.#clocks.took(this.core.live, message, at);
    const host = this.core.live.host(message.agent_id);
    const intervalMs = host?.intervalMs ?? TICK_MS;
    this.#health.arrived(message.agent_id, { at, receivedAt: message.received_at, intervalMs });
    for (const part of this.parts.here) /** @type {{ take?: (of: typeof host) => void }} */ (part).take?.(host);
  }

  /** What was drawn before is the table. @param {Scene} scene */
  *draw(scene) {
    const { open, pinned, compare, doctor } = scene.view;
    if (open !== null || pinned.length > 0) this.parts.need("detail-drawer"); // which keeps the points of both
    if (compare) this.parts.need("compare-panel");
    if (doctor) this.parts.need("doctor-view");
    yield;
    drawAll(this.around, scene);
    yield;
    drawAll(this.parts.here, scene);
  }

  /** A person asked for it, and may ask again. */
  #failed() {
    this.voice.tell(`${NOT_ARRIVED}; try again.`);
  }

  /** It is asked for with every drawing, until it is there. */
  missing() {
    this.voice.keep(`${NOT_ARRIVED}; it is asked for again.`);
  }

  /** The dashboard has named its agents: everything is told anew. */
  #listed() {
    this.#health.forget();
    void this.#past.fill();
    const { instant } = this.core.view.state;
    if (instant !== null && this.time.instant === null) this.time.goTo(instant); // the address named it
  }

  #timeChanged() {
    this.core.view.set({ instant: this.time.instant });
    this.core.requestDraw();
  }

  /** Also while the page is hidden, which draws no frames. */
  #tick() {
    const { live, stream, view, settings } = this.core;
    const scene = sceneOf({
      fleet: live,
      instant: null,
      browserNow: Date.now(),
      streamState: stream.state,
      view: view.state,
      settings: settings.value,
      filter: null,
      grouping: null,
    });
    this.#background.look(scene, this.time.instant !== null);
  }
}

/** @param {Iterable<HTMLElement>} some @param {Scene} scene */
function drawAll(some, scene) {
  for (const part of some) {
    try {
      /** @type {{ draw?: (scene: Scene) => void }} */ (part).draw?.(scene);
    } catch (fault) {
      reportError(fault); // a fault of one area must not leave the others with old figures
    }
  }
}
