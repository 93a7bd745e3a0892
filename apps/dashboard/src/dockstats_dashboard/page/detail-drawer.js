/**
 * One container in depth: a drawer beside the table in a wide window, a sheet over it in a narrow one.
 *
 * Not here: its parts (detail-head, detail-charts, event-list, copyable-facts), where points come from (series-cache).
 *
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./scene.js").App} App
 * @typedef {import("./model.js").Container} Container
 * @typedef {import("./model.js").Host} Host
 *
 * @typedef {object} Parts
 * @property {DetailHead} head
 * @property {DetailCharts} charts
 * @property {EventList} events
 * @property {CopyableFacts} facts
 * @property {HTMLElement} content
 * @property {HTMLElement} missing
 */

import { keepChartRoom } from "./chart-room.js";
import { ask } from "./ask.js";
import { CopyableFacts } from "./copyable-facts.js";
import { DetailCharts } from "./detail-charts.js";
import { DetailHead } from "./detail-head.js";
import { element } from "./dom.js";
import { EventList } from "./event-list.js";
import { PNG_WIDTH, exportHistory, exportPng } from "./export.js";
import { factRows } from "./facts.js";
import { age, clock } from "./format.js";
import { setAttribute, setClass, setHidden } from "./frame.js";
import { PLOTS } from "./plots.js";
import { partsOf, seriesOf } from "./series-cache.js";
import { moreBelow } from "./more-below.js";
import { leaveTimeBarFree } from "./sheet.js";
import { Totals } from "./totals.js";

const SHEET = "(max-width: 1199px)";

export class DetailDrawer extends HTMLElement {
  /** Given before the first scene. @type {App | null} */
  app = null;
  /** @type {Parts | null} */
  #parts = null;
  #totals = new Totals(() => this.app?.requestDraw());
  /** The open one, as it last was: it may go while it is looked at. @type {Container | null} */
  #container = null;
  /** @type {string | null} */
  #open = null;
  /** What had the focus before the sheet covered it. @type {Element | null} */
  #before = null;

  connectedCallback() {
    this.hidden = this.#open === null;
  }

  /** @param {Scene} scene */
  draw(scene) {
    const { app } = this;
    const { view, now, paused } = scene;
    const { open } = view;
    if (app === null) return;
    const series = seriesOf(app);
    if (open === null) {
      this.#leave();
      return;
    }
    const parts = (this.#parts ??= this.#build(app));
    const found = scene.fleet.container(open) ?? null;
    const [agentId, id] = partsOf(open);
    if (open !== this.#open) this.#container = null;
    this.#container = found ?? this.#container ?? app.live.container(open) ?? null;
    const host = scene.fleet.host(agentId) ?? null;
    const known = this.#container !== null && host !== null;
    setHidden(parts.missing, known);
    setHidden(parts.content, !known);
    this.#enter(open, parts);
    if (this.#container === null || host === null) return;

    const container = this.#container;
    const sentence = sentenceOf(container, host, scene, found !== null);
    const there = found !== null;
    parts.head.draw(container, host, { there, pinned: view.pinned, sentence, now, paused });
    const told = app.live.host(agentId) ?? host; // an instant of the past comes without its events
    const events = told.events.filter((event) => event.id === id && event.at <= now);
    const { name } = container;
    setAttribute(this, "aria-label", `Detail of ${name}`);
    const subject = { key: open, name, container: found, host, entry: series.of(open), events };
    setClass(parts.content, host.isLive(now) && !container.sample?.stale && found !== null ? "" : "old");
    parts.charts.draw(subject, scene);
    parts.events.draw(events, paused);
    const totals = scene.live && container.sample !== null ? this.#totals.of(open, now) : null;
    parts.facts.draw(factRows(container, host, scene.format, now, totals));
  }

  /** Every batch, drawn or not. @param {Host | undefined} host */
  take(host) {
    if (this.app !== null) seriesOf(this.app).take(host);
  }

  /** Closes it and gives the focus back. */
  close() {
    this.app?.view.set({ open: null, zoom: null });
  }

  /** @param {App} app @returns {Parts} */
  #build(app) {
    const head = new DetailHead();
    head.close.addEventListener("click", () => this.close());
    head.pin.addEventListener("click", () => ask(head.pin, "pin"));
    head.compare.addEventListener("click", () => app.view.set({ compare: !app.view.state.compare }));
    const charts = new DetailCharts(app);
    const events = new EventList((at) => charts.view.point(at));
    const facts = new CopyableFacts(app.tell);
    const below = [moreBelow(events.element, this), events.element, facts.element, this.#exports(charts, app)];
    const content = element("div", "", head.element, charts.element, ...below);
    const missingClose = element("button", "", "close");
    missingClose.type = "button";
    missingClose.addEventListener("click", () => this.close());
    const text = "This container is not there: it may have ended, or its host is not connected yet.";
    const missing = element("p", "missing", text, " ", missingClose);
    this.setAttribute("role", "complementary");
    this.setAttribute("aria-label", "Detail");
    this.append(missing, content);
    keepChartRoom(this, charts.charts, head.element.children);
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    });
    return { head, charts, events, facts, content, missing };
  }

  /** @param {DetailCharts} charts @param {App} app */
  #exports(charts, app) {
    const line = element("div", "export-line", element("h3", "", "Export"));
    const add = (/** @type {string} */ text, /** @type {string} */ label, /** @type {() => unknown} */ act) => {
      const button = element("button", "", text);
      button.type = "button";
      button.setAttribute("aria-label", label);
      button.addEventListener("click", () => void act());
      line.append(button);
    };
    for (const kind of /** @type {const} */ (["csv", "json"])) {
      add(kind.toUpperCase(), `the time shown as ${kind.toUpperCase()}`, () => this.#exportHistory(kind, charts, app));
    }
    line.append(element("span", "fact", "PNG of"));
    for (const { id, title } of PLOTS) {
      add(title, `the ${title} chart as PNG`, async () => {
        const picture = charts.pictureFor(id, PNG_WIDTH);
        const container = this.#container;
        if (picture === null || container === null) return;
        const done = await exportPng(picture, `${container.name} · ${container.host.label} · ${title}`);
        app.tell(done ? "The picture is on its way." : "This browser could not make the picture.");
      });
    }
    return line;
  }

  /** @param {"csv" | "json"} kind @param {DetailCharts} charts @param {App} app */
  #exportHistory(kind, charts, app) {
    const { open } = app.view.state;
    const { window } = charts.view;
    const container = this.#container;
    if (open === null || window === null || container === null) return;
    const about = { host: container.host.label, name: container.name, id: container.fullId };
    exportHistory(kind, seriesOf(app).of(open).points, window, about);
  }

  /** @param {string} open @param {Parts} parts */
  #enter(open, parts) {
    setHidden(this, false);
    if (open === this.#open) return;
    const first = this.#open === null;
    this.#open = open;
    this.scrollTop = 0;
    if (first) this.#before = document.activeElement;
    leaveTimeBarFree(this);
    if (matchMedia(SHEET).matches) parts.head.title.focus({ preventScroll: true }); // it covers what had the focus
  }

  #leave() {
    if (this.#open === null) return;
    const inside = this.contains(document.activeElement);
    setHidden(this, true);
    this.#open = null;
    this.#container = null;
    if (!inside) return;
    const table = /** @type {import("./container-table.js").ContainerTable | null} */ (document.querySelector("container-table"));
    if (this.#before instanceof HTMLElement && this.#before.isConnected) this.#before.focus();
    else table?.focusCursor(); // its rows were made anew when the drawer took their room
  }
}

/**
 * What has to be known before the figures are believed; null: they are what they seem.
 *
 * @param {Container} container
 * @param {Host} host
 * @param {Scene} scene
 * @param {boolean} there
 */
function sentenceOf(container, host, scene, there) {
  if (!there || container.gone !== null) {
    if (scene.paused) return absence(container, scene.now);
    const code = container.gone?.exitCode ?? container.facts?.exit_code ?? null;
    return code === null ? "It is gone." : `It is gone; its exit code was ${code}.`;
  }
  if (!host.isLive(scene.now)) {
    const last = host.batchAt;
    const since = last === null ? "" : ` Last figures: ${clock(last)}, ${age(scene.now - last)} old.`;
    const reason = scene.conditions.get(host.entry.id)?.sentences[0]?.text ?? `${host.label} is not heard.`;
    return `${reason}${since}`;
  }
  const { sample } = container;
  if (!sample?.stale) return null;
  const old = sample.age_secs === null ? "old" : `${age(sample.age_secs * 1000)} old`;
  return `Its last reading is ${old}; the figures are from then.`;
}

/** @param {Container} container @param {number} now the instant at which it was not there */
function absence({ facts }, now) {
  const { started_at: started, finished_at: finished } = facts ?? { started_at: null, finished_at: null };
  if (started !== null && started > now) return `It was not there at ${clock(now)}: it started at ${clock(started)}.`;
  const ended = finished !== null && finished <= now ? `: it ended at ${clock(finished)}` : "";
  return `It was not there at ${clock(now)}${ended}.`;
}

customElements.define("detail-drawer", DetailDrawer);
