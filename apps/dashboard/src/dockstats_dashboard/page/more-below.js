/**
 * Says at the lower edge of the detail that it goes on below the charts, and leads there, until that is in sight.
 *
 * Not here: what is there (detail-drawer).
 */

import { element } from "./dom.js";

/**
 * @param {HTMLElement} place where it leads
 * @param {Element} scrolled in which both are
 */
export function moreBelow(place, scrolled) {
  const button = element("button", "more-below", "more: events, facts ↓");
  button.type = "button";
  place.tabIndex = -1; // takes over the focus from the button, which goes
  button.addEventListener("click", () => {
    place.scrollIntoView();
    place.focus({ preventScroll: true });
  });
  const seen = new IntersectionObserver(
    ([entry]) => button.classList.toggle("needless", entry?.isIntersecting), // its room stays, so that nothing moves
    { root: scrolled, rootMargin: "0px 0px -40px" }, // a title alone is not read
  );
  seen.observe(place);
  return button;
}
