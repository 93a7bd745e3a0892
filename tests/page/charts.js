/** A fleet of one host and the points of a container, from the few figures a test is about. Not here: tests. */

import { Points } from "../../apps/dashboard/src/dockstats_dashboard/page/points.js";
import { decode } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { Fleet } from "../../apps/dashboard/src/dockstats_dashboard/page/model.js";
import { COLUMNS } from "../../apps/dashboard/src/dockstats_dashboard/page/plots.js";
import { NOW, agentList, agentStatus, batch, inventory, sample } from "./builders.js";

export const ID = "0123456789ab";
export const KEY = `heron/${ID}`;

/** @param {Record<string, (number | null)[]>} columns one value each `stepMs` @param {number} [stepMs] @param {number} [from] */
export function pointsOf(columns, stepMs = 500, from = 0) {
  const points = new Points(COLUMNS);
  const length = Math.max(...Object.values(columns).map((values) => values.length));
  for (let index = 0; index < length; index += 1) {
    const figures = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[index] ?? null]));
    points.push(from + index * stepMs, figures);
  }
  return points;
}

/** @param {object} [figures] @param {object} [facts] @param {object} [payload] of the batch */
export function fleetOf(figures = {}, facts = {}, payload = {}) {
  const fleet = new Fleet();
  const containers = [{ id: ID.repeat(5).slice(0, 64), name: "shop-db-1", state: "running", ...facts }];
  const messages = [
    agentList(),
    agentStatus(),
    inventory(containers),
    batch({ containers: [sample(ID, { name: "shop-db-1", ...figures })], ...payload }),
  ];
  for (const message of messages) fleet.take(must(decode(JSON.stringify(message))), NOW);
  return fleet;
}

/** @param {object} [figures] @param {object} [facts] @param {object} [payload] */
export function containerOf(figures, facts, payload) {
  return must(fleetOf(figures, facts, payload).container(KEY));
}

/** @template Value @param {Value | null | undefined} value @returns {Value} */
export function must(value) {
  if (value === null || value === undefined) throw new Error("missing");
  return value;
}
