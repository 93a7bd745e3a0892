/**
 * The head of the detail: name, state, share, pin and close, where the container is, and why it is slow or ended,
 * where that is known.
 *
 * Not here: what makes it so (the library's diagnosis), how long that is told (held-diagnosis), the rest of the detail
 * (detail-drawer).
 *
 * @typedef {import("./model.js").Container} Container
 * @typedef {import("./model.js").Host} Host
 */

import { askButton } from "./ask.js";
import { element, textElement } from "./dom.js";
import { clock, duration } from "./format.js";
import { setAttribute, setClass, setHidden, setText } from "./frame.js";
import { hold } from "./held-diagnosis.js";
import { markOf } from "./state-mark.js";
import { setWhy } from "./why.js";

export class DetailHead {
  /** @type {import("./held-diagnosis.js").Held | null} */
  #held = null;
  #key = "";

  constructor() {
    this.name = textElement("bdi", "");
    this.mark = textElement("span", "mark");
    this.word = textElement("span", "word");
    this.mark.element.setAttribute("aria-hidden", "true");
    this.pinned = document.createTextNode("pin");
    this.pin = element("button", "", this.pinned);
    this.share = askButton("share", "Copy a link to exactly this", "share");
    this.comparison = document.createTextNode("");
    this.compare = element("button", "", this.comparison);
    this.close = element("button", "close", "✕");
    this.pin.type = this.compare.type = this.close.type = "button";
    this.compare.title = "The pinned ones in one chart (c)";
    this.pin.title = "Pin it, to compare it with others (p)";
    this.close.title = "Close (Escape)";
    this.close.setAttribute("aria-label", "close the detail");
    this.title = element("h2", "", this.name.element);
    this.title.tabIndex = -1; // where focus goes when it covers the page
    this.where = textElement("bdi", "where");
    this.sentence = textElement("p", "sentence");
    this.slow = textElement("span", "");
    this.slowTitle = document.createTextNode("");
    this.slowPlace = element("p", "why-slow", element("b", "", this.slowTitle), this.slow.element);
    this.slowPlace.tabIndex = 0;
    this.element = element(
      "div",
      "detail-top",
      element(
        "div",
        "title",
        element("div", "who", this.title, " ", element("span", "state", this.mark.element, " ", this.word.element)),
        this.share,
        this.pin,
        this.close,
      ),
      element("div", "second", this.where.element, this.compare),
      this.sentence.element,
      this.slowPlace,
    );
  }

  /**
   * @param {Container} container
   * @param {Host} host
   * @param {object} around
   * @param {boolean} around.there whether it is in the fleet that is shown
   * @param {string[]} around.pinned keys
   * @param {string | null} around.sentence what has to be known before the figures are believed
   * @param {number} around.now
   * @param {boolean} around.paused at an instant, which is told as it was
   */
  draw(container, host, { there, pinned, sentence, now, paused }) {
    const { name } = container;
    const absent = paused && !there;
    const state = absent ? { mark: "○", tone: "quiet", word: "not there then" } : markOf(container);
    setText(this.name.text, name);
    setText(this.mark.text, state.mark);
    setClass(this.mark.element, `mark ${state.tone}`);
    setText(this.word.text, state.word);
    const isPinned = pinned.includes(container.key);
    setText(this.pinned, isPinned ? "pinned" : "pin");
    setAttribute(this.pin, "aria-pressed", String(isPinned));
    setHidden(this.compare, pinned.length === 0);
    setText(this.comparison, `compare ${pinned.length}`);
    setText(this.where.text, whereText(container, host, absent ? null : now));
    setHidden(this.sentence.element, sentence === null);
    setText(this.sentence.text, sentence ?? "");
    const before = container.key === this.#key && !paused ? this.#held : null;
    this.#key = container.key;
    this.#held = there ? hold(before, container.diagnosis, now) : null;
    setHidden(this.slowPlace, this.#held === null);
    if (this.#held === null) return;
    const { diagnosis, at, past } = this.#held;
    const ended = diagnosis.cause === "out_of_memory";
    if (past) setText(this.slowTitle, `${ended ? "Why it ended before" : "Was slow until"} ${clock(at)}:`);
    else setText(this.slowTitle, ended ? "Why it ended" : "Why slow");
    setText(this.slow.text, ` ${diagnosis.sentence}`);
    setClass(this.slowPlace, past ? "why-slow past" : diagnosis.severe ? "why-slow severe" : "why-slow");
    setWhy(this.slowPlace, diagnosis.rule);
  }
}

/**
 * `delta · shop / search · opensearch:2.19 · up 3 d 4 h`.
 *
 * @param {Container} container
 * @param {Host} host
 * @param {number | null} now null: it was not there then
 */
function whereText({ facts }, host, now) {
  const parts = [host.label];
  if (facts !== null) {
    parts.push([facts.compose_project, facts.compose_service].filter(Boolean).join(" / "));
    parts.push(facts.image ?? "");
  }
  if (facts !== null && now !== null) {
    const { started_at: started, finished_at: finished, state } = facts;
    const since = (/** @type {number} */ at) => duration(Math.max(0, now - at)).replaceAll(" ", "\u00a0");
    if (started !== null && (state === "running" || state === "paused")) parts.push(`up\u00a0${since(started)}`);
    else if (finished !== null && state === "exited") parts.push(`ended ${since(finished)} ago`);
  }
  return parts.filter(Boolean).join(" · ");
}
