/**
 * Keeps the time bar free under whatever covers a narrow page from below: going back in time goes on beside it.
 */

/** @param {HTMLElement} sheet */
export function leaveTimeBarFree(sheet) {
  const bar = document.querySelector("time-bar");
  sheet.style.setProperty("--sheet-bottom", `${bar instanceof HTMLElement ? bar.offsetHeight : 0}px`);
}
