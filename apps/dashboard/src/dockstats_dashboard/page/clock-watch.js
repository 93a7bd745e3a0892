/**
 * Notices that a clock was set: this browser's forward or the dashboard's back. Every batch then seems old, and each host
 * silent.
 *
 * An old batch alone proves nothing: it may have been kept for whoever connects, or held back on the way with others that
 * then come all at once. Two of a host in a row that are late by the same were sent as they were made. A little is left as
 * it is: it makes nobody silent. Not here: the other direction, as nothing comes from the future (model).
 *
 * @typedef {import("./model.js").Fleet} Fleet
 */

export class ClockWatch {
  /** The newest batch of each host. @type {WeakMap<import("./model.js").Host, { receivedAt: number, lateMs: number }>} */
  #newest = new WeakMap();

  /**
   * A batch that the fleet has taken.
   *
   * @param {Fleet} fleet
   * @param {import("./messages.js").AgentBatch} batch
   * @param {number} nowBrowser when it came, on this browser's clock
   */
  took(fleet, { agent_id, received_at: receivedAt }, nowBrowser) {
    const host = fleet.host(agent_id);
    if (host === undefined) return;
    const lateMs = nowBrowser - receivedAt;
    const before = this.#newest.get(host);
    this.#newest.set(host, { receivedAt, lateMs });
    if (before === undefined || receivedAt <= before.receivedAt) return;
    if (Math.abs(lateMs - before.lateMs) >= host.intervalMs / 2) return;
    const least = Math.min(lateMs, before.lateMs);
    if (least - fleet.offsetMs > host.intervalMs) fleet.offsetMs = least;
  }
}
