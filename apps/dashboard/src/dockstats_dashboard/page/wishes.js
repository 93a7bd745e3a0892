/**
 * What a person asks for, by a key or a button, done.
 *
 * Not here: the keys (keys), the buttons (ask), what the parts do with it.
 *
 * @typedef {import("./ask.js").Wish} Wish
 *
 * @typedef {object} Parties whom it may concern
 * @property {import("./page-head.js").PageHead} head
 * @property {import("./time-bar.js").TimeBar} timeBar
 * @property {import("./scene.js").App} app
 * @property {import("./parts.js").Parts} parts
 */

import { nextCpuUnit } from "./format.js";
import { signInAddress } from "./session.js";
import { GROUPS } from "./view-state.js";

export class Wishes {
  /** @param {import("./rest.js").Core & Parties} parties */
  constructor(parties) {
    this.parties = parties;
  }

  /** @param {Wish} wish @param {Element} [from] where it was asked */
  answer(wish, from) {
    const { head, timeBar, app, parts, table, view, settings, stream } = this.parties;
    const { time, tell } = app;
    switch (wish) {
      case "filter":
        return head.filter.enter();
      case "down":
        return table.moveCursor(1);
      case "up":
        return table.moveCursor(-1);
      case "open":
        return table.openCursor();
      case "pin":
        return this.#pin(from === undefined ? (table.cursor ?? view.state.open) : view.state.open); // a button is in the detail
      case "compare":
        if (view.state.pinned.length === 0) tell("Pin containers first, with p; then c compares them.");
        return view.set({ compare: !view.state.compare });
      case "sort":
        return this.#sort();
      case "group":
        return view.set({ group: after(GROUPS, view.state.group) });
      case "unit":
        return settings.set({ cpuUnit: nextCpuUnit(settings.value.cpuUnit) });
      case "moves":
        return table.applyMoves();
      case "pause":
        return time.instant === null ? time.pause() : time.live();
      case "live":
        return time.live();
      case "time":
        return timeBar.slider.element.focus();
      case "share":
        return head.share(from);
      case "changes":
        return timeBar.toggleChanges();
      case "columns":
        return this.#columns(from);
      case "settings":
        return parts.want("settings-dialog", (dialog) => dialog.open());
      case "keys":
        return parts.want("keys-dialog", (dialog) => dialog.open());
      case "export":
        return app.bring(import("./export.js"), ({ exportTable }) => this.#export(exportTable));
      case "doctor":
        return view.set({ doctor: true });
      case "hurry":
        return stream.hurry();
      case "signIn":
        return location.assign(signInAddress(location.search));
      case "leave":
        return this.#leave();
    }
  }

  /** Closes one thing, what lies on top first. */
  #leave() {
    const { timeBar, table, view } = this.parties;
    const over = document.querySelector(":popover-open");
    if (over instanceof HTMLElement) return over.hidePopover();
    if (timeBar.leave()) return;
    if (view.state.compare) return view.set({ compare: false });
    if (view.state.open === null) return;
    view.set({ open: null, zoom: null });
    table.focusCursor();
  }

  /** @param {string | null} key */
  #pin(key) {
    const { view, app } = this.parties;
    if (key === null) return app.tell("Go to a container first, with j and k.");
    if (!view.togglePin(key)) app.tell("Eight containers are pinned already; unpin one first.");
  }

  /** Below its button; in a narrow window that hides, with the menu it is in, before the files are there. @param {Element} [button] */
  #columns(button) {
    if (!(button instanceof HTMLButtonElement)) return;
    const { parts, head } = this.parties;
    const { left, bottom } = button.getBoundingClientRect();
    const back = button.closest(".open") === null ? button : head.more;
    parts.want("columns-menu", (menu) => menu.toggle(button, { left, bottom, back }));
  }

  /** @param {typeof import("./export.js").exportTable} exportTable */
  #export(exportTable) {
    const { table, sceneNow } = this.parties;
    const scene = sceneNow();
    if (scene !== null) exportTable(scene, table.body.items);
  }

  /** By the next of the columns whose heads are seen: a phone has a few of them only. */
  #sort() {
    const { table, view } = this.parties;
    const seen = table.head.heads.filter(({ place }) => place.offsetWidth > 0).map(({ column }) => column);
    const sorted = seen.find(({ id }) => id === view.state.sort.column);
    const next = after(seen, sorted);
    if (next !== undefined) table.head.sortBy(next);
  }
}

/** The one after `one`; the first after the last, or after none. @template T @param {readonly T[]} list @param {T} one @returns {T} */
function after(list, one) {
  return /** @type {T} */ (list[(list.indexOf(one) + 1) % list.length]);
}
