/**
 * Whether this browser is signed in, and how it is not any more. Not here: signing in (sign-in), its button
 * (settings-dialog).
 */

/** With the view that is shown, which the sign-in page leads back to. @param {string} search of the address */
export function signInAddress(search) {
  return `sign-in${search}`;
}

/**
 * Whether there is anything to sign out of; also false when nobody can tell.
 *
 * @param {typeof fetch} [get]
 */
export async function isSignedIn(get = fetch) {
  try {
    const answer = await get("api/session", { cache: "no-store" });
    const session = answer.ok ? await answer.json() : null;
    return typeof session?.until === "number";
  } catch {
    return false;
  }
}

/** Whether the dashboard took the session back. @param {typeof fetch} [get] */
export async function signOut(get = fetch) {
  try {
    return (await get("sign-out", { method: "POST" })).ok;
  } catch {
    return false;
  }
}
