/** A fleet and how its hosts are, from messages. Not here: messages (builders), tests. */

import { conditionOf } from "../../apps/dashboard/src/dockstats_dashboard/page/condition.js";
import { decode } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { Fleet } from "../../apps/dashboard/src/dockstats_dashboard/page/model.js";
import { NOW, agentList } from "./builders.js";

/**
 * @param {string[]} ids of the agents
 * @param {object[]} messages
 * @param {number} [later] milliseconds after the last message
 */
export function fleetOf(ids, messages, later = 0) {
  const fleet = new Fleet();
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
