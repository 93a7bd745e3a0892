/**
 * The head of the page: what it is, how many hosts are live, how old the newest figure is, and whether it is all made
 * up. Below it, one sentence when the dashboard cannot be reached.
 *
 * Not here: the words (condition).
 *
 * @typedef {import("./condition.js").Sentence} Sentence
 */

import { element, textElement } from "./dom.js";
import { countdown } from "./format.js";
import { setClass, setHidden, setText } from "./frame.js";

export class FleetBar extends HTMLElement {
  #built = false;
  /** Called when a person wants the next attempt at once. */
  onHurry = () => {};

  constructor() {
    super();
    this.hosts = textElement("span", "hosts");
    this.containers = textElement("span", "containers");
    this.simulated = element("strong", "badge", "simulated: every figure is made up");
    this.mark = textElement("span", "mark");
    this.word = textElement("span", "word");
    this.old = textElement("span", "old");
    this.said = textElement("span", "");
    this.retry = textElement("span", "retry");
    this.hurry = element("button", "", "Try now");
  }

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    this.simulated.hidden = true;
    this.mark.element.setAttribute("aria-hidden", "true");
    this.retry.element.setAttribute("aria-hidden", "true"); // a countdown read aloud would never end
    this.hurry.type = "button";
    this.hurry.addEventListener("click", () => this.onHurry());
    const name = element("h1", "", "dock", element("span", "", "stats"));
    const state = element("span", "state", this.mark.element, this.word.element, this.old.element);
    this.head = element("header", "bar-head", name, this.hosts.element, this.containers.element, this.simulated, state);
    this.notice = element("div", "notice", this.said.element, this.retry.element, this.hurry);
    this.notice.setAttribute("role", "status");
    this.notice.hidden = true;
    this.append(this.head, this.notice);
  }

  /**
   * @param {object} state
   * @param {string} state.hosts
   * @param {boolean} state.complete whether all hosts are live
   * @param {string} state.containers
   * @param {boolean} state.simulated
   * @param {boolean} state.live
   * @param {string} state.word
   * @param {string} state.old
   * @param {Sentence | null} state.sentence
   * @param {number} state.now
   */
  draw({ hosts, complete, containers, simulated, live, word, old, sentence, now }) {
    if (!this.head || !this.notice) return;
    setText(this.hosts.text, hosts);
    setClass(this.hosts.element, complete ? "hosts" : "hosts high");
    setText(this.containers.text, containers);
    setHidden(this.simulated, !simulated);
    setClass(this.head, live ? "bar-head live" : "bar-head lost");
    setText(this.mark.text, live ? "●" : "▲");
    setText(this.word.text, word);
    setText(this.old.text, old);
    setHidden(this.notice, sentence === null);
    setText(this.said.text, sentence?.text ?? "");
    const left = sentence?.retryAt ? sentence.retryAt - now : 0;
    setText(this.retry.text, left > 0 ? `Next attempt in ${countdown(left)}.` : sentence?.retryAt ? "Trying." : "");
    setHidden(this.hurry, !sentence?.retryAt);
  }
}

customElements.define("fleet-bar", FleetBar);
