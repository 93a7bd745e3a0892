/** Why a sign-in did not work, for a person. Not here: the request (sign-in). */

/**
 * @param {number} status 0: there was no answer
 * @param {string | null} retryAfter seconds, as the header has it
 */
export function refusalWords(status, retryAfter) {
  switch (status) {
    case 0:
      return "The dashboard does not answer: is it running, and can this machine reach it?";
    case 401:
      return "That is not the token.";
    case 403:
      return "The dashboard refuses this page: its log says why.";
    case 429:
      return `Too many attempts: try again in ${Number(retryAfter) || 60} s.`;
    default:
      return `The dashboard answers with an error (${status}): its log says why.`;
  }
}
