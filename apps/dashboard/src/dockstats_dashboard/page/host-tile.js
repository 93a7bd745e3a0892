/**
 * One host as a small card: how it is, what watches it, CPU and memory as bars, load and pressure where it tells, and
 * where there is room its CPU of the last half hour.
 *
 * Not here: the line of them (host-line), everything about a host (host-detail).
 *
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./bands.js").Band} Band
 */

import { SIGNS, SIGN_WORDS, bandOf } from "./bands.js";
import { MARKS } from "./condition.js";
import { bar, element, textElement } from "./dom.js";
import { completeAt } from "./fleet-series.js";
import { cores, digits, percent } from "./format.js";
import { setAttribute, setClass, setShare, setText } from "./frame.js";
import { conditionText, costsOf, hostLine, wordOf } from "./host-words.js";
import { MiniChart } from "./mini-chart.js";
import { cpuOf, memoryOf } from "./model.js";
import { pressuresOf, worstPressure } from "./pressure.js";
import { share } from "./scales.js";
import { setWhyOnDemand } from "./why.js";

const ONE_CORE = 100;
const SHORT = { io: "io", cpu: "cpu", memory: "mem" };

/** A bar with its share and something that belongs to it. */
class Gauge {
  /** @param {string} title */
  constructor(title) {
    this.bar = bar();
    this.figure = textElement("span", "figure");
    this.beside = textElement("span", "beside");
    this.parts = [element("span", "title", title), this.bar.element, this.figure.element, this.beside.element];
  }

  /** @param {number | null} used @param {number | null} whole @param {string} otherwise the text where there is no share */
  show(used, whole, otherwise) {
    const band = bandOf(used, whole);
    const known = used !== null && whole !== null && whole > 0;
    setText(this.figure.text, known ? `${SIGNS[band]} ${Math.round((used / whole) * 100)} %`.trim() : otherwise);
    setClass(this.figure.element, known ? `figure ${band}` : "figure");
    setAttribute(this.figure.element, "title", SIGN_WORDS[band]);
    setClass(this.bar.fill, `fill ${band}`);
    setShare(this.bar.fill, share(used, whole));
  }
}

export class HostTile {
  #version = -1;
  #second = -1;
  #filter = "";
  #chart = new MiniChart("chart");
  /** @type {{ host: Host, scene: Scene } | null} */
  #drawn = null;

  /**
   * @param {() => void} pick shows only its containers
   * @param {() => void} about shows everything about it
   */
  constructor(pick, about) {
    this.mark = textElement("span", "mark");
    this.label = textElement("bdi", "label");
    this.line = textElement("span", "facts");
    this.costs = textElement("span", "costs");
    this.cpu = new Gauge("CPU");
    this.memory = new Gauge("Mem");
    const head = element("span", "top", this.mark.element, this.label.element, this.line.element, this.costs.element);
    this.pick = element("button", "pick", head, ...this.cpu.parts, ...this.memory.parts, this.#chart.canvas);
    this.about = element("button", "about", "⋯");
    this.pick.type = this.about.type = "button";
    this.pick.addEventListener("click", pick);
    this.about.addEventListener("click", about);
    for (const sign of [this.mark.element, this.#chart.canvas]) sign.setAttribute("aria-hidden", "true");
    this.element = element("div", "host-card", this.pick, this.about);
    setWhyOnDemand(this.pick, () => this.#why());
  }

  /** @param {Host} host @param {Scene} scene */
  draw(host, scene) {
    const condition = scene.conditions.get(host.entry.id);
    const second = Math.floor(scene.now / 1000);
    const { filter } = scene.view;
    this.#drawChart(host, scene.now);
    const same = this.#drawn?.host === host && host.version === this.#version && second === this.#second;
    if (condition === undefined || (same && filter === this.#filter)) return;
    this.#version = host.version;
    this.#second = second;
    this.#filter = filter;
    this.#drawn = { host, scene };
    const { label, batch, hasFigures } = host;
    const chosen = [label, `=${label}`].some((value) => scene.filter?.has("host", value) === true);
    setClass(this.element, `host-card ${condition.kind}${hasFigures ? "" : " empty"}${chosen ? " on" : ""}`);
    setAttribute(this.element, "data-agent", host.entry.id);
    setText(this.mark.text, MARKS[condition.kind]);
    setText(this.label.text, label);
    setText(this.line.text, condition.kind === "live" ? hostLine(host) : wordOf(host, condition, scene.now));
    const costs = condition.kind === "live" ? costsOf(host, scene.format) : [];
    setText(this.costs.text, costs.length === 0 ? "" : `costs ${costs.join(" · ")}`);
    setAttribute(this.about, "aria-label", `Everything about ${label}`);
    setAttribute(this.pick, "aria-pressed", String(chosen));
    if (batch === null) return;
    const { cores: count, mem_total_bytes: total, load_1m: load } = batch.host;
    const cpu = cpuOf(batch);
    const memory = memoryOf(batch);
    this.cpu.show(cpu, count === null ? null : count * ONE_CORE, cpu === null ? "not told" : `${cores(cpu)} cores`);
    this.memory.show(memory, total, memory === null ? "not told" : scene.format.bytes(memory).join(" "));
    const noLoad = scene.paused ? "load not kept" : ""; // a live agent that does not tell it is another thing
    setText(this.cpu.beside.text, load === null ? noLoad : `load ${digits(load)}`);
    const worst = worstPressure(batch.host);
    setText(this.memory.beside.text, worst === null ? "" : `${SHORT[worst.of]} ${Math.round(worst.pct)} %`);
  }

  /** @param {Host} host @param {number} now */
  #drawChart({ series, batch }, now) {
    const newestAt = completeAt(now);
    const cores = batch?.host.cores ?? null;
    const values = () => series.column("cpu_pct", newestAt);
    const scale = { least: ONE_CORE, ...(cores === null ? {} : { most: cores * ONE_CORE }) };
    this.#chart.draw({ newestAt, revision: series.revision, values }, scale);
  }

  /** How it is in words, and what a click does. */
  #why() {
    if (this.#drawn === null) return null;
    const { host, scene } = this.#drawn;
    const condition = scene.conditions.get(host.entry.id);
    const said = condition === undefined ? "" : conditionText(condition, Date.now());
    const chosen = this.pick.getAttribute("aria-pressed") === "true";
    const costs = costsOf(host, scene.format).join(" · ");
    const watching = costs === "" ? "" : `What watching costs there: ${costs} (CPU of a core, memory, time of one look).`;
    const pressures = host.batch === null ? [] : pressuresOf(host.batch.host);
    const waits = pressures.map(({ of, pct }) => `${of} ${percent(pct)} %`).join(", ");
    const pressure = waits === "" ? "" : `Pressure, the share of time in which something waits: ${waits}.`;
    return [said, pressure, watching, chosen ? "Click: all hosts." : "Click: only its containers."].filter(Boolean).join("\n");
  }
}
