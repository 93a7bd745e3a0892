/**
 * The reason behind a word, on hover and on focus: one small box for the whole page.
 *
 * Escape or a touch closes it, and the pointer may move into it. Not here: what has a reason (why).
 */

import { element } from "./dom.js";
import { setAttribute } from "./frame.js";
import { whyOf } from "./why.js";

const GAP_PX = 6;
const LINGER_MS = 150; // so that the pointer can reach the box

/** @param {Document} document */
export function explainOnDemand(document) {
  const box = element("div", "why-box");
  box.id = "why";
  box.setAttribute("role", "tooltip");
  box.hidden = true;
  document.body.append(box);
  /** @type {HTMLElement | null} */
  let shownFor = null;

  /** What was pointed at last. @type {Element | null} */
  let wanted = null;
  let leaving = 0;

  const hide = () => {
    clearTimeout(leaving);
    wanted = null;
    shownFor?.removeAttribute("aria-describedby");
    shownFor = null;
    box.hidden = true;
  };

  /** @param {EventTarget | null} target */
  const show = async (target) => {
    if (!(target instanceof Element)) return;
    clearTimeout(leaving);
    if (box.contains(target)) return;
    const asked = (wanted = target.closest("[data-why]"));
    const why = asked === null ? null : whyOf(asked);
    const text = why instanceof Promise ? await why : why;
    if (asked !== wanted) return; // somebody was faster than the reason
    if (!(asked instanceof HTMLElement) || !text) {
      if (shownFor !== null && !shownFor.matches(":focus")) leaving = window.setTimeout(hide, LINGER_MS);
      return;
    }
    if (asked !== shownFor) hide();
    wanted = asked;
    shownFor = asked;
    box.textContent = text;
    box.hidden = false;
    setAttribute(asked, "aria-describedby", box.id);
    place(box, asked);
  };

  document.addEventListener("pointerover", ({ target }) => void show(target));
  document.addEventListener("focusin", ({ target }) => void show(target));
  document.addEventListener("focusout", hide);
  // What has the keyboard's focus is scrolled into sight just after it was asked.
  const follow = () => {
    const focused = [wanted, shownFor].find((asked) => asked?.matches(":focus-visible"));
    if (!focused) return hide();
    if (focused !== shownFor) return; // its reason is on its way
    const { top, bottom } = focused.getBoundingClientRect();
    box.hidden = bottom < 0 || top > document.documentElement.clientHeight;
    place(box, focused);
  };
  document.addEventListener("scroll", follow, { capture: true, passive: true });
  document.documentElement.addEventListener("pointerleave", hide);
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") hide(); // it may cover what the finger wants next
  });
  const leave = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || box.hidden) return;
    event.stopPropagation(); // one press closes one thing
    event.preventDefault();
    hide();
  };
  document.addEventListener("keydown", leave, { capture: true });
}

/**
 * Beside what it explains, so that a pointer on its way down a column meets the next row; below or above it where a
 * narrow window has no room there, or where what explains itself stands in a row; never outside the window.
 *
 * @param {HTMLElement} box
 * @param {Element} asked
 */
function place(box, asked) {
  const anchor = asked.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const after = anchor.right + GAP_PX;
  const before = anchor.left - GAP_PX - width;
  const below = anchor.bottom + GAP_PX;
  let left = after + width + GAP_PX <= clientWidth ? after : before;
  let top = (anchor.top + anchor.bottom - height) / 2;
  if (left < GAP_PX || asked.hasAttribute("data-why-above")) {
    left = Math.max(GAP_PX, Math.min(anchor.left, clientWidth - width - GAP_PX));
    top = below + height <= clientHeight ? below : anchor.top - GAP_PX - height;
  }
  top = Math.max(GAP_PX, Math.min(top, clientHeight - height - GAP_PX));
  box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}
