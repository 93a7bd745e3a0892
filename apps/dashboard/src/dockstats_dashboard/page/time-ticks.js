/**
 * What happened to containers, as ticks on the timeline; those too near to each other are one tick. Pure.
 *
 * Ticks lie in stretches that begin at multiples of their length, so that they do not regroup while time moves on. What
 * one container does again and again is one tick, too: a row of them would hide what happens to others. Not here: the words (event-words), drawing them (time-marks).
 *
 * @typedef {import("./messages.js").ContainerEvent} ContainerEvent
 *
 * @typedef {object} Happened
 * @property {ContainerEvent} event
 * @property {string | null} label the host's, where there are several
 *
 * @typedef {object} Tick
 * @property {string} key the same tick as long as it is there
 * @property {number} at of its gravest event, the newest of them, in milliseconds
 * @property {number | null} since of one container's again and again: its first event; else null
 * @property {import("./event-words.js").EventWords["tone"]} tone
 * @property {Happened[]} happened in order
 */

import { eventWords } from "./event-words.js";
import { clock } from "./format.js";

const MAX_LINES = 8;
const NEAR = 8; // stretches from one event of a container to the next, so that they are a row
const ROW = 3; // stretches with an event of it from which on they are

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
  const grave = (/** @type {Happened} */ { event }) => gravity(event) ?? -1;
  const stretchOf = (/** @type {Happened} */ { event }) => Math.floor(event.at / apartMs);
  /** @type {Map<string, Happened[]>} of each container, in order */
  const containers = new Map();
  hosts.forEach(({ label, events }, index) => {
    for (const event of events) {
      if (event.at < from || event.at > to || gravity(event) === null) continue;
      add(containers, `${index}/${event.id}`, { event, label: hosts.length > 1 ? label : null });
    }
  });
  /** @type {Map<string, Happened[]>} */
  const ticks = new Map();
  /** @type {Set<string>} */
  const rows = new Set();
  for (const [container, all] of containers) {
    for (const [index, run] of runsOf(all, NEAR * apartMs).entries()) {
      const isRow = new Set(run.map(stretchOf)).size >= ROW;
      if (isRow) rows.add(`${container}/${index}`);
      for (const one of run) add(ticks, isRow ? `${container}/${index}` : String(stretchOf(one)), one);
    }
  }
  const made = [...ticks].map(([key, happened]) => {
    happened.sort((one, other) => one.event.at - other.event.at);
    const { event } = happened.reduce((worst, next) => (grave(next) >= grave(worst) ? next : worst));
    const { tone } = eventWords(event);
    const since = rows.has(key) ? (happened[0]?.event.at ?? null) : null;
    return { key, at: event.at, since, tone, happened };
  });
  return made.sort((one, other) => one.at - other.at);
}

/** @template T @param {Map<string, T[]>} groups @param {string} key @param {T} one */
function add(groups, key, one) {
  const others = groups.get(key);
  if (others === undefined) groups.set(key, [one]);
  else others.push(one);
}

/** Parted where nothing happened for longer than `nearMs`. @param {Happened[]} all @param {number} nearMs */
function runsOf(all, nearMs) {
  /** @type {Happened[][]} */
  const runs = [];
  for (const one of all) {
    const run = runs.at(-1);
    if (run === undefined || one.event.at - (run.at(-1)?.event.at ?? 0) > nearMs) runs.push([one]);
    else run.push(one);
  }
  return runs;
}

/**
 * What a tick stands for, a line an event, which begins with a sign of what happened. Made only when somebody asks: a time in words costs more than all the rest.
 *
 * @param {Tick} tick
 * @param {number} [most]
 * @returns {string[]}
 */
export function linesOf({ since, happened }, most = MAX_LINES) {
  const who = (/** @type {Happened} */ { event, label }) => event.name + (label === null ? "" : ` on ${label}`);
  const last = happened.at(-1);
  if (since !== null && last !== undefined) {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const { event } of happened) counts.set(eventWords(event).text, (counts.get(eventWords(event).text) ?? 0) + 1);
    const said = [...counts].map(([text, count]) => (count === 1 ? text : `${count} × ${text}`));
    return [`↻ ${clock(since)} to ${clock(last.event.at)} ${who(last)}: ${said.join(", ")}`];
  }
  const lines = happened.slice(0, most).map((one) => {
    const { sign, text } = eventWords(one.event);
    return `${sign} ${clock(one.event.at)} ${who(one)}: ${text}`;
  });
  return happened.length > most ? [...lines, `and ${happened.length - most} more`] : lines;
}
