/** A fleet and how its hosts are, from messages. Not here: messages (builders), tests. */

import { BucketSeries } from "../../apps/dashboard/src/dockstats_dashboard/page/buckets.js";
import { conditionOf } from "../../apps/dashboard/src/dockstats_dashboard/page/condition.js";
import { HOST_COLUMNS } from "../../apps/dashboard/src/dockstats_dashboard/page/host.js";
import { decode } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { Fleet } from "../../apps/dashboard/src/dockstats_dashboard/page/model.js";
import { NOW, agentList } from "./builders.js";

/** One that keeps what charts need, as it does once the page is whole. */
export function keepingFleet() {
  const fleet = new Fleet();
  fleet.keepSeries(() => new BucketSeries(HOST_COLUMNS));
  return fleet;
}

/**
 * @param {string[]} ids of the agents
 * @param {object[]} messages
 * @param {number} [later] milliseconds after the last message
 */
export function fleetOf(ids, messages, later = 0) {
  const fleet = keepingFleet();
  const agents = ids.map((id) => ({ id, label: id, url: `ws://${id}:8080/ws` }));
  for (const message of [agentList({ agents }), ...messages]) {
    const decoded = decode(JSON.stringify(message));
    if (decoded === null) throw new Error(`refused: ${JSON.stringify(message)}`);
    fleet.take(decoded, NOW);
  }
  const hosts = fleet.hosts ?? [];
  const conditions = new Map(hosts.map((host) => [host.entry.id, conditionOf(host, fleet, NOW + later)]));
  return { fleet, hosts, conditions, now: NOW + later };
}
