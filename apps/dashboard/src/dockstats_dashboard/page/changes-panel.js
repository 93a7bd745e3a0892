/**
 * "What changed in 5 min": how the fleet was then, from the dashboard, held against how it is; a list that stands still
 * while it is read.
 *
 * Not here: the difference (changes), its words (change-words).
 *
 * @typedef {import("./changes.js").Change} Change
 * @typedef {import("./changes.js").Changes} Changes
 * @typedef {import("./format.js").Format} Format
 * @typedef {import("./history.js").Moment} Moment
 * @typedef {import("./scene.js").App} App
 * @typedef {import("./scene.js").Scene} Scene
 */

import { changeWords } from "./change-words.js";
import { difference } from "./changes.js";
import { element, textElement } from "./dom.js";
import { quoted } from "./filter-terms.js";
import { clock } from "./format.js";
import { setAttribute, setHidden, setText } from "./frame.js";
import { fetchMoment } from "./history.js";

const MINUTES = [1, 5, 15];
const MINUTE_MS = 60_000;
const ANEW_MS = 10_000; // live, and nobody points at it
const SLACK_MS = 2000; // the oldest instant is forgotten while it is asked for, and hosts do not begin at one instant
const MOST_LINES = 100;

/** What a list can be of. @type {Readonly<{ minutes: number, instant: number | null, at: number }>} */
const NOTHING = Object.freeze({ minutes: 0, instant: null, at: 0 });

export class ChangesPanel extends HTMLElement {
  #built = false;
  #minutes = 5;
  /** What the question under way, or the answer shown, is of. */
  #asked = NOTHING;
  #asking = false;
  /** Grows when what is under way is no longer wanted. */
  #turn = 0;
  /** An answer that waits for the next drawing. @type {{ then: number, moment: Moment | null } | null} */
  #answer = null;
  /** @type {App | null} */
  #app = null;
  /** Called when it closed. @param {boolean} focused whether the focus was in it */
  onClose = (focused) => void focused;

  constructor() {
    super();
    this.hidden = true;
    this.period = textElement("p", "fact");
    this.list = element("div", "changes-list");
    this.status = textElement("p", "changes-status");
    this.buttons = MINUTES.map((minutes) => {
      const choice = element("button", "", `${minutes} min`);
      choice.type = "button";
      choice.addEventListener("click", () => {
        this.#minutes = minutes;
        this.#asked = NOTHING; // the same once more is a second try
        this.#app?.requestDraw();
      });
      return choice;
    });
  }

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-label", "What changed");
    const choices = element("div", "ranges", ...this.buttons);
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-label", "In how long");
    const close = element("button", "changes-close", "✕");
    close.type = "button";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => this.close());
    this.status.element.setAttribute("role", "status");
    this.append(
      element("div", "top", element("h2", "", "What changed in"), choices, close),
      this.period.element,
      this.status.element,
      this.list,
    );
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.close();
    });
  }

  /** @param {App} app */
  open(app) {
    this.#app = app;
    this.#asked = NOTHING;
    this.hidden = false;
    this.list.replaceChildren();
    this.buttons[MINUTES.indexOf(this.#minutes)]?.focus();
    app.requestDraw();
  }

  close() {
    if (this.hidden) return;
    const focused = this.contains(document.activeElement);
    this.hidden = true;
    this.#turn += 1;
    this.#asking = false;
    this.#answer = null;
    this.onClose(focused);
  }

  /** @param {Scene} scene */
  draw(scene) {
    const app = this.#app;
    if (this.hidden || app === null || scene.fleet.hosts === null) return;
    this.buttons.forEach((choice, index) => {
      setAttribute(choice, "aria-pressed", String(MINUTES[index] === this.#minutes));
    });
    if (app.time.loading) return; // the fleet shown is not yet of the instant asked for
    this.#askAnew(app, scene.now);
    if (this.#answer === null) return;
    const { then, moment } = this.#answer;
    this.#answer = null;
    if (moment === null) {
      this.#say(`The dashboard does not tell how it was at ${clock(then)}. Choose a time again to try again.`);
      return;
    }
    const begin = (moment.oldest ?? then) + SLACK_MS;
    if (begin > then + 2 * SLACK_MS && begin < scene.now) {
      void this.#ask(app, begin, true); // it keeps less than that
      return;
    }
    setText(this.period.text, `${clock(then)} to ${clock(scene.now)}`);
    const found = difference(app.live.asOf(moment.messages, then), then, scene.fleet, scene.now);
    this.#show(found, scene.format, then);
  }

  /** One question at a time, for what is wanted by then. @param {App} app @param {number} now */
  #askAnew(app, now) {
    const { instant, oldest } = app.time;
    const asked = this.#asked;
    const other = asked.minutes !== this.#minutes || asked.instant !== instant;
    const old = instant === null && now - asked.at > ANEW_MS && !this.matches(":hover, :focus-within");
    if (this.#asking || (!other && !old)) return;
    this.#asked = { minutes: this.#minutes, instant, at: now };
    void this.#ask(app, Math.max(now - this.#minutes * MINUTE_MS, oldest === null ? -Infinity : oldest + SLACK_MS), other);
  }

  /** @param {App} app @param {number} then @param {boolean} tell that it is under way */
  async #ask(app, then, tell) {
    const turn = (this.#turn += 1);
    this.#asking = true;
    this.#answer = null;
    if (tell) this.#say(`Fetching how it was at ${clock(then)}`);
    const moment = await fetchMoment(then);
    if (turn !== this.#turn) return;
    this.#asking = false;
    this.#answer = { then, moment };
    app.requestDraw();
  }

  /** Instead of the list. @param {string} sentence */
  #say(sentence) {
    setText(this.status.text, sentence);
    setHidden(this.status.element, false);
    setText(this.period.text, "");
    this.list.replaceChildren();
  }

  /** @param {Changes} changes @param {Format} format @param {number} then */
  #show({ happened, cpu, memory }, format, then) {
    const groups = /** @type {const} */ ([
      ["Came, went, changed, newest first", happened.slice(0, MOST_LINES)],
      ["CPU moved most", cpu],
      ["Memory moved most", memory],
    ]);
    const nodes = groups.flatMap(([title, lines]) => {
      if (lines.length === 0) return [];
      const list = element("ul", "", ...lines.map((change) => this.#line(change, format, then)));
      if (lines.length < happened.length && lines[0] === happened[0]) {
        list.append(element("li", "fact", `and ${happened.length - lines.length} more`));
      }
      return [element("h3", "", title), list];
    });
    this.list.replaceChildren(...nodes);
    setHidden(this.status.element, nodes.length > 0);
    setText(this.status.text, nodes.length > 0 ? "" : "Nothing came, went or moved.");
  }

  /** @param {Change} change @param {Format} format @param {number} then */
  #line(change, format, then) {
    const { text, sign, tone } = changeWords(change, format);
    const mark = element("span", `mark ${tone}`, sign);
    mark.setAttribute("aria-hidden", "true");
    const where = change.key === null ? "" : change.host.label;
    const line = element(
      "button",
      "change",
      mark,
      element("bdi", "name", change.name),
      element("span", `words ${tone === "full" || tone === "high" ? tone : "fact"}`, text),
      element("span", "hint", change.at === null ? where : `${clock(change.at)} ${where}`),
    );
    line.type = "button";
    line.addEventListener("click", () => this.#follow(change, then));
    return element("li", "", line);
  }

  /** To the container; to one that went, as it was just before. @param {Change} change @param {number} then */
  #follow({ key, container, host, at }, then) {
    const app = this.#app;
    if (app === null) return;
    if (key === null) {
      app.view.set({ filter: `host:${quoted(host.label)}` });
      return;
    }
    if (container === null) app.time.goTo(Math.max(then, (at ?? then) - 1000));
    app.view.set({ open: key });
  }
}

customElements.define("changes-panel", ChangesPanel);
