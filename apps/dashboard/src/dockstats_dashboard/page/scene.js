/**
 * What every element is given: the scene, made once a frame, and the app, given once. Pure.
 *
 * Not here: who draws them (main).
 *
 * @typedef {object} Row one container as the table shows it
 * @property {string} key `${agent id}/${short id}`
 * @property {import("./model.js").Container} container
 * @property {import("./model.js").Host} host
 * @property {boolean} live whether its figures are of now
 *
 * @typedef {object} Scene
 * @property {import("./model.js").Fleet} fleet the one shown: of now, or of an instant
 * @property {number} now milliseconds on the dashboard's clock
 * @property {boolean} live
 * @property {boolean} paused
 * @property {import("./stream.js").StreamState} streamState
 * @property {Readonly<import("./view-state.js").State>} view
 * @property {Readonly<import("./settings.js").SettingsValue>} settings
 * @property {import("./format.js").Format} format
 * @property {Row[]} rows every container
 * @property {Row[]} visible those that the filter lets through
 * @property {Map<string, import("./condition.js").Condition>} conditions by agent id
 * @property {typeof import("./grouping.js") | null} grouping null: rows are not grouped
 * @property {import("./filter-terms.js").Filter | null} filter null: there is none
 *
 * @typedef {object} App
 * @property {import("./view-state.js").ViewState} view
 * @property {import("./settings.js").Settings} settings
 * @property {import("./time-machine.js").TimeMachine} time
 * @property {import("./model.js").Fleet} live
 * @property {() => void} requestDraw
 * @property {(text: string) => void} say to whoever listens to the page, politely, what others see
 * @property {(text: string) => void} tell to everybody what came of their wish, where nothing else shows it
 * @property {<T>(coming: Promise<T>, use: (module: T) => void) => void} bring uses a module that a wish needs; else tells
 */

import { asLastKnown, conditionOf } from "./condition.js";
import { Format } from "./format.js";

/**
 * The scene of this moment, or of the instant at which the page stands still.
 *
 * @param {object} given
 * @param {import("./model.js").Fleet} given.fleet
 * @param {number | null} given.instant null: now
 * @param {number} given.browserNow
 * @param {import("./stream.js").StreamState} given.streamState
 * @param {Scene["view"]} given.view
 * @param {Scene["settings"]} given.settings
 * @param {import("./filter-terms.js").Filter | null} given.filter null: there is none
 * @param {Scene["grouping"]} given.grouping
 * @returns {Scene}
 */
export function sceneOf({ fleet, instant, browserNow, streamState, view, settings, filter, grouping }) {
  const hosts = fleet.hosts ?? [];
  const paused = instant !== null;
  const lost = !paused && streamState.kind !== "open" && streamState.lostAt !== null;
  // No host falls silent because we do not hear.
  const now = instant ?? fleet.remote(streamState.kind === "open" ? browserNow : streamState.since);
  /** @type {Scene["conditions"]} */
  const conditions = new Map();
  /** @type {Row[]} */
  const rows = [];
  for (const host of hosts) {
    const found = conditionOf(host, fleet, now);
    const condition = lost ? asLastKnown(found) : found;
    conditions.set(host.entry.id, condition);
    for (const container of host.containers.values()) {
      rows.push({ key: container.key, container, host, live: condition.live });
    }
  }
  const live = !paused && [...conditions.values()].some((condition) => condition.live);
  const format = new Format(settings);
  const visible = filter === null ? rows : rows.filter(filter.matches);
  return { fleet, now, live, paused, streamState, view, settings, format, rows, visible, conditions, grouping, filter };
}
