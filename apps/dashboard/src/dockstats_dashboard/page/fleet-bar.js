/**
 * What all hosts have together, at a glance: hosts, containers, CPU, memory, network, disk, pressure, each with its last
 * half hour. A click sorts the table or filters it.
 *
 * Not here: the sums (fleet-totals, fleet-series), their texts (fleet-words).
 *
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./fleet-totals.js").Totals} Totals
 * @typedef {import("./fleet-words.js").TileName} TileName
 */

import { revisionOf } from "./buckets.js";
import { element } from "./dom.js";
import { completeAt, totalOf, worstOf } from "./fleet-series.js";
import { totalsOf } from "./fleet-totals.js";
import { tileWhy, tileWords } from "./fleet-words.js";
import { setClass, setHidden } from "./frame.js";
import { StateCounts } from "./state-counts.js";
import { Tile } from "./tile.js";
import { setWhyOnDemand } from "./why.js";

const ONE_CORE = 100;

/**
 * What each chart shows: columns of a host's series, added up or the worst of them, and the scale's least and most.
 *
 * @type {{ name: TileName, columns: string[], merge: typeof totalOf, least: number, most?: (totals: Totals) => number | null }[]}
 */
const CHARTS = [
  { name: "cpu", columns: ["cpu_pct"], merge: totalOf, least: ONE_CORE, most: ({ cores }) => cores && cores * ONE_CORE },
  { name: "memory", columns: ["mem_bytes"], merge: totalOf, least: 2 ** 28, most: ({ memoryTotal }) => memoryTotal },
  { name: "network", columns: ["net_rx_bytes_per_sec", "net_tx_bytes_per_sec"], merge: totalOf, least: 10_000 },
  { name: "disk", columns: ["block_read_bytes_per_sec", "block_write_bytes_per_sec"], merge: totalOf, least: 10_000 },
  {
    name: "pressure",
    columns: ["cpu_pressure_pct", "mem_pressure_pct", "io_pressure_pct"],
    merge: worstOf,
    least: 5,
    most: () => 100,
  },
];

export class FleetBar extends HTMLElement {
  /** @type {import("./scene.js").App | null} */
  app = null;
  /** @type {Totals | null} */
  #totals = null;
  /** Whose turn it is among the charts. */
  #turn = 0;

  constructor() {
    super();
    this.marks = element("span", "marks");
    this.counts = new StateCounts((state) => this.#filterState(state));
    this.containers = new Tile("Containers", "div", this.counts.bar);
    this.tiles = {
      hosts: new Tile("Hosts", "button", this.marks),
      cpu: new Tile("CPU", "button"),
      memory: new Tile("Memory", "button"),
      network: new Tile("Network", "button"),
      disk: new Tile("Disk", "button"),
      pressure: new Tile("Pressure", "button"),
    };
  }

  connectedCallback() {
    if (this.childElementCount > 0) return;
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "The whole fleet");
    this.marks.setAttribute("aria-hidden", "true");
    this.containers.element.setAttribute("role", "group");
    this.containers.element.setAttribute("aria-label", "Containers");
    this.containers.line.replaceChildren(...this.counts.main);
    this.containers.title.append(this.counts.resting);
    for (const [key, tile] of Object.entries(this.tiles)) {
      const name = /** @type {TileName} */ (key);
      tile.element.addEventListener("click", () => this.#press(name));
      setWhyOnDemand(tile.element, () => this.#totals && tileWhy(name, this.#totals));
      this.append(tile.element);
    }
    this.tiles.hosts.element.after(this.containers.element);
  }

  /** @param {TileName} name */
  #press(name) {
    const { view } = this.app ?? {};
    if (view === undefined) return;
    const { group, sort } = view.state;
    if (name === "hosts") view.set({ group: group === "host" ? "none" : "host" });
    else view.set({ sort: { column: name, descending: sort.column !== name || !sort.descending } });
  }

  /** @param {string} state */
  #filterState(state) {
    const { app } = this;
    app?.bring(import("./filter-terms.js"), ({ toggleTerm }) => {
      app.view.set({ filter: toggleTerm(app.view.state.filter, "state", state) });
    });
  }

  /** @param {Scene} scene */
  draw(scene) {
    const { fleet, conditions, format, filter } = scene;
    const hosts = fleet.hosts ?? [];
    setHidden(this, hosts.length === 0);
    if (hosts.length === 0) return;
    const totals = (this.#totals = totalsOf(hosts, conditions));
    setClass(this, totals.stale ? "stale" : "");
    const words = tileWords(totals, format);
    for (const [name, tile] of Object.entries(this.tiles)) tile.show(words[/** @type {TileName} */ (name)]);
    this.counts.draw(totals.containers, filter);
    this.#drawMarks(hosts, conditions);
    this.#drawCharts(scene, totals);
  }

  /** @param {readonly import("./model.js").Host[]} hosts @param {Scene["conditions"]} conditions */
  #drawMarks(hosts, conditions) {
    while (this.marks.children.length > hosts.length) this.marks.lastElementChild?.remove();
    while (this.marks.children.length < hosts.length) this.marks.append(element("span", ""));
    hosts.forEach(({ entry }, index) => {
      setClass(/** @type {HTMLElement} */ (this.marks.children[index]), conditions.get(entry.id)?.kind ?? "waiting");
    });
  }

  /**
   * Each chart once a bucket, and one a pass: all of them in one would be felt. At the first, and paused, it is all.
   *
   * @param {Scene} scene
   * @param {Totals} totals
   */
  #drawCharts({ fleet, now, paused }, totals) {
    const at = completeAt(now);
    const series = ((this.app?.live ?? fleet).hosts ?? []).map((host) => host.series); // it knows the past, too
    const revision = revisionOf(series);
    for (let index = 0; index < CHARTS.length; index += 1) {
      const { name, columns, merge, least, most } = /** @type {typeof CHARTS[number]} */ (CHARTS[this.#turn]);
      const { chart } = this.tiles[name];
      const isFirst = chart?.top === 0;
      const source = { newestAt: at, revision, values: () => merge(series, columns, at).values };
      const isNew = chart?.draw(source, { least, most: most?.(totals) ?? Infinity });
      this.#turn = (this.#turn + 1) % CHARTS.length;
      if (isNew && !isFirst && !paused) return; // the next one with the next message
    }
  }
}

customElements.define("fleet-bar", FleetBar);
