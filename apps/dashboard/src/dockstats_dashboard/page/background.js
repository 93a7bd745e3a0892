/**
 * What goes on while nobody looks: notifications, and the tab's title and icon. About once a second, from a timer, as a
 * hidden page draws no frames.
 *
 * Not here: what is over a threshold (thresholds), the words of a title (title).
 */

import { totalsOf } from "./fleet-totals.js";
import { drawTitle } from "./title.js";

export class Background {
  /** Comes when a person wants to be told. @type {import("./notify.js").Notifier | null} */
  #notifier = null;

  /** @param {import("./scene.js").Scene} scene of the live fleet @param {boolean} paused whether another one is shown */
  look({ fleet, rows, settings, conditions, live, now }, paused) {
    this.#notifier?.look(rows, settings.thresholds, now);
    if (this.#notifier === null && settings.thresholds.notify) void this.#bringNotifier();
    const { unhealthy } = totalsOf(fleet.hosts ?? [], conditions).containers;
    drawTitle(document, { unhealthy, lost: fleet.hosts !== null && !live, paused });
  }

  async #bringNotifier() {
    const { Notifier } = await import("./notify.js");
    this.#notifier ??= new Notifier();
  }
}
