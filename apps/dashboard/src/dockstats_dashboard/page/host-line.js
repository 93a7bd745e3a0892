/**
 * One line of hosts: a card each, or, where there are many, a mark each and the cards when asked for.
 *
 * A click shows that host's containers only, a second control everything about it.
 * Not here: how a host is (condition), everything about it (host-detail).
 *
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./model.js").Host} Host
 */

import { MARKS } from "./condition.js";
import { element, textElement } from "./dom.js";
import { setAttribute, setClass, setHidden, setText } from "./frame.js";
import { HostTile } from "./host-tile.js";
import { conditionText, wordOf } from "./host-words.js";
import { setWhyOnDemand } from "./why.js";

const MOST_CARDS = 8;
const MOST_NAMED = 3;

class HostMark {
  why = "";

  /** @param {() => void} press */
  constructor(press) {
    this.element = element("button", "host-mark");
    this.element.type = "button";
    this.element.addEventListener("click", press);
    setWhyOnDemand(this.element, () => this.why);
  }
}

export class HostLine extends HTMLElement {
  /** @type {import("./scene.js").App | null} */
  app = null;
  #built = false;
  #expanded = false;
  /** @type {Map<string, HostTile>} */
  #cards = new Map();
  /** @type {Map<string, HostMark>} */
  #marks = new Map();
  /** @type {Scene | null} */
  #scene = null;
  /** Called when a person wants all of one host. @type {(agentId: string) => void} */
  onDetail = () => {};

  constructor() {
    super();
    this.marks = element("div", "host-marks");
    this.said = textElement("span", "said");
    this.toggle = textElement("button", "");
    this.summary = element("div", "host-summary", this.marks, this.said.element, this.toggle.element);
    this.cards = element("div", "host-cards");
  }

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Hosts");
    this.toggle.element.setAttribute("type", "button");
    this.summary.hidden = true; // before the first scene its button has no name
    this.toggle.element.addEventListener("click", () => {
      this.#expanded = !this.#expanded;
      this.app?.requestDraw();
    });
    this.append(this.summary, this.cards);
  }

  /** @param {Scene} scene */
  draw(scene) {
    this.#scene = scene;
    const hosts = scene.fleet.hosts ?? [];
    const many = hosts.length > MOST_CARDS;
    const shown = many && !this.#expanded ? [] : hosts;
    setHidden(this, hosts.length === 0);
    setHidden(this.summary, !many);
    setHidden(this.cards, shown.length === 0);
    arrange(this.#cards, this.cards, shown, (id) => new HostTile(() => this.#filter(id), () => this.onDetail(id)));
    for (const host of shown) this.#cards.get(host.entry.id)?.draw(host, scene);
    if (many) this.#drawMarks(hosts, scene);
  }

  /** @param {readonly Host[]} hosts @param {Scene} scene */
  #drawMarks(hosts, scene) {
    arrange(this.#marks, this.marks, hosts, (id) => new HostMark(() => this.#filter(id)));
    /** @type {string[]} */
    const troubled = [];
    for (const host of hosts) {
      const condition = scene.conditions.get(host.entry.id);
      const mark = this.#marks.get(host.entry.id);
      if (condition === undefined || mark === undefined) continue;
      const word = wordOf(host, condition, scene.now);
      const sentences = conditionText(condition, Date.now());
      mark.why = `${host.label}: ${word}. ${sentences}`.trim();
      setClass(mark.element, `host-mark ${condition.kind}`);
      setAttribute(mark.element, "aria-label", `${host.label}, ${condition.word}`);
      if (condition.kind !== "live") troubled.push(`${MARKS[condition.kind]} ${host.label} ${word}`);
    }
    const more = troubled.length > MOST_NAMED ? [`and ${troubled.length - MOST_NAMED} more`] : [];
    setText(this.said.text, [...troubled.slice(0, MOST_NAMED), ...more].join(" · "));
    setText(this.toggle.text, this.#expanded ? "marks only" : `show ${hosts.length} hosts`);
    setAttribute(this.toggle.element, "aria-expanded", String(this.#expanded));
  }

  /** @param {string} agentId */
  #filter(agentId) {
    const { app } = this;
    app?.bring(import("./filter-terms.js"), ({ toggleTerm }) => {
      app.view.set({ filter: toggleTerm(app.view.state.filter, "host", this.#termOf(agentId)) });
    });
  }

  /** The label, if it means this host only. @param {string} agentId */
  #termOf(agentId) {
    const hosts = this.#scene?.fleet.hosts ?? [];
    const label = hosts.find(({ entry }) => entry.id === agentId)?.label ?? agentId;
    const lower = label.toLowerCase();
    const alike = hosts.filter((host) => [host.label, host.entry.id].some((text) => text.toLowerCase().includes(lower)));
    return alike.length > 1 ? `=${label}` : label; // host:web would show web-2, too
  }
}

/**
 * One thing a host, in the hosts' order.
 *
 * @template {{ element: HTMLElement }} Thing
 * @param {Map<string, Thing>} things by agent id
 * @param {HTMLElement} place
 * @param {readonly Host[]} hosts
 * @param {(agentId: string) => Thing} make
 */
function arrange(things, place, hosts, make) {
  const ids = hosts.map(({ entry }) => entry.id);
  const same = ids.length === things.size && ids.every((id, index) => things.get(id)?.element === place.children[index]);
  if (same) return;
  for (const [id, thing] of things) {
    if (ids.includes(id)) continue;
    thing.element.remove();
    things.delete(id);
  }
  for (const id of ids) {
    const thing = things.get(id) ?? make(id);
    things.set(id, thing);
    place.append(thing.element);
  }
}

customElements.define("host-line", HostLine);
