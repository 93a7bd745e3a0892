/**
 * Turns the token into a session: sent once, kept by nobody here, answered with a cookie that scripts cannot read.
 *
 * Not here: what is asked for and how often (the dashboard).
 */

import { refusalWords } from "./sign-in-words.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("form"));
const field = /** @type {HTMLInputElement} */ (document.querySelector("#token"));
const button = /** @type {HTMLButtonElement} */ (document.querySelector("button"));
const said = /** @type {HTMLElement} */ (document.querySelector("[role=alert]"));

/** @param {string} token @returns {Promise<string>} why not; empty when it was right */
async function signIn(token) {
  try {
    const answer = await fetch("sign-in", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token }),
    });
    return answer.ok ? "" : refusalWords(answer.status, answer.headers.get("Retry-After"));
  } catch {
    return refusalWords(0, null);
  }
}

/** The view that was asked for. */
function goOn() {
  location.replace(`./${location.search}`);
}

/**
 * Whether this browser has a session after all: whoever follows a link from another site comes without the cookie
 * (SameSite=Strict), but what a page of ours asks for has it.
 */
async function isSignedIn() {
  try {
    return (await fetch("./", { headers: { Accept: "text/html" }, redirect: "manual" })).ok;
  } catch {
    return false;
  }
}

void isSignedIn().then((signedIn) => signedIn && goOn());

form.addEventListener("submit", (event) => {
  event.preventDefault();
  button.disabled = true;
  said.textContent = "";
  void signIn(field.value.trim()).then((why) => {
    button.disabled = false;
    if (why === "") return goOn();
    said.textContent = why;
    field.select();
    field.focus();
  });
});
