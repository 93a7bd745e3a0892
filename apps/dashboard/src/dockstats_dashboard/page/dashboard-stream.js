/**
 * The stream of the dashboard this page came from. Works the same in a page and in a worker.
 *
 * Not here: how it is kept open (stream).
 */

import { findProblem } from "./stream-problem.js";
import { LiveStream, browserClock } from "./stream.js";

/** Modules lie in `page/`, one below it, whatever prefix a proxy puts before both. */
const ROOT = new URL("../", import.meta.url);

/**
 * @param {object} options
 * @param {(data: unknown, at: number) => void} options.onMessage
 * @param {() => void} options.onState
 * @param {() => number} options.quietMs
 */
export function dashboardStream({ onMessage, onState, quietMs }) {
  return new LiveStream({
    url: new URL("stream/agents?batches=columns", ROOT).href,
    EventSource,
    clock: browserClock,
    onMessage,
    onState,
    quietMs,
    probe: (attempts) => findProblem(ROOT, attempts),
  });
}
