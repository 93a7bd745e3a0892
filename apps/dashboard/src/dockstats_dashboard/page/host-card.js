/**
 * One host: how it is, what it has, the last half hour of its CPU, its containers, and what watching it costs.
 *
 * Not here: the host's state (model) and the words for it (condition), its containers (container-list).
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./model.js").Fleet} Fleet
 * @typedef {import("./condition.js").Condition} Condition
 * @typedef {import("./condition.js").Sentence} Sentence
 * @typedef {import("./messages.js").AgentBatch} AgentBatch
 */

import { SIGNS, SIGN_WORDS, bandOf } from "./bands.js";
import { Cell } from "./cell.js";
import { Chart } from "./chart.js";
import { MARKS, oldText, sentence } from "./condition.js";
import { ContainerList } from "./container-list.js";
import { decimate, highest } from "./decimate.js";
import { bar, element, textElement } from "./dom.js";
import { bytes, cores, countdown, duration, limit, percent } from "./format.js";
import { setAttribute, setClass, setHidden, setShare, setText } from "./frame.js";
import { WINDOW_MS, cpuOf, memoryOf } from "./model.js";
import { share, steadyTop } from "./scales.js";
import { setWhy } from "./why.js";

const ONE_CORE = 100;
const CHART_EVERY_MS = 900; // a little less than the page's tick
const MARK_EVERY_MS = 10 * 60_000;

/** @type {import("./reasons.js").Reason} */
const UNKNOWN_HOST = {
  word: "unknown",
  sentence: "The agent does not tell: it cannot see the machine, or has no engine yet.",
};

export class HostCard extends HTMLElement {
  #built = false;
  #drawnVersion = -1;
  #drawnSecond = -1;
  #chartDrawnAt = -Infinity;
  #chartTop = 0;
  #askedAnew = true;
  /** Called when the card has to be drawn although no message came. */
  onAsk = () => {};

  constructor() {
    super();
    this.mark = textElement("span", "mark");
    this.label = textElement("bdi", "");
    this.word = textElement("span", "word");
    this.old = textElement("span", "old");
    this.simulated = element("span", "badge", "simulated");
    this.address = textElement("bdi", "fact");
    this.engine = textElement("bdi", "fact");
    this.source = textElement("span", "fact explained");
    this.interval = textElement("span", "fact");
    this.sentences = element("div", "sentences");
    this.cpuBar = bar();
    this.memoryBar = bar();
    const cpuPlace = element("span", "amount");
    const memoryPlace = element("span", "amount");
    this.cpu = new Cell(cpuPlace, "figure", "unit", "sign");
    this.memory = new Cell(memoryPlace, "figure", "unit", "sign");
    this.cpuGauge = element("div", "gauge", element("span", "title", "CPU"), cpuPlace, this.cpuBar.element);
    this.memoryGauge = element("div", "gauge", element("span", "title", "Memory"), memoryPlace, this.memoryBar.element);
    this.chartTop = textElement("span", "top");
    this.canvas = element("canvas", "");
    this.canvas.setAttribute("role", "img");
    this.list = /** @type {ContainerList} */ (document.createElement("container-list"));
    this.cost = textElement("p", "cost");
  }

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    this.simulated.hidden = true;
    this.mark.element.setAttribute("aria-hidden", "true");
    this.source.element.tabIndex = 0;
    const title = element("h2", "", this.label.element);
    const state = element("span", "state", this.word.element, this.old.element);
    const axis = element("div", "axis", ...["30 min ago", "20", "10", "now"].map((text) => element("span", "", text)));
    axis.setAttribute("aria-hidden", "true");
    this.chartPlace = element("div", "chart", this.canvas, this.chartTop.element, axis);
    this.article = element(
      "article",
      "card",
      element("header", "", this.mark.element, title, this.simulated, state),
      element(
        "p",
        "facts",
        this.address.element,
        this.engine.element,
        this.source.element,
        this.interval.element,
      ),
      this.sentences,
      element("div", "overview", element("div", "gauges", this.cpuGauge, this.memoryGauge), this.chartPlace),
      this.list,
      this.cost.element,
    );
    this.append(this.article);
    this.chart = new Chart(this.canvas);
    this.list.onAsk = () => this.#askAnew();
    this.chart.onChange = () => {
      this.#chartDrawnAt = -Infinity;
      this.#askAnew();
    };
  }

  #askAnew() {
    this.#askedAnew = true;
    this.onAsk();
  }

  /**
   * Draw what changed since the last time.
   *
   * @param {Host} host
   * @param {Fleet} fleet
   * @param {Condition} condition
   * @param {number} now
   */
  draw(host, fleet, condition, now) {
    const second = Math.floor(now / 1000);
    if (host.version === this.#drawnVersion && second === this.#drawnSecond && !this.#askedAnew) return;
    this.#drawnVersion = host.version;
    this.#drawnSecond = second;
    this.#askedAnew = false;
    this.#drawHead(host, fleet, condition, now);
    const { batch } = host;
    setClass(/** @type {HTMLElement} */ (this.article), `card ${condition.kind}${host.hasFigures ? "" : " empty"}`);
    if (batch === null) return;
    this.#drawFacts(batch);
    this.#drawGauges(batch);
    this.list.draw(host, now);
    if (now - this.#chartDrawnAt >= CHART_EVERY_MS) {
      this.#chartDrawnAt = now;
      this.#drawChart(host, fleet.remote(now));
    }
  }

  /** @param {Host} host @param {Fleet} fleet @param {Condition} condition @param {number} now */
  #drawHead(host, fleet, condition, now) {
    const { label, entry } = host;
    setText(this.label.text, label);
    setAttribute(this, "data-agent", entry.id);
    setAttribute(this.canvas, "aria-label", `CPU of ${label} in the last 30 minutes`);
    setText(this.mark.text, MARKS[condition.kind]);
    setText(this.word.text, condition.word);
    setText(this.old.text, host.hasFigures ? oldText(host.batchAt, now) : "");
    const simulated = fleet.simulated || host.batch?.sampling.source === "simulated";
    const configured = label === entry.label ? "" : `${entry.label} · `; // what the dashboard's sentences call it
    setText(this.address.text, configured + (entry.url || (simulated ? "" : "this machine")));
    setHidden(this.simulated, fleet.simulated || !simulated);
    this.#drawSentences(condition.sentences, now);
  }

  /** @param {Sentence[]} sentences @param {number} now */
  #drawSentences(sentences, now) {
    while (this.sentences.children.length > sentences.length) this.sentences.lastElementChild?.remove();
    sentences.forEach((sentence, index) => {
      let line = this.sentences.children[index];
      if (!(line instanceof HTMLElement)) {
        line = element("p", "", document.createTextNode(""), textElement("span", "retry").element);
        this.sentences.append(line);
      }
      const left = sentence.retryAt ? sentence.retryAt - now : 0;
      setClass(/** @type {HTMLElement} */ (line), `sentence ${sentence.tone}`);
      setText(/** @type {Text} */ (line.firstChild), sentence.text);
      const retry = left > 0 ? ` Next attempt in ${countdown(left)}.` : "";
      setText(/** @type {Text} */ (/** @type {Node} */ (line.lastChild).firstChild), retry);
    });
  }

  /** @param {AgentBatch} batch */
  #drawFacts({ engine, sampling, own_usage: own }) {
    const product = engine?.product === sampling.source ? "" : engine?.product; // simulated says all
    setText(this.engine.text, [product, engine?.version].filter(Boolean).join(" "));
    setText(this.source.text, sampling.source ?? "");
    const why = [`The source of the figures is "${sampling.source}": ${sampling.reason}.`];
    why.push(...sampling.limitations.map(sentence));
    setWhy(this.source.element, sampling.reason ? why.join(" ") : null);
    const interval = sampling.interval_secs;
    setText(this.interval.text, interval === null ? "" : `every ${duration(interval * 1000)}`);
    const costs = [];
    if (own.cpu_pct !== null) costs.push(`${percent(own.cpu_pct)} % of a core`);
    if (own.mem_bytes !== null) costs.push(bytes(own.mem_bytes).join(" "));
    setText(this.cost.text, costs.length === 0 ? "" : `Watching costs ${costs.join(" and ")}`);
  }

  /** @param {AgentBatch} batch */
  #drawGauges(batch) {
    const only = batch.host.basis === "host" ? "" : ", its containers";
    const { cores: count, mem_total_bytes: total } = batch.host;
    const cpu = cpuOf(batch);
    const cpuBand = bandOf(cpu, count === null ? null : count * ONE_CORE);
    if (cpu === null) this.cpu.showUnknown(UNKNOWN_HOST);
    else this.cpu.show(cores(cpu), `${count === null ? "cores" : `of ${count} cores`}${only}`, SIGNS[cpuBand]);
    this.cpu.nameSign(SIGN_WORDS[cpuBand]);
    setClass(this.cpuGauge, `gauge ${cpuBand}`);
    setShare(this.cpuBar.fill, share(cpu, count === null ? null : count * ONE_CORE));

    const memory = memoryOf(batch);
    const memoryBand = bandOf(memory, total);
    if (memory === null) this.memory.showUnknown(UNKNOWN_HOST);
    else {
      const [figure, unit] = bytes(memory);
      const of = total === null ? "" : ` of ${limit(total)}`;
      this.memory.show(figure, `${unit}${of}${only}`, SIGNS[memoryBand]);
    }
    this.memory.nameSign(SIGN_WORDS[memoryBand]);
    setClass(this.memoryGauge, `gauge ${memoryBand}`);
    setShare(this.memoryBar.fill, share(memory, total));
  }

  /** @param {Host} host @param {number} to right edge, on the dashboard's clock */
  #drawChart(host, to) {
    const { chart } = this;
    if (!chart || chart.width === 0) return;
    const columnMs = WINDOW_MS / chart.width;
    const from = Math.floor(to / columnMs) * columnMs - WINDOW_MS + columnMs;
    const columns = decimate(host.cpu, from, columnMs, Math.max(host.silentAfterMs, 2 * columnMs));
    const most = highest(columns);
    this.#chartTop = steadyTop(this.#chartTop, most, ONE_CORE);
    const all = (host.batch?.host.cores ?? 0) * ONE_CORE;
    const top = most <= all ? Math.min(this.#chartTop, all) : this.#chartTop; // no host has more than all its cores
    setText(this.chartTop.text, `${top / ONE_CORE} ${top === ONE_CORE ? "core" : "cores"}`);
    const marks = [2, 1].map((steps) => to - steps * MARK_EVERY_MS);
    chart.draw(columns, { from, columnMs, top, marks });
  }
}

customElements.define("host-card", HostCard);
