/**
 * What happened to containers, as ticks on the timeline; those too near to each other are one tick. Pure.
 *
 * Ticks lie in stretches that begin at multiples of their length, so that they do not regroup while time moves on.
 * Not here: the words (event-words), drawing them (time-marks).
 *
 * @typedef {import("./messages.js").ContainerEvent} ContainerEvent
 *
 * @typedef {object} Tick
 * @property {number} stretch its number since 1970: the same tick as long as it is there
 * @property {number} at of its gravest event, in milliseconds
 * @property {import("./event-words.js").EventWords["tone"]} tone
 * @property {string} sign a shape, so that colour is not all that tells
 * @property {{ event: ContainerEvent, label: string | null }[]} happened in order, with the host's label where there are several
 */

import { eventWords } from "./event-words.js";
import { clock } from "./format.js";

const MAX_LINES = 8;

/**
 * How grave an event is; null: none to turn back for, so not on the timeline.
 *
 * @param {ContainerEvent} event
 * @returns {number | null}
 */
export function gravity({ kind, exit_code: code, health }) {
  if (kind === "oom") return 5;
  if (kind === "die") return code === 0 ? 1 : 4;
  if (kind === "health") return health === "unhealthy" ? 3 : health === "healthy" ? 0 : null;
  if (kind === "restart") return 2;
  return kind === "start" ? 0 : null;
}

/**
 * @param {{ label: string, events: readonly ContainerEvent[] }[]} hosts
 * @param {number} from milliseconds
 * @param {number} to
 * @param {number} apartMs the length of one stretch
 * @returns {Tick[]} in ascending time
 */
export function ticksOf(hosts, from, to, apartMs) {
  /** @type {Map<number, { event: ContainerEvent, grave: number, label: string }[]>} */
  const stretches = new Map();
  for (const { label, events } of hosts) {
    for (const event of events) {
      const grave = event.at >= from && event.at <= to ? gravity(event) : null;
      if (grave === null) continue;
      const stretch = Math.floor(event.at / apartMs);
      const others = stretches.get(stretch);
      if (others === undefined) stretches.set(stretch, [{ event, grave, label }]);
      else others.push({ event, grave, label });
    }
  }
  const named = hosts.length > 1;
  return [...stretches].sort(([one], [other]) => one - other).map(([stretch, found]) => {
    found.sort((one, other) => one.event.at - other.event.at);
    const { event } = found.reduce((worst, next) => (next.grave > worst.grave ? next : worst));
    const { tone, sign } = eventWords(event);
    const happened = found.map((one) => ({ event: one.event, label: named ? one.label : null }));
    return { stretch, at: event.at, tone, sign, happened };
  });
}

/**
 * What a tick stands for, a line an event. Made only when somebody asks: a time in words costs more than all the rest.
 *
 * @param {Tick} tick
 * @param {number} [most]
 * @returns {string[]}
 */
export function linesOf({ happened }, most = MAX_LINES) {
  const lines = happened.slice(0, most).map(({ event, label }) => {
    return `${clock(event.at)} ${event.name}${label === null ? "" : ` on ${label}`}: ${eventWords(event).text}`;
  });
  return happened.length > most ? [...lines, `and ${happened.length - most} more`] : lines;
}
