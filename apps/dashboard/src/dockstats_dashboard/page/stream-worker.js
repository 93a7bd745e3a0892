/**
 * The worker that all tabs share, started by the page's first module: it is there when the rest has come.
 *
 * Not here: its program (stream-hub), how a tab talks with it (shared-stream).
 *
 * @typedef {import("./shared-stream.js").WorkerLike} WorkerLike
 */

/** A worker of another version must not answer: the number changes with what is said between tab and worker. */
const NAME = "dockstats stream 1";

let early = start();

/** Null where the browser has no such thing. @returns {WorkerLike | null} */
export function streamWorker() {
  const worker = early ?? start();
  early = null; // once used, it is closed by whoever took it
  return worker;
}

/** @returns {WorkerLike | null} */
function start() {
  try {
    return new SharedWorker(new URL("./stream-hub.js", import.meta.url), { type: "module", name: NAME });
  } catch {
    return null; // there is none, or it is forbidden here
  }
}
