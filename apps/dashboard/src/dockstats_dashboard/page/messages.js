/**
 * What the stream says, as the page uses it, and a decoder that believes nothing: text in, a message or null out.
 *
 * Names are those of docs/protocol.md; times become milliseconds since 1970; only what the page shows is taken. A fixed
 * field that is missing or of another kind refuses the message, any other one is taken for unknown. Sizes are bounded.
 * Not here: where the text comes from (stream), what follows from a message (model).
 *
 * @typedef {"connecting" | "connected" | "error" | "closed"} ConnectionStatus
 *
 * @typedef {object} AgentEntry
 * @property {string} id
 * @property {string} label
 * @property {string} url empty for the agent inside the dashboard
 *
 * @typedef {object} AgentList
 * @property {"agent_list"} type
 * @property {number} ts
 * @property {AgentEntry[]} agents
 * @property {boolean} simulated
 * @property {number | null} started_at when this dashboard began
 *
 * @typedef {object} AgentConnection
 * @property {"agent_status"} type
 * @property {string} agent_id
 * @property {ConnectionStatus} status
 * @property {number} at
 * @property {string | null} reason
 * @property {number | null} retry_at
 * @property {string | null} agent_version
 *
 * @typedef {object} ContainerSample figures are null where they are not known
 * @property {string} id short, as every id here
 * @property {string} name
 * @property {number | null} cpu_pct 100 = one core
 * @property {number | null} throttled_pct of the scheduler's periods; null without a CPU limit
 * @property {number | null} mem_bytes in use, without cache
 * @property {number | null} mem_cache_bytes
 * @property {number | null} mem_anon_bytes
 * @property {number | null} mem_file_bytes
 * @property {number | null} mem_kernel_bytes
 * @property {number | null} mem_swap_bytes
 * @property {number | null} mem_limit_bytes the limit in effect: the host's memory where it has none
 * @property {number | null} oom_kills since start
 * @property {number | null} net_rx_bytes_per_sec
 * @property {number | null} net_tx_bytes_per_sec
 * @property {number | null} block_read_bytes_per_sec
 * @property {number | null} block_write_bytes_per_sec
 * @property {number | null} pids
 * @property {number | null} cpu_pressure_pct of the wall clock in which at least one task waited
 * @property {number | null} mem_pressure_pct
 * @property {number | null} io_pressure_pct
 * @property {number | null} age_secs
 * @property {boolean} stale
 * @property {Map<string, string>} unknown group of figures -> reason code
 *
 * @typedef {object} Diagnosis
 * @property {string} cause
 * @property {string} sentence
 * @property {string} rule which figures led to it
 * @property {boolean} severe
 *
 * @typedef {object} HostFigures
 * @property {"host" | "containers"} basis
 * @property {number | null} cpu_pct
 * @property {number | null} cores
 * @property {number | null} mem_used_bytes
 * @property {number | null} mem_total_bytes
 * @property {number | null} load_1m
 * @property {number | null} cpu_pressure_pct
 * @property {number | null} mem_pressure_pct
 * @property {number | null} io_pressure_pct
 *
 * @typedef {object} EngineState
 * @property {boolean} reachable
 * @property {string | null} error
 * @property {number | null} since when `reachable` last changed
 * @property {string} endpoint
 * @property {string | null} product
 * @property {string | null} version
 *
 * @typedef {object} Sampling
 * @property {string | null} source
 * @property {string} reason
 * @property {number | null} interval_secs in effect
 * @property {number | null} duration_secs of the tick that made this batch
 * @property {number | null} skipped_ticks since start
 * @property {number | null} failures containers that could not be read in this tick, or not wholly
 * @property {string[]} limitations what the source cannot tell there, each a sentence with the way out
 *
 * @typedef {object} Usage
 * @property {number | null} cpu_pct
 * @property {number | null} mem_bytes
 *
 * @typedef {object} AgentBatch
 * @property {"container_stats_columns"} type
 * @property {string} agent_id
 * @property {string | null} agent_label what the agent calls itself
 * @property {number} received_at
 * @property {number} sent_at on the agent's clock
 * @property {ContainerSample[]} containers
 * @property {Map<string, Diagnosis>} diagnoses by short id: why it is slow, or why it ended
 * @property {Usage} agent_metrics
 * @property {HostFigures} host
 * @property {EngineState | null} engine null: an agent that does not tell
 * @property {Sampling} sampling
 * @property {Usage} own_usage
 *
 * @typedef {object} ContainerFacts
 * @property {string} id
 * @property {string} full_id
 * @property {string} name
 * @property {string | null} image
 * @property {string | null} state
 * @property {string | null} health
 * @property {string | null} compose_project
 * @property {string | null} compose_service
 * @property {number | null} started_at
 * @property {number | null} finished_at
 * @property {number | null} restart_count
 * @property {number | null} exit_code
 * @property {boolean} oom_killed
 * @property {number | null} cpu_limit_cores
 * @property {number | null} mem_limit_bytes null: no limit of its own
 * @property {number | null} pids_limit null: no limit of its own
 * @property {string | null} network_mode
 * @property {string | null} network_of name of the container whose network it shares
 * @property {Fields} labels those that its agent was asked to show; their values are not looked at yet
 *
 * @typedef {object} AgentInventory
 * @property {"container_inventory"} type
 * @property {string} agent_id
 * @property {ContainerFacts[]} containers
 *
 * @typedef {object} ContainerEvent
 * @property {number} at
 * @property {string} kind start, restart, die, oom, health, pause, unpause, rename, gone, or a newer one
 * @property {string} id
 * @property {string} name
 * @property {number | null} exit_code of `die`
 * @property {string | null} health the new one, of `health`
 * @property {string | null} old_name of `rename`
 *
 * @typedef {object} AgentEvents
 * @property {"container_events"} type
 * @property {string} agent_id
 * @property {ContainerEvent[]} events of the last half hour, oldest first
 *
 * @typedef {AgentList | AgentConnection | AgentBatch | AgentInventory | AgentEvents} StreamMessage
 */

import { LIMITS, Refused, amount, list, object, optional, refuse, sentences, shortId, text, time, whole } from "./fields.js";
import { diagnosesOf, samplesOf } from "./samples.js";

export { LIMITS };

/** @typedef {import("./fields.js").Fields} Fields */

const STATUSES = new Set(["connecting", "connected", "error", "closed"]);

/**
 * The message that `text` holds; null when it is none of ours, or none at all.
 *
 * @param {unknown} text
 * @returns {StreamMessage | null}
 */
export function decode(text) {
  if (typeof text !== "string" || text.length > LIMITS.textChars) return null;
  try {
    return read(JSON.parse(text));
  } catch {
    return null; // no JSON, or nested past the stack
  }
}

/**
 * The message that a parsed value holds; null when it is none of ours.
 *
 * @param {unknown} value
 * @returns {StreamMessage | null}
 */
export function read(value) {
  try {
    const fields = object(value);
    switch (fields["type"]) {
      case "agent_list":
        return agentList(fields);
      case "agent_status":
        return agentConnection(fields);
      case "container_stats_columns":
        return agentBatch(fields);
      case "container_inventory":
        return agentInventory(fields);
      case "container_events":
        return agentEvents(fields);
      default:
        return null;
    }
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/** @param {Fields} fields @returns {AgentList} */
function agentList(fields) {
  return {
    type: "agent_list",
    ts: time(fields["ts"]) ?? refuse(),
    agents: list(fields["agents"], LIMITS.agents).map((entry) => ({
      id: text(entry["id"]) ?? refuse(),
      label: text(entry["label"]) ?? refuse(),
      url: text(entry["url"]) ?? refuse(),
    })),
    simulated: fields["simulated"] === true,
    started_at: time(fields["started_at"]),
  };
}

/** @param {Fields} fields @returns {AgentConnection} */
function agentConnection(fields) {
  const status = fields["status"];
  if (typeof status !== "string" || !STATUSES.has(status)) refuse();
  return {
    type: "agent_status",
    agent_id: text(fields["agent_id"]) ?? refuse(),
    status: /** @type {ConnectionStatus} */ (status),
    at: time(fields["at"]) ?? refuse(),
    reason: text(fields["reason"]) || null,
    retry_at: time(fields["retry_at"]),
    agent_version: text(fields["agent_version"]),
  };
}

/** @param {Fields} fields @returns {AgentBatch} */
function agentBatch(fields) {
  const host = optional(fields["host"]);
  const sampling = optional(fields["sampling"]);
  return {
    type: "container_stats_columns",
    agent_id: text(fields["agent_id"]) ?? refuse(),
    agent_label: text(fields["agent_label"]),
    received_at: time(fields["received_at"]) ?? refuse(),
    sent_at: time(fields["sent_at"]) ?? refuse(),
    containers: samplesOf(fields),
    diagnoses: diagnosesOf(fields["diagnoses"]),
    agent_metrics: usage(fields["agent_metrics"]),
    host: {
      basis: host["basis"] === "host" ? "host" : "containers",
      cpu_pct: amount(host["cpu_pct"]),
      cores: amount(host["cores"]),
      mem_used_bytes: amount(host["mem_used_bytes"]),
      mem_total_bytes: amount(host["mem_total_bytes"]),
      load_1m: amount(host["load_1m"]),
      cpu_pressure_pct: amount(optional(host["cpu_pressure"])["some_pct"]),
      mem_pressure_pct: amount(optional(host["mem_pressure"])["some_pct"]),
      io_pressure_pct: amount(optional(host["io_pressure"])["some_pct"]),
    },
    engine: engineState(optional(fields["engine"])),
    sampling: {
      source: text(sampling["source"]),
      reason: text(sampling["reason"]) ?? "",
      interval_secs: amount(sampling["interval_secs"]),
      duration_secs: amount(sampling["duration_secs"]),
      skipped_ticks: amount(sampling["skipped_ticks"]),
      failures: amount(sampling["failures"]),
      limitations: sentences(sampling["limitations"]),
    },
    own_usage: usage(fields["own_usage"]),
  };
}

/**
 * An agent that knows nothing of this field leaves even the endpoint empty.
 *
 * @param {Fields} fields
 * @returns {EngineState | null}
 */
function engineState(fields) {
  if (!text(fields["endpoint"])) return null;
  return {
    reachable: fields["reachable"] === true,
    error: text(fields["error"]) || null,
    since: time(fields["since"]),
    endpoint: text(fields["endpoint"]) ?? "",
    product: text(fields["product"]),
    version: text(fields["version"]),
  };
}

/** @param {unknown} value @returns {Usage} */
function usage(value) {
  const fields = optional(value);
  return { cpu_pct: amount(fields["cpu_pct"]), mem_bytes: amount(fields["mem_bytes"]) };
}

/** @param {Fields} fields @returns {AgentInventory} */
function agentInventory(fields) {
  const payload = object(fields["payload"]);
  return {
    type: "container_inventory",
    agent_id: text(fields["agent_id"]) ?? refuse(),
    containers: list(payload["containers"], LIMITS.containers).map(containerFacts),
  };
}

/** @param {Fields} fields @returns {ContainerFacts} */
function containerFacts(fields) {
  const state = text(fields["state"]);
  const runs = state === null || state === "running" || state === "paused";
  return {
    id: shortId(fields["id"]),
    full_id: text(fields["id"]) ?? refuse(),
    name: text(fields["name"]) ?? refuse(),
    image: text(fields["image"]),
    state,
    health: runs ? text(fields["health"]) : null, // an engine keeps that of the last run
    compose_project: text(fields["compose_project"]),
    compose_service: text(fields["compose_service"]),
    started_at: time(fields["started_at"]),
    finished_at: time(fields["finished_at"]),
    restart_count: amount(fields["restart_count"]),
    exit_code: whole(fields["exit_code"]),
    oom_killed: fields["oom_killed"] === true,
    cpu_limit_cores: amount(fields["cpu_limit_cores"]),
    mem_limit_bytes: amount(fields["mem_limit_bytes"]),
    pids_limit: amount(fields["pids_limit"]),
    network_mode: text(fields["network_mode"]),
    network_of: text(fields["network_of"]),
    labels: optional(fields["labels"]),
  };
}

/** @param {Fields} fields @returns {AgentEvents} */
function agentEvents(fields) {
  return {
    type: "container_events",
    agent_id: text(fields["agent_id"]) ?? refuse(),
    events: list(fields["events"], LIMITS.events).map((event) => ({
      at: time(event["at"]) ?? refuse(),
      kind: text(event["kind"]) || refuse(),
      id: shortId(event["id"]),
      name: text(event["name"]) ?? refuse(),
      exit_code: whole(event["exit_code"]),
      health: text(event["health"]),
      old_name: text(event["old_name"]),
    })),
  };
}
