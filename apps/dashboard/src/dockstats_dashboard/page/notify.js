/**
 * Tells a person through the browser what is over a threshold for long enough, also while the page is hidden.
 *
 * Leave to do so is asked for only when a person wants it (askLeave, from a click).
 * Not here: what is over (thresholds), since when (holds).
 *
 * @typedef {import("./holds.js").Hold} Hold
 */

import { duration } from "./format.js";
import { Holds, excessSentence } from "./holds.js";

const MOST_AT_ONCE = 3; // more become one that counts them

/** Whether this browser can notify, and may. @returns {"granted" | "denied" | "default" | "missing"} */
export function leave() {
  return typeof Notification === "undefined" ? "missing" : Notification.permission;
}

/** Ask; only from a person's click. @returns {Promise<boolean>} */
export async function askLeave() {
  return leave() !== "missing" && (await Notification.requestPermission()) === "granted";
}

export class Notifier {
  #holds = new Holds();

  /**
   * @param {(title: string, body: string, tag: string) => boolean} [tell] whether the person was told
   */
  constructor(tell = notifyPerson) {
    this.tell = tell;
  }

  /**
   * About once a second, from a timer: a hidden page draws no frames.
   *
   * @param {import("./scene.js").Row[]} rows of the live fleet
   * @param {import("./settings.js").Thresholds} thresholds
   * @param {number} now on the dashboard's clock
   */
  look(rows, thresholds, now) {
    const due = this.#holds.look(rows, thresholds, now);
    if (!thresholds.notify || due.length === 0) return;
    if (due.length > MOST_AT_ONCE) {
      const names = due.slice(0, MOST_AT_ONCE).map(({ row }) => row.container.name);
      const title = `${due.length} containers are over a threshold`;
      if (this.tell(title, `${names.join(", ")} and more`, "dockstats")) this.#holds.told(due);
      return;
    }
    for (const hold of due) {
      const { row, excess, since } = hold;
      const held = now > since ? `, for ${duration(now - since)}` : "";
      const isTold = this.tell(excessSentence(row, excess), excess.word + held, `${excess.which} ${row.key}`);
      if (isTold) this.#holds.told([hold]);
    }
  }
}

/** Whether it did. @param {string} title @param {string} body @param {string} tag */
function notifyPerson(title, body, tag) {
  if (leave() !== "granted") return false;
  try {
    const shown = new Notification(title, { body, tag, icon: "page/icon.svg" });
    shown.onclick = () => window.focus();
    return true;
  } catch {
    return false; // Chromium on Android has the class and refuses to make one
  }
}
