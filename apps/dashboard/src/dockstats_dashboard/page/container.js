/**
 * One container of one host, which state it is in, and how many there are of each kind.
 *
 * Not here: when one comes and goes (host), which order they stand in (order).
 *
 * @typedef {import("./host.js").Host} Host
 * @typedef {import("./messages.js").ContainerSample} ContainerSample
 * @typedef {import("./messages.js").ContainerFacts} ContainerFacts
 *
 * @typedef {object} Gone a container that vanished
 * @property {number} at
 * @property {number | null} exitCode
 *
 * @typedef {object} Counts how many containers there are of each kind, what matters first; unhealthy ones run, too
 * @property {number} unhealthy
 * @property {number} restarting
 * @property {number} running
 * @property {number} paused
 * @property {number} stopped
 */

import { Spark } from "./spark.js";

/** The same object for as long as it is there. */
export class Container {
  /** @param {Host} host @param {string} id short */
  constructor(host, id) {
    this.host = host;
    this.id = id;
    /** What it is called in the whole fleet. */
    this.key = `${host.entry.id}/${id}`;
    this.fullId = id;
    this.name = "";
    /** null: it does not run. @type {ContainerSample | null} */
    this.sample = null;
    /** null: the agent does not tell, or not yet. @type {ContainerFacts | null} */
    this.facts = null;
    this.spark = new Spark();
    /** Set for the last seconds of one that vanished. @type {Gone | null} */
    this.gone = null;
  }

  /** Why it is slow, or why it ended; null: no reason to say so. */
  get diagnosis() {
    return this.host.batch?.diagnoses.get(this.id) ?? null;
  }

  /** @param {Host} host the copy it shall belong to */
  copy(host) {
    const copy = Object.assign(new Container(host, this.id), this);
    copy.host = host;
    copy.spark = this.spark.copy();
    return copy;
  }
}

/**
 * The engine's word for its state; without one, what its figures tell.
 *
 * @param {Pick<Container, "facts" | "sample">} container
 */
export function stateOf({ facts, sample }) {
  return facts?.state ?? (sample === null ? "unknown" : "running"); // facts come first: a batch may lag behind them
}

/** What it counts as. @param {string} state @returns {"running" | "paused" | "restarting" | "stopped"} */
export function kindOf(state) {
  return state === "running" || state === "paused" || state === "restarting" ? state : "stopped";
}

/** @param {Iterable<Container>} containers @returns {Counts} */
export function countsOf(containers) {
  const counts = { unhealthy: 0, restarting: 0, running: 0, paused: 0, stopped: 0 };
  for (const container of containers) {
    if (container.facts?.health === "unhealthy") counts.unhealthy += 1;
    counts[kindOf(stateOf(container))] += 1;
  }
  return counts;
}
