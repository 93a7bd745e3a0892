/**
 * The page, put together: stream -> messages -> fleet -> scene -> one drawing pass a frame; and what a person asks for.
 *
 * The only place that knows all parts. Not here: what any of them does.
 */

import { followInAddress } from "./address.js";
import { choicesOf } from "./columns.js";
import { ContainerTable } from "./container-table.js";
import { textElement } from "./dom.js";
import { parseFilter } from "./filter-terms.js";
import { nextCpuUnit } from "./format.js";
import { Frame, setAttribute, setClass, setText } from "./frame.js";
import { fetchMoment, fetchSparklines } from "./history.js";
import { actionOf } from "./keys.js";
import { decode } from "./messages.js";
import { Fleet } from "./model.js";
import { PageHead } from "./page-head.js";
import { Parts } from "./parts.js";
import { Past } from "./past.js";
import { sceneOf } from "./scene.js";
import { Settings } from "./settings.js";
import { SharedStream } from "./shared-stream.js";
import { StreamHealth } from "./stream-health.js";
import { browserClock } from "./stream.js";
import { TimeMachine } from "./time-machine.js";
import { fromQuery } from "./url.js";
import { GROUPS, ViewState } from "./view-state.js";
import { explainOnDemand } from "./why.js";

/** @typedef {import("./ask.js").Wish} Wish */
/** @typedef {import("./scene.js").Scene} Scene */

const TICK_MS = 1000; // ages and silence show without any message
const REST_MS = 500;

const head = /** @type {PageHead} */ (document.querySelector("page-head"));
const table = /** @type {ContainerTable} */ (document.querySelector("container-table"));
/** @type {import("./time-bar.js").TimeBar | null} */
let timeBar = null;
/** @type {import("./background.js").Background | null} */
let background = null;
/** What stands around the table, once it has come. @type {HTMLElement[]} */
const around = [];
const spoken = textElement("div", "unseen");
spoken.element.setAttribute("role", "status");
document.body.append(spoken.element);

const settings = new Settings(window);
const view = new ViewState(fromQuery(location.search));
const live = new Fleet();
const frame = new Frame(draw);
const requestDraw = () => frame.request();
const time = new TimeMachine({ fleet: live, clock: browserClock, fetchMoment, fetchSparklines, onChange: timeChanged });
const past = new Past({ fleet: live, onFilled: pastFilled });
const health = new StreamHealth();
const stream = new SharedStream({ onMessage: take, onState: streamChanged, quietMs: () => live.quietMs });
const app = { view, settings, time, live, requestDraw, say };
const parts = new Parts({
  onHere(name, part) {
    Object.assign(part, { app });
    if (name === "doctor-view") Object.assign(part, { health });
    if (name === "compare-panel") document.querySelector("main")?.append(part);
    requestDraw();
  },
  onFailed: () => say("A file of this page did not arrive; try again."),
});
let filter = parseFilter(view.state.filter);
/** @type {(value: null) => void} */
let firstDrawn = () => {};

/** @param {string} text */
function say(text) {
  setText(spoken.text, text);
}

/** @param {unknown} data @param {number} at when it came, on this browser's clock */
function take(data, at) {
  const message = decode(data);
  if (message === null) return; // from a newer dashboard, or none of ours
  const isFirst = message.type === "container_stats_columns" && live.host(message.agent_id)?.batch === null;
  live.take(message, at);
  if (message.type === "agent_list") {
    health.forget();
    void past.fill();
    const { instant } = view.state;
    if (instant !== null && time.instant === null) time.goTo(instant); // the address named it
  }
  if (message.type !== "container_stats_columns") return frame.requestLater();
  const intervalMs = live.host(message.agent_id)?.intervalMs ?? TICK_MS;
  health.arrived(message.agent_id, { at, receivedAt: message.received_at, intervalMs });
  if (isFirst) requestDraw();
  else frame.requestLater();
}

function streamChanged() {
  requestDraw();
}

function pastFilled() {
  time.refresh();
  frame.requestLater();
}

function timeChanged() {
  view.set({ instant: time.instant });
  requestDraw();
}

/** @returns {Scene} */
function sceneNow() {
  return sceneOf({
    fleet: time.shown,
    instant: time.instant,
    browserNow: Date.now(),
    streamState: stream.state,
    view: view.state,
    settings: settings.value,
    matches: filter.matches,
  });
}

/** In turns that cost about the same. */
function* draw() {
  const scene = sceneNow();
  setClass(document.body, [view.state.kiosk ? "kiosk" : "", scene.paused ? "paused" : ""].filter(Boolean).join(" "));
  const { open, pinned, compare, doctor } = view.state;
  if (open !== null || pinned.length > 0) parts.want("detail-drawer"); // which keeps the points of both
  if (compare) parts.want("compare-panel");
  if (doctor) parts.want("doctor-view", (part) => (part.shared = stream.shared));
  drawAll([head, table], scene);
  if (scene.live) firstDrawn(null);
  yield;
  drawAll(around, scene);
  yield;
  drawAll(parts.here, scene);
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

/** Also while the page is hidden, which draws no frames. */
function tick() {
  const scene = sceneOf({
    fleet: live,
    instant: null,
    browserNow: Date.now(),
    streamState: stream.state,
    view: view.state,
    settings: settings.value,
    matches: () => false,
  });
  background?.look(scene, time.instant !== null);
  requestDraw();
}

/** What is not needed for the first figures, once they are drawn or have let wait for themselves. */
async function bringTheRest() {
  await Promise.race([new Promise((resolve) => (firstDrawn = resolve)), new Promise((resolve) => setTimeout(resolve, REST_MS))]);
  const [, hostLine, bar, watching] = await Promise.all([
    import("./fleet-bar.js"),
    import("./host-line.js"),
    import("./time-bar.js"),
    import("./background.js"),
  ]);
  const line = /** @type {InstanceType<typeof hostLine.HostLine>} */ (document.querySelector("host-line"));
  line.onDetail = (agentId) => parts.want("host-detail", (dialog) => dialog.show(agentId));
  timeBar = /** @type {InstanceType<typeof bar.TimeBar>} */ (document.querySelector("time-bar"));
  background = new watching.Background();
  around.push(/** @type {HTMLElement} */ (document.querySelector("fleet-bar")), line, timeBar);
  for (const area of around) Object.assign(area, { app });
  requestDraw();
}

/** What a person asks for, by a key or a button. @param {Wish} wish @param {Element} [from] */
function answer(wish, from) {
  switch (wish) {
    case "filter":
      return head.filter.enter();
    case "down":
      return table.moveCursor(1);
    case "up":
      return table.moveCursor(-1);
    case "open":
      return table.openCursor();
    case "pin":
      return pin(table.cursor ?? view.state.open);
    case "compare":
      if (view.state.pinned.length === 0) say("Pin containers first, with p; then c compares them.");
      return view.set({ compare: !view.state.compare });
    case "sort":
      return view.set({ sort: { column: after(sortable(), view.state.sort.column), descending: true } });
    case "group":
      return view.set({ group: after(GROUPS, view.state.group) });
    case "unit":
      return settings.set({ cpuUnit: nextCpuUnit(settings.value.cpuUnit) });
    case "moves":
      return table.applyMoves();
    case "pause":
      return time.instant === null ? time.pause() : time.live();
    case "live":
      return time.live();
    case "changes":
      return void complete.then(() => timeBar?.toggleChanges());
    case "columns":
      return parts.want("columns-menu", (menu) => {
        menu.folded = table.folded;
        menu.open(from instanceof HTMLElement ? from : head);
      });
    case "settings":
      return parts.want("settings-dialog", (dialog) => dialog.open());
    case "keys":
      return parts.want("keys-dialog", (dialog) => dialog.open());
    case "export":
      return void exportTable();
    case "doctor":
      return view.set({ doctor: true });
    case "hurry":
      return stream.hurry();
    case "leave":
      return leave();
  }
}

/** Closes one thing, what lies on top first. */
function leave() {
  if (timeBar?.leave()) return;
  if (view.state.compare) return view.set({ compare: false });
  if (view.state.open === null) return;
  view.set({ open: null, zoom: null });
  table.focusCursor();
}

/** @param {string | null} key */
function pin(key) {
  if (key === null) return say("Go to a container first, with j and k.");
  if (!view.togglePin(key)) say("Eight containers are pinned already; unpin one first.");
}

async function exportTable() {
  const { exportTable: save } = await import("./export.js");
  save(sceneNow());
}

/** The one after `one`; the first after the last. @template T @param {readonly T[]} list @param {T} one @returns {T} */
function after(list, one) {
  return /** @type {T} */ (list[(list.indexOf(one) + 1) % list.length]);
}

function sortable() {
  const shown = choicesOf(settings.value.columns).filter((choice) => choice.shown && !table.folded.has(choice.id));
  return shown.map((choice) => choice.id);
}

view.onChange((state, before) => {
  if (state.filter !== before.filter) filter = parseFilter(state.filter);
  requestDraw();
});

function follow() {
  const { theme } = settings.value;
  setAttribute(document.documentElement, "data-theme", theme === "auto" ? null : theme);
  requestDraw();
}

settings.onChange(follow);
followInAddress(view, window);
document.addEventListener("keydown", (event) => {
  const wish = actionOf(event);
  if (wish === null) return;
  event.preventDefault();
  answer(wish);
});
document.addEventListener("action", (event) => {
  answer(/** @type {CustomEvent<Wish>} */ (event).detail, /** @type {Element} */ (event.target));
});
addEventListener("online", () => stream.wake());
addEventListener("pagehide", () => stream.close());
addEventListener("pageshow", (event) => {
  if (event.persisted) stream.open(); // back from the browser's cache of pages
});

for (const area of [head, table]) Object.assign(area, { app });
explainOnDemand(document);
follow();
setInterval(tick, TICK_MS);
stream.open();

/** Fails when a file did not arrive. */
export const complete = bringTheRest();
