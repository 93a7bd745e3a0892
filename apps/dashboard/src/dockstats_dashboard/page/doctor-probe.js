/**
 * One short look at the stream from where the browser is: is it compressed, does a proxy name itself.
 *
 * An EventSource shows no headers, so this opens a second stream and leaves it at once.
 * Not here: what follows (doctor-report).
 */

const PATIENCE_MS = 5000;

/**
 * @param {string} url
 * @param {typeof fetch} [get]
 * @returns {Promise<import("./doctor-report.js").Probe | null>} null: no answer
 */
export async function probe(url, get = fetch) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const asked = { accept: "text/event-stream" };
    const { ok, headers } = await get(url, { signal: stop.signal, headers: asked, cache: "no-store" });
    const via = headers.get("via") ?? proxyOf(headers.get("server"));
    return ok ? { encoding: headers.get("content-encoding"), via, protocol: protocolOf() } : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    stop.abort(); // it would go on for ever
  }
}

/** A server's name that is none of ours. @param {string | null} server */
function proxyOf(server) {
  return server === null || /uvicorn/i.test(server) ? null : server.slice(0, 60);
}

/** The one the page itself came by. */
function protocolOf() {
  const [page] = performance.getEntriesByType("navigation");
  return page instanceof PerformanceNavigationTiming && page.nextHopProtocol ? page.nextHopProtocol : null;
}
