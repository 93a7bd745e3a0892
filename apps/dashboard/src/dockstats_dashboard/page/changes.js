/**
 * What changed between two instants of a fleet: the difference of how it was then and how it is now. Pure.
 *
 * A container is the same as long as its id is; one with the name of another that went is its successor. Of a host that
 * was not heard at one of the two instants only that is told: its containers did not come or go for all we know.
 * Not here: where "then" comes from (time-machine), words and marks (change-words).
 *
 * @typedef {import("./model.js").Fleet} Fleet
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./model.js").Container} Container
 *
 * @typedef {object} Change
 * @property {"lost" | "back" | "gone" | "restarted" | "replaced" | "health" | "image" | "new" | "cpu" | "memory"} kind
 * @property {string | null} key of the container; null: it is about a host
 * @property {string} name of the container or the host
 * @property {Host} host as it is now
 * @property {Container | null} container as it is now; null: there is none any more
 * @property {number | null} at when it happened, in milliseconds, where that is known
 * @property {number | null} exitCode of `gone`
 * @property {number | null} times of `restarted`
 * @property {string | number | null} from of `health`, `image`, `cpu` (% of a core), `memory` (bytes)
 * @property {string | number | null} to
 *
 * @typedef {object} Changes
 * @property {Change[]} happened to hosts and containers, newest first; at one time gravest kind first, by name
 * @property {Change[]} cpu that moved most, by how far
 * @property {Change[]} memory
 */

import { kindOf, stateOf } from "./container.js";

const MOST_MOVED = 5;
const LEAST_CPU_PCT = 1; // below, it is the noise of a quiet machine
const LEAST_BYTES = 2 ** 20;
const SAME_START_MS = 1000; // engines round

/** @type {readonly Change["kind"][]} */
const ORDER = ["lost", "back", "gone", "restarted", "replaced", "health", "image", "new"];

/**
 * @param {Fleet} before
 * @param {number} then the instant of `before`, in milliseconds
 * @param {Fleet} after
 * @param {number} now the instant of `after`
 * @returns {Changes}
 */
export function difference(before, then, after, now) {
  /** @type {Change[]} */
  const happened = [];
  /** @type {Change[]} */
  const moved = [];
  for (const host of after.hosts ?? []) {
    const earlier = before.host(host.entry.id);
    if (earlier === undefined) continue;
    const [was, is] = [earlier.isLive(then), host.isLive(now)];
    if (was !== is) happened.push({ ...change(is ? "back" : "lost", host, null), at: is ? (host.connection?.at ?? null) : host.batchAt });
    if (!was || !is) continue;
    happened.push(...lives(earlier, host, then));
    moved.push(...moves(earlier, host));
  }
  const order = (/** @type {Change} */ one, /** @type {Change} */ other) =>
    (other.at ?? then) - (one.at ?? then) || ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind) || byName(one, other);
  return { happened: happened.sort(order), cpu: most(moved, "cpu"), memory: most(moved, "memory") };
}

/** What happened to one host's containers. @param {Host} earlier @param {Host} host @param {number} then */
function* lives(earlier, host, then) {
  /** Those that went, by name, until a successor is found. @type {Map<string, Container>} */
  const went = new Map();
  for (const old of earlier.containers.values()) {
    const now = host.containers.get(old.id);
    if (runs(old) && (now === undefined || now.gone !== null)) went.set(old.name, old);
  }
  for (const container of host.containers.values()) {
    if (container.gone !== null) continue;
    const old = earlier.containers.get(container.id);
    if (old !== undefined) {
      yield* life(old, container, host, then);
      continue;
    }
    const predecessor = went.get(container.name);
    if (predecessor !== undefined) {
      went.delete(container.name);
      const [from, to] = [predecessor.facts?.image ?? null, container.facts?.image ?? null];
      const renewed = from !== null && to !== null && from !== to;
      yield { ...change(renewed ? "image" : "replaced", host, container), at: startOf(container), from, to };
    } else if (runs(container)) {
      yield { ...change("new", host, container), at: startOf(container) };
    } else if (lastOf("die", host, container.id, then) !== null) {
      yield ended(host, container, container, then); // came and went in between
    }
  }
  for (const old of went.values()) yield ended(host, old, null, then);
}

/** Of one that was there then and is there now. @param {Container} old @param {Container} now @param {Host} host @param {number} then */
function* life(old, now, host, then) {
  if (runs(old) && !runs(now)) {
    yield ended(host, now, now, then);
    return;
  }
  if (!runs(now)) return;
  if (!runs(old)) {
    yield { ...change("new", host, now), at: startOf(now) };
  } else if (old.facts !== null && now.facts !== null) {
    const times = (now.facts.restart_count ?? 0) - (old.facts.restart_count ?? 0);
    const later = (startOf(now) ?? 0) - (startOf(old) ?? Infinity);
    if (times > 0 || later > SAME_START_MS) {
      yield { ...change("restarted", host, now), at: startOf(now), times: times > 0 ? times : null };
    }
    const [from, to] = [old.facts.health, now.facts.health];
    // "starting" only follows from a restart, which stands there already.
    if (from !== to && from !== null && to !== null && to !== "starting") {
      yield { ...change("health", host, now), at: lastOf("health", host, now.id, then)?.at ?? null, from, to };
    }
  }
}

/** Figures that are known at both instants. @param {Host} earlier @param {Host} host */
function* moves(earlier, host) {
  for (const container of host.containers.values()) {
    const old = earlier.containers.get(container.id)?.sample;
    const now = container.sample;
    if (!old || !now || old.stale || now.stale) continue;
    if (differs(old.cpu_pct, now.cpu_pct, LEAST_CPU_PCT)) {
      yield { ...change("cpu", host, container), from: old.cpu_pct, to: now.cpu_pct };
    }
    if (differs(old.mem_bytes, now.mem_bytes, LEAST_BYTES)) {
      yield { ...change("memory", host, container), from: old.mem_bytes, to: now.mem_bytes };
    }
  }
}

/** @param {Change[]} moved @param {"cpu" | "memory"} kind */
function most(moved, kind) {
  const far = (/** @type {Change} */ { from, to }) => Math.abs(Number(to) - Number(from));
  const found = moved.filter((change) => change.kind === kind);
  return found.sort((one, other) => far(other) - far(one) || byName(one, other)).slice(0, MOST_MOVED);
}

/** @param {Change["kind"]} kind @param {Host} host @param {Container | null} container @returns {Change} */
function change(kind, host, container) {
  const name = container?.name ?? host.label;
  const rest = { at: null, exitCode: null, times: null, from: null, to: null };
  return { kind, key: container?.key ?? null, name, host, container, ...rest };
}

/** @param {Host} host @param {Container} known when it was last there @param {Container | null} now @param {number} then */
function ended(host, known, now, then) {
  const end = lastOf("die", host, known.id, then);
  const exitCode = end?.exit_code ?? now?.facts?.exit_code ?? null;
  const at = end?.at ?? now?.facts?.finished_at ?? null;
  return { ...change("gone", host, known), container: now, at, exitCode };
}

/** The last event of its kind since then. @param {string} kind @param {Host} host @param {string} id @param {number} then */
function lastOf(kind, host, id, then) {
  return host.events.filter((event) => event.kind === kind && event.id === id && event.at >= then).at(-1) ?? null;
}

/** @param {Container} container */
function runs(container) {
  return container.gone === null && kindOf(stateOf(container)) !== "stopped";
}

/** @param {Container} container */
function startOf({ facts }) {
  return facts?.started_at ?? null;
}

/** @param {number | null} from @param {number | null} to @param {number} least */
function differs(from, to, least) {
  return from !== null && to !== null && Math.abs(to - from) >= least;
}

/** @param {Change} one @param {Change} other */
function byName(one, other) {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}
