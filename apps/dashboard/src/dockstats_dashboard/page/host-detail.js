/**
 * All of one host: how it is, its CPU of the last half hour, its figures, how it is watched and what that costs.
 *
 * Not here: the rows' words (host-facts), its containers (container-table).
 *
 * @typedef {import("./scene.js").Scene} Scene
 */

import { MARKS } from "./condition.js";
import { PageDialog } from "./dialog.js";
import { element, textElement } from "./dom.js";
import { FactsList } from "./facts-list.js";
import { completeAt } from "./fleet-series.js";
import { setClass, setText } from "./frame.js";
import { hostFigures, watchFacts } from "./host-facts.js";
import { conditionText } from "./host-words.js";
import { MiniChart } from "./mini-chart.js";

const ONE_CORE = 100;

export class HostDetail extends PageDialog {
  /** @type {import("./scene.js").App | null} */
  app = null;
  /** @type {string | null} */
  #agentId = null;

  constructor() {
    super();
    this.state = textElement("p", "state");
    this.said = textElement("p", "said");
    this.top = textElement("span", "top");
    this.chart = new MiniChart("");
    this.figures = new FactsList();
    this.watching = new FactsList();
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    if (this.body.childElementCount > 0) return;
    const axis = element("div", "axis", ...["30 min ago", "20", "10", "now"].map((text) => element("span", "", text)));
    axis.setAttribute("aria-hidden", "true");
    this.body.append(
      this.state.element,
      this.said.element,
      element("h3", "", "CPU"),
      element("div", "chart", this.chart.canvas, this.top.element, axis),
      this.figures.element,
      element("h3", "", "How it is watched"),
      this.watching.element,
    );
  }

  /** @param {string} agentId */
  show(agentId) {
    this.#agentId = agentId;
    this.open();
    this.app?.requestDraw();
  }

  /** @param {Scene} scene */
  draw(scene) {
    if (!this.isOpen || this.#agentId === null) return;
    const { fleet, conditions, format, now } = scene;
    const host = fleet.host(this.#agentId);
    const condition = conditions.get(this.#agentId);
    if (host === undefined || condition === undefined) {
      this.close(); // taken off the dashboard's list
      return;
    }
    this.name(host.label);
    setClass(this.state.element, `state ${condition.kind}`);
    setText(this.state.text, `${MARKS[condition.kind]} ${condition.word}`);
    setText(this.said.text, conditionText(condition, Date.now()));
    this.chart.name(`CPU of ${host.label} in the last 30 minutes`);
    const newestAt = completeAt(now);
    const series = (this.app?.live.host(host.entry.id) ?? host).series; // it knows the past, too
    const all = host.batch?.host.cores ?? null;
    const source = { newestAt, revision: series.revision, values: () => series.column("cpu_pct", newestAt) };
    this.chart.draw(source, { least: ONE_CORE, ...(all === null ? {} : { most: all * ONE_CORE }) });
    const top = this.chart.top / ONE_CORE;
    setText(this.top.text, `${top} ${top === 1 ? "core" : "cores"}`);
    this.figures.draw(hostFigures(host, format));
    this.watching.draw(watchFacts(host, format, now));
  }
}

customElements.define("host-detail", HostDetail);
