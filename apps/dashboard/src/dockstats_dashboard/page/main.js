/**
 * The start of the page: stream -> messages -> fleet -> scene -> the table, and nothing that first figures do not need.
 *
 * Everything else follows once they are drawn (rest), and what only some views need when one does (on-demand).
 * Not here: what any part does.
 */

import { browserClock } from "./clock.js";
import { ContainerTable } from "./container-table.js";
import { Frame, setAttribute, setClass } from "./frame.js";
import { decode } from "./messages.js";
import { Fleet } from "./model.js";
import { OnDemand } from "./on-demand.js";
import { sceneOf } from "./scene.js";
import { Settings } from "./settings.js";
import { SharedStream } from "./shared-stream.js";
import { styleSheet } from "./style-sheet.js";
import { ViewState } from "./view-state.js";

/** @typedef {import("./scene.js").Scene} Scene */

const TICK_MS = 1000; // ages and silence show without any message
const REST_MS = 500; // so long it waits for first figures
const REST_SHEETS = ["head.css", "fleet.css", "time.css"];

const table = /** @type {ContainerTable} */ (document.querySelector("container-table"));

const given = location.search === "" ? {} : (await import("./url.js")).fromQuery(location.search);
const settings = new Settings(window);
const view = new ViewState(given);
const live = new Fleet();
const frame = new Frame(draw);
const requestDraw = () => frame.request();
const stream = new SharedStream({ onMessage: take, onState: requestDraw, quietMs: () => live.quietMs });
const modules = new OnDemand({ onHere: requestDraw, onFailed: () => rest?.missing() });
const core = { view, settings, live, stream, table, frame, requestDraw, say, sceneNow };
/** @type {import("./rest.js").Rest | null} */
let rest = null;
/** Pressed before the rest was there. @type {KeyboardEvent[]} */
const early = [];
/** @type {(value: null) => void} */
let firstDrawn = () => {};

/** Heard once the rest is there. @param {string} text */
function say(text) {
  rest?.voice.say(text);
}

/** @param {unknown} data @param {number} at when it came, on this browser's clock */
function take(data, at) {
  const message = decode(data);
  if (message === null) return; // from a newer dashboard, or none of ours
  const isFirst = message.type === "container_stats_columns" && live.host(message.agent_id)?.batch === null;
  live.take(message, at);
  rest?.take(message, at);
  if (isFirst) requestDraw();
  else frame.requestLater();
}

/** Null while something of it is on its way. @returns {Scene | null} */
function sceneNow() {
  const { filter, group, instant } = view.state;
  if (instant !== null && rest === null) return null;
  const terms = filter === "" ? null : modules.get("filter-terms");
  const grouping = group === "none" ? null : modules.get("grouping");
  if ((filter !== "" && terms === null) || (group !== "none" && grouping === null)) return null;
  return sceneOf({
    fleet: rest?.time.shown ?? live,
    instant: rest?.time.instant ?? null,
    browserNow: Date.now(),
    streamState: stream.state,
    view: view.state,
    settings: settings.value,
    filter: terms?.parseFilter(filter) ?? null,
    grouping,
  });
}

/** In turns that cost about the same. */
function* draw() {
  const scene = sceneNow();
  if (scene === null) return;
  const names = [rest ? "" : "begins", view.state.kiosk ? "kiosk" : "", scene.paused ? "paused" : ""];
  setClass(document.body, names.filter(Boolean).join(" "));
  try {
    table.draw(scene);
  } catch (fault) {
    reportError(fault); // a fault of one area must not leave the others with old figures
  }
  if (scene.live) firstDrawn(null);
  if (rest !== null) yield* rest.draw(scene);
}

function followTheme() {
  const { theme } = settings.value;
  setAttribute(document.documentElement, "data-theme", theme === "auto" ? null : theme);
  requestDraw();
}

async function bringTheRest() {
  const first = new Promise((resolve) => (firstDrawn = resolve));
  const waited = view.state.instant === null ? REST_MS : 0; // nothing can be drawn before
  await Promise.race([first, new Promise((resolve) => browserClock.setTimeout(() => resolve(null), waited))]);
  const [{ Rest }] = await Promise.all([import("./rest.js"), ...REST_SHEETS.map(styleSheet)]);
  document.removeEventListener("keydown", keep);
  rest = new Rest(core);
  for (const event of early) rest.press(event);
  requestDraw();
}

/** @param {KeyboardEvent} event */
function keep(event) {
  early.push(event);
}

settings.onChange(followTheme);
view.onChange(requestDraw);
document.addEventListener("keydown", keep);
document.addEventListener("visibilitychange", requestDraw); // hidden in the middle of a pass, it would end that one first
addEventListener("online", () => stream.wake());
addEventListener("pagehide", () => stream.close());
addEventListener("pageshow", (event) => {
  if (event.persisted) stream.open(); // back from the browser's cache of pages
});
table.app = core;
followTheme();
setInterval(() => frame.requestLater(), TICK_MS);
stream.open();

/** Fails when a file did not arrive. */
export const complete = bringTheRest();
