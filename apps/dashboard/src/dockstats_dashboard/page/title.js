/**
 * The tab's title and icon: how many containers are unhealthy, also while the page is hidden.
 *
 * Icons are files, one a count: the page's own rules forbid it one made on the spot.
 * Not here: what is unhealthy (model).
 */

const NAME = "dockstats";
const MOST = 9;

/**
 * @typedef {object} TabState
 * @property {number} unhealthy containers of live hosts
 * @property {boolean} lost whether nothing is of now
 * @property {boolean} paused
 */

/** @param {TabState} state */
export function titleOf({ unhealthy, lost, paused }) {
  if (lost) return `no figures · ${NAME}`;
  const parts = paused ? ["paused"] : [];
  if (unhealthy > 0) parts.push(`${unhealthy} unhealthy`);
  return [...parts, NAME].join(" · ");
}

/** Name of the icon's file. @param {Pick<TabState, "unhealthy" | "lost">} state */
export function iconOf({ unhealthy, lost }) {
  if (lost) return "icon/lost.svg";
  return unhealthy === 0 ? "icon.svg" : `icon/${unhealthy > MOST ? "more" : unhealthy}.svg`;
}

/**
 * From a timer: a hidden page draws no frames.
 *
 * @param {Document} document
 * @param {TabState} state
 */
export function drawTitle(document, state) {
  const title = titleOf(state);
  if (document.title !== title) document.title = title;
  const link = document.querySelector("link[rel=icon]");
  const icon = `page/${iconOf(state)}`;
  if (link !== null && link.getAttribute("href") !== icon) link.setAttribute("href", icon);
}
