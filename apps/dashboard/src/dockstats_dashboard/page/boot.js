/**
 * Loads the page's modules, and the whole page again when a file did not arrive.
 *
 * A browser on a Docker host aborts what it is loading whenever a container's network comes or goes (Chromium calls it
 * ERR_NETWORK_CHANGED), and a page of which one file is missing would stay empty for ever.
 * Not here: what the page does (main).
 */

const LOADS = "dockstats.loads"; // how often in a row it did not work
const MOST = 4;
const WAIT_MS = 250; // longer each time

try {
  const style = getComputedStyle(document.documentElement);
  if (style.getPropertyValue("--ground") === "") throw new Error("the style sheet did not arrive");
  import("./stream-worker.js").catch(() => {}); // begins to read the stream meanwhile; main.js needs it, too
  const { complete } = await import("./main.js");
  await complete;
  sessionStorage.removeItem(LOADS);
} catch (error) {
  const loads = Number(sessionStorage.getItem(LOADS)) + 1;
  const notice = document.createElement("p");
  notice.className = "notice";
  document.body.append(notice);
  if (loads <= MOST) {
    sessionStorage.setItem(LOADS, String(loads));
    notice.textContent = "A file of this page did not arrive; it is loaded again.";
    // A dashboard that is away would leave the browser's own page here, which tries nothing again.
    const again = () => setTimeout(() => fetch("healthz").then(() => location.reload(), again), WAIT_MS * loads);
    again();
  } else {
    sessionStorage.removeItem(LOADS);
    notice.textContent = `This page cannot start: ${error}. Reload it, or try a newer browser.`;
  }
}
