/**
 * The head of the page: name, filter, what can be done with the table, and how live it all is. Below it the banner.
 *
 * In a narrow window the buttons become a menu. Not here: doing what is asked (wishes), the words of the banner (situation).
 *
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./view-state.js").GroupBy} GroupBy
 */

import { ask, askButton } from "./ask.js";
import { element, textElement } from "./dom.js";
import { FilterBox } from "./filter-box.js";
import { age, instant } from "./format.js";
import { setAttribute, setClass, setHidden, setText } from "./frame.js";
import { PageNotice } from "./notice.js";
import { situationOf } from "./situation.js";
import { GROUPS } from "./view-state.js";
import { setWhy } from "./why.js";

const SAID_MS = 2000;
const SIMULATED = "Every figure here is made up, so that the page can be tried without a container.";

export class PageHead extends HTMLElement {
  /** @type {import("./scene.js").App | null} */
  #app = null;
  #built = false;

  constructor() {
    super();
    this.filter = new FilterBox();
    this.group = element("select", "", ...GROUPS.map((name) => new Option(name === "none" ? "nothing" : name, name)));
    this.more = element("button", "more", "⋯");
    this.mark = textElement("span", "mark");
    this.word = textElement("span", "word");
    this.old = textElement("span", "old");
    this.state = element("span", "state", this.mark.element, this.word.element, this.old.element);
    this.pauseWord = document.createTextNode("pause");
    this.pauseKey = textElement("kbd", "");
    this.pause = element("button", "pause", this.pauseWord, this.pauseKey.element);
    this.shareWord = document.createTextNode("share");
    this.simulated = element("strong", "badge", "simulated");
    this.notice = new PageNotice();
  }

  set app(/** @type {import("./scene.js").App} */ app) {
    this.#app = app;
    this.filter.app = app;
  }

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    const { group, more, pause, simulated } = this;
    const share = askButton("share", "Copy a link to exactly this: filter, order, selection, range; paused, the instant", this.shareWord);
    more.type = pause.type = "button";
    group.setAttribute("aria-label", "Group containers by");
    group.addEventListener("change", () => this.#app?.view.set({ group: /** @type {GroupBy} */ (group.value) }));
    more.setAttribute("aria-label", "More");
    more.setAttribute("aria-expanded", "false");
    more.setAttribute("aria-controls", "actions");
    more.addEventListener("click", () => this.#open(more.getAttribute("aria-expanded") !== "true"));
    pause.addEventListener("click", () => ask(pause, pause.dataset["wish"] === "live" ? "live" : "pause"));
    simulated.tabIndex = 0;
    setWhy(simulated, SIMULATED);
    this.mark.element.setAttribute("aria-hidden", "true");
    const settings = signButton("settings", "Units, theme, thresholds", "⚙");
    const keys = signButton("keys", "What the keys do", "?");
    this.actions = element(
      "div",
      "actions",
      element("label", "group", element("span", "", "group"), group),
      askButton("columns", "Choose and order the columns", "columns"),
      share,
      askButton("export", "Save the table as CSV, times in UTC", "export"),
      settings,
      keys,
    );
    this.actions.id = "actions";
    this.actions.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("button") !== null) this.#open(false);
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (target instanceof Node && !this.actions?.contains(target) && !more.contains(target)) this.#open(false);
    });
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || more.getAttribute("aria-expanded") !== "true") return;
      event.preventDefault();
      this.#open(false);
      more.focus();
    });
    this.notice.onAction = (action) => ask(this.notice, action);
    const brand = element("h1", "", "dock", element("span", "", "stats"));
    const parts = [brand, this.filter, more, this.actions, simulated, this.state, pause];
    this.append(element("header", "head", ...parts), this.notice);
  }

  /** @param {boolean} open */
  #open(open) {
    setAttribute(this.more, "aria-expanded", String(open));
    if (this.actions) setClass(this.actions, open ? "actions open" : "actions");
  }

  /** Copies the address of exactly what is seen, and says so on the button that was pressed. @param {Element} [from] */
  share(from) {
    const files = Promise.all([import("./clipboard.js"), import("./url.js")]);
    this.#app?.bring(files, ([{ copyText }, { toQuery }]) => void this.#copy(copyText, toQuery, from));
  }

  /**
   * @param {typeof import("./clipboard.js").copyText} copyText
   * @param {typeof import("./url.js").toQuery} toQuery
   * @param {Element} [from]
   */
  async #copy(copyText, toQuery, from) {
    if (this.#app === null) return;
    const { origin, pathname } = location;
    // The address bar follows a little later.
    const copied = await copyText(origin + pathname + toQuery(this.#app.view.state));
    const own = from?.closest("button.share")?.firstChild;
    const word = own instanceof Text ? own : this.shareWord;
    setText(word, copied ? "copied" : "not copied");
    setTimeout(() => setText(word, "share"), SAID_MS);
    const not = "The browser does not let the link be copied; it is in the address bar.";
    const instant = this.#app.time.instant !== null;
    const what = instant ? "The link to exactly this, at this instant, is copied." : "The link to this view is copied; it opens live.";
    this.#app.tell(copied ? what : not);
  }

  /** @param {Scene} scene */
  draw(scene) {
    const { fleet, view, paused, now } = scene;
    setClass(this, view.kiosk ? "kiosk" : "");
    this.filter.draw(scene);
    if (this.group.value !== view.group) this.group.value = view.group;
    setHidden(this.simulated, !fleet.simulated);
    const kind = paused ? "paused" : scene.live ? "live" : "lost";
    setClass(this.state, `state ${kind}`);
    setText(this.mark.text, MARKS[kind]);
    const { kind: connection, lostAt } = scene.streamState;
    const lost = connection === "open" ? "Not live" : lostAt === null ? "Connecting" : "No connection";
    setText(this.word.text, paused ? "Paused" : scene.live ? "Live" : lost);
    setText(this.old.text, paused ? instant(now, now) : oldText(newestAt(scene), now));
    setText(this.pauseWord, paused ? "live" : "pause");
    setText(this.pauseKey.text, paused ? "l" : "space");
    setAttribute(this.pause, "data-wish", paused ? "live" : "pause");
    this.#drawNotice(scene);
  }

  /** @param {Scene} scene */
  #drawNotice({ fleet, streamState, conditions, paused, now }) {
    const browserNow = Date.now();
    const { hosts, restart } = paused ? fleet : (this.#app?.live ?? fleet);
    const given = { streamState, hosts, conditions, instant: paused ? now : null, browserNow, restart, now };
    this.notice.draw(situationOf(given), browserNow);
  }
}

/**
 * A sign in a wide window, with its name in the menu of a narrow one.
 *
 * @param {"settings" | "keys"} wish
 * @param {string} title
 * @param {string} sign
 */
function signButton(wish, title, sign) {
  const button = askButton(wish, title, element("span", "sign", sign), element("span", "label", wish));
  button.setAttribute("aria-label", wish);
  return button;
}

const MARKS = { paused: "‖", live: "●", lost: "▲" };

/** When the newest figures came. @param {Scene} scene */
function newestAt({ fleet }) {
  const heard = (fleet.hosts ?? []).flatMap(({ batchAt }) => (batchAt === null ? [] : [batchAt]));
  return heard.length === 0 ? null : Math.max(...heard);
}

/** With tenths while it is young, so that it is seen to live. @param {number | null} at @param {number} now */
function oldText(at, now) {
  if (at === null) return "";
  const old = Math.max(0, now - at);
  return `${old < 9_950 ? `${(old / 1000).toFixed(1)} s` : age(old)} old`;
}

customElements.define("page-head", PageHead);
