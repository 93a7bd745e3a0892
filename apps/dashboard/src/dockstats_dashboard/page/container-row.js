/**
 * One container's row: state, name, CPU, memory, network.
 *
 * Not here: which rows there are, and where (container-list).
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./model.js").Container} Container
 * @typedef {import("./messages.js").ContainerSample} ContainerSample
 * @typedef {import("./messages.js").ContainerFacts} ContainerFacts
 */

import { SIGNS, SIGN_WORDS, bandOf, throttlingBand } from "./bands.js";
import { Cell } from "./cell.js";
import { bar, element, textElement } from "./dom.js";
import { age, bytes, digits, duration, limit, percent, rate } from "./format.js";
import { setAttribute, setClass, setHidden, setShare, setText } from "./frame.js";
import { reasonOf } from "./reasons.js";
import { share } from "./scales.js";
import { stateOf } from "./state-mark.js";
import { setWhy, setWhyOnDemand } from "./why.js";

export class ContainerRow {
  constructor() {
    this.mark = textElement("span", "mark");
    this.mark.element.setAttribute("role", "img");
    this.name = textElement("bdi", "label");
    this.sign = textElement("span", "sign");
    this.cpuBar = bar();
    this.memoryBar = bar();
    const name = cell("name", this.mark.element, this.name.element, this.sign.element);
    const cpu = cell("cpu", this.cpuBar.element);
    const memory = cell("memory", this.memoryBar.element);
    const network = cell("network");
    this.cpu = new Cell(cpu, "figure");
    this.memory = new Cell(memory, "figure", "unit", "of", "sign");
    this.network = new Cell(network, "figure", "unit", "figure", "unit");
    this.name.element.tabIndex = 0;
    this.sign.element.tabIndex = 0;
    this.memory.value.tabIndex = 0;
    this.element = element("div", "row", name, cpu, memory, network);
    this.element.setAttribute("role", "row");
    /** What is drawn. @type {Container | null} */
    this.container = null;
    this.cpuTop = 0;
    setWhyOnDemand(this.name.element, () => this.container && factsText(this.container, Date.now()));
    setWhyOnDemand(this.memory.value, () => this.container && memoryText(this.container));
  }

  /**
   * @param {Container | null} container null: it is gone, and its row stays only because somebody points at it
   * @param {Host} host
   * @param {number} cpuTop what a full bar stands for
   */
  draw(container, host, cpuTop) {
    if (container !== null && container === this.container && cpuTop === this.cpuTop) return; // no message came
    this.container = container;
    this.cpuTop = cpuTop;
    if (container === null) {
      setClass(this.element, "row gone");
      this.#drawSign({ text: "ended", why: "It does not exist any more.", tone: "quiet" });
      return;
    }
    const { name, sample, facts } = container;
    setText(this.name.text, name);
    const state = stateOf(facts, sample);
    setText(this.mark.text, state.mark);
    setClass(this.mark.element, `mark ${state.tone}`);
    setAttribute(this.mark.element, "aria-label", state.word);
    setWhy(this.mark.element, state.word);
    setClass(this.element, sample === null ? "row stopped" : sample.stale ? "row stale" : "row");
    if (sample === null) this.#drawStopped(state.word);
    else this.#drawFigures(sample, facts, host, cpuTop);
  }

  /** @param {string} word */
  #drawStopped(word) {
    this.#drawSign(null);
    setHidden(this.cpuBar.element, true);
    setHidden(this.memoryBar.element, true);
    this.cpu.showNothing();
    this.memory.show("", "", word, "");
    this.memory.nameSign(null);
    this.network.showNothing();
  }

  /** @param {ContainerSample} sample @param {ContainerFacts | null} facts @param {Host} host @param {number} cpuTop */
  #drawFigures(sample, facts, host, cpuTop) {
    setHidden(this.cpuBar.element, sample.cpu_pct === null); // an empty bar would say 0
    setHidden(this.memoryBar.element, sample.mem_bytes === null);
    this.#drawCpu(sample, host, cpuTop);
    this.#drawMemory(sample, facts);
    const { net_rx_bytes_per_sec: received, net_tx_bytes_per_sec: sent } = sample;
    if (received === null || sent === null) {
      const code = sample.unknown.get("network_rates") ?? sample.unknown.get("network");
      this.network.showUnknown(reasonOf(code, facts?.network_of));
    } else this.network.show(...rate(received), ...rate(sent));
  }

  /** @param {ContainerSample} sample @param {Host} host @param {number} cpuTop */
  #drawCpu(sample, host, cpuTop) {
    const cores = host.batch?.host.cores ?? null;
    const ofHost = bandOf(sample.cpu_pct, cores === null ? null : cores * 100);
    const throttled = throttlingBand(sample.throttled_pct);
    const band = throttled === "ordinary" ? ofHost : throttled;
    if (sample.cpu_pct === null) this.cpu.showUnknown(reasonOf(sample.unknown.get("cpu")));
    else this.cpu.show(percent(sample.cpu_pct));
    setClass(this.cpu.value, `value ${band}`);
    setClass(this.cpuBar.fill, `fill ${band}`);
    setShare(this.cpuBar.fill, share(sample.cpu_pct, cpuTop));
    this.#drawSign(signOf(sample, this.container?.facts ?? null, throttled, ofHost));
  }

  /** @param {{ text: string, why: string, tone: string } | null} sign */
  #drawSign(sign) {
    setHidden(this.sign.element, sign === null);
    if (sign === null) return;
    setText(this.sign.text, sign.text);
    setWhy(this.sign.element, sign.why);
    setClass(this.sign.element, `sign ${sign.tone}`);
  }

  /** @param {ContainerSample} sample @param {ContainerFacts | null} facts */
  #drawMemory(sample, facts) {
    const { mem_bytes: used, mem_limit_bytes: inEffect } = sample;
    const unlimited = isUnlimited(facts);
    const band = unlimited ? "ordinary" : bandOf(used, inEffect);
    setShare(this.memoryBar.fill, share(used, inEffect));
    setClass(this.memoryBar.fill, `fill ${band}`);
    if (used === null) {
      this.memory.showUnknown(reasonOf(sample.unknown.get("memory")));
      return;
    }
    const of = unlimited ? "no limit" : inEffect === null ? "" : `of ${limit(inEffect)}`;
    this.memory.show(...bytes(used), of, SIGNS[band]);
    this.memory.nameSign(SIGN_WORDS[band]);
    setClass(this.memory.value, `value ${band}`);
  }
}

/** @param {string} name @param {...Node} children */
function cell(name, ...children) {
  const made = element("div", name, ...children);
  made.setAttribute("role", "cell");
  return made;
}

/**
 * What stands beside the name, the most urgent thing first.
 *
 * @param {ContainerSample} sample
 * @param {ContainerFacts | null} facts
 * @param {import("./bands.js").Band} throttled
 * @param {import("./bands.js").Band} ofHost
 */
function signOf(sample, facts, throttled, ofHost) {
  if (facts?.state === "restarting") return { text: "restarting", why: restartsText(facts), tone: "high" };
  if (sample.stale && sample.age_secs !== null) {
    const why = "The last reading is older than it should be; the figures are from then.";
    return { text: `${age(sample.age_secs * 1000)} old`, why, tone: "quiet" };
  }
  if (throttled !== "ordinary") {
    const part = `${Math.round(sample.throttled_pct ?? 0)} %`;
    const why = `Its own CPU limit held it back in ${part} of the scheduler's periods.`;
    return { text: part, why, tone: `${throttled} throttled` };
  }
  if (ofHost !== "ordinary") {
    return { text: SIGNS[ofHost], why: "It uses nearly all of the host's cores.", tone: ofHost };
  }
  if (facts?.health === "unhealthy") return { text: "unhealthy", why: "Its health check fails.", tone: "full" };
  if (facts?.state === "paused") return { text: "paused", why: "It does nothing until it is resumed.", tone: "quiet" };
  return null;
}

/** @param {number} count */
function timesText(count) {
  return count === 1 ? "once" : `${count} times`;
}

/** @param {ContainerFacts} facts */
function restartsText({ restart_count: count, exit_code: code }) {
  const times = count ? ` (${timesText(count)} so far)` : "";
  const last = code === null ? "" : `, the last time with exit code ${code}`;
  return `It keeps ending, and the engine starts it again${times}${last}.`;
}

/** Whether it has no memory limit of its own, as far as is known. @param {ContainerFacts | null} facts */
function isUnlimited(facts) {
  return facts !== null && facts.mem_limit_bytes === null;
}

/** The sum behind the one number. @param {Container} container */
function memoryText({ sample, facts }) {
  if (sample === null) return null;
  const { mem_usage_bytes: usage, mem_cache_bytes: cache, mem_limit_bytes: inEffect, mem_bytes: used } = sample;
  const parts = [];
  if (usage !== null && cache !== null && used !== null) {
    const size = (/** @type {number} */ value) => bytes(value).join(" ");
    parts.push(`${size(used)} = ${size(usage)} in use − ${size(cache)} cache, as docker stats counts.`);
  }
  if (inEffect !== null) {
    const size = limit(inEffect);
    parts.push(isUnlimited(facts) ? `No limit of its own; the host has ${size}.` : `Its limit is ${size}.`);
  }
  return parts.join(" ") || null;
}

/** @param {Container} container @param {number} now */
function factsText({ name, facts }, now) {
  if (facts === null) return name;
  const parts = [name];
  if (facts.image) parts.push(facts.image);
  if (facts.compose_project) parts.push([facts.compose_project, facts.compose_service].filter(Boolean).join(" / "));
  if (facts.started_at !== null && facts.finished_at === null) {
    parts.push(`up ${duration(Math.max(0, now - facts.started_at))}`);
  }
  if (facts.finished_at !== null && facts.state === "exited") {
    parts.push(`ended ${duration(Math.max(0, now - facts.finished_at))} ago`);
  }
  if (facts.restart_count) parts.push(`restarted ${timesText(facts.restart_count)}`);
  if (facts.cpu_limit_cores !== null) parts.push(`may use ${digits(facts.cpu_limit_cores)} cores`);
  return parts.join(" · ");
}
