/**
 * The stream of the dashboard this page came from. Works the same in a page and in a worker.
 *
 * Not here: how it is kept open (stream).
 */

import { browserClock } from "./clock.js";
import { LiveStream } from "./stream.js";

/** Modules lie in `page/`, one below it, whatever prefix a proxy puts before both. */
const ROOT = new URL("../", import.meta.url);

/**
 * @param {object} options
 * @param {(data: unknown, at: number) => void} options.onMessage
 * @param {() => void} options.onState
 * @param {() => number} options.quietMs
 */
export function dashboardStream({ onMessage, onState, quietMs }) {
  const stream = new LiveStream({
    url: new URL("stream/agents?batches=columns", ROOT).href,
    EventSource,
    clock: browserClock,
    onMessage,
    onState: () => {
      if (stream.state.kind === "open") void probe(); // while there is a dashboard that has it
      onState();
    },
    quietMs,
    probe: async (attempts) => (await probe())?.findProblem(ROOT, attempts) ?? null,
  });
  return stream;
}

/** Finds out why there is no stream; null: it did not arrive. */
const probe = () => import("./stream-problem.js").catch(() => null);
