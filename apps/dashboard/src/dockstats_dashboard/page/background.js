/**
 * What goes on while nobody looks: notifications, and the tab's title and icon. About once a second, from a timer, as a
 * hidden page draws no frames.
 *
 * Not here: what is over a threshold (thresholds), the words of a title (title).
 */

import { totalsOf } from "./fleet-totals.js";
import { Notifier } from "./notify.js";
import { drawTitle } from "./title.js";

export class Background {
  #notifier = new Notifier();

  /** @param {import("./scene.js").Scene} scene of the live fleet @param {boolean} paused whether another one is shown */
  look({ fleet, rows, settings, conditions, live, now }, paused) {
    this.#notifier.look(rows, settings.thresholds, now);
    const { unhealthy } = totalsOf(fleet.hosts ?? [], conditions).containers;
    drawTitle(document, { unhealthy, lost: fleet.hosts !== null && !live, paused });
  }
}
