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
 * @property {import("./time-machine.js").TimeMachine} time
 * @property {import("./parts.js").Parts} parts
 */

import { choicesOf } from "./columns.js";
import { nextCpuUnit } from "./format.js";
import { GROUPS } from "./view-state.js";

export class Wishes {
  /** @param {import("./rest.js").Core & Parties} parties */
  constructor(parties) {
    this.parties = parties;
  }

  /** @param {Wish} wish @param {Element} [from] where it was asked */
  answer(wish, from) {
    const { head, timeBar, time, parts, table, view, settings, stream, say } = this.parties;
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
        return this.#pin(table.cursor ?? view.state.open);
      case "compare":
        if (view.state.pinned.length === 0) say("Pin containers first, with p; then c compares them.");
        return view.set({ compare: !view.state.compare });
      case "sort":
        return view.set({ sort: { column: after(this.#sortable(), view.state.sort.column), descending: true } });
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
        return void head.share(from);
      case "changes":
        return void timeBar.toggleChanges();
      case "columns":
        return parts.want("columns-menu", (menu) => {
          menu.folded = table.folded;
          menu.open(from instanceof HTMLElement ? from : head);
        });
      case "settings":
        return parts.want("settings-dialog", (dialog) => dialog.open());
      case "keys":
        return parts.want("keys-dialog", (dialog) => dialog.open());
      case "export":
        return void this.#export();
      case "doctor":
        return view.set({ doctor: true });
      case "hurry":
        return stream.hurry();
      case "leave":
        return this.#leave();
    }
  }

  /** Closes one thing, what lies on top first. */
  #leave() {
    const { timeBar, table, view } = this.parties;
    if (timeBar.leave()) return;
    if (view.state.compare) return view.set({ compare: false });
    if (view.state.open === null) return;
    view.set({ open: null, zoom: null });
    table.focusCursor();
  }

  /** @param {string | null} key */
  #pin(key) {
    const { view, say } = this.parties;
    if (key === null) return say("Go to a container first, with j and k.");
    if (!view.togglePin(key)) say("Eight containers are pinned already; unpin one first.");
  }

  async #export() {
    const { exportTable } = await import("./export.js");
    const scene = this.parties.sceneNow();
    if (scene !== null) exportTable(scene);
  }

  #sortable() {
    const { settings, table } = this.parties;
    const shown = choicesOf(settings.value.columns).filter((choice) => choice.shown && !table.folded.has(choice.id));
    return shown.map((choice) => choice.id);
  }
}

/** The one after `one`; the first after the last. @template T @param {readonly T[]} list @param {T} one @returns {T} */
function after(list, one) {
  return /** @type {T} */ (list[(list.indexOf(one) + 1) % list.length]);
}
