/**
 * The address bar follows what a person looks at, so that it can be copied, kept and opened again at any moment.
 *
 * It replaces the entry of the history: "back" leaves the page instead of going through every key of a filter.
 * Not here: the words in it (url).
 *
 * @typedef {import("./view-state.js").ViewState} ViewState
 */

import { toQuery } from "./url.js";

const AT_MOST_EVERY_MS = 400; // Safari throws from 100 times in 10 s on: while somebody drags through time

/**
 * @typedef {object} Place the part of a browser's window that is needed
 * @property {{ pathname: string, search: string, hash: string }} location
 * @property {{ state: unknown, replaceState(state: unknown, unused: string, url: string): void }} history
 * @property {(call: () => void, ms: number) => unknown} setTimeout
 */

/**
 * @param {ViewState} view
 * @param {Place} place
 */
export function followInAddress(view, place) {
  let waits = false;
  const write = () => {
    waits = false;
    const { pathname, search, hash } = place.location;
    const query = toQuery(view.state);
    if (query !== search) place.history.replaceState(place.history.state, "", pathname + query + hash);
  };
  const follow = () => {
    if (waits) return;
    waits = true;
    place.setTimeout(write, AT_MOST_EVERY_MS);
  };
  view.onChange(follow);
  follow();
}
