/**
 * The keys, as a table for a person. Not here: which (keys).
 */

import { PageDialog } from "./dialog.js";
import { element } from "./dom.js";
import { KEYS, OTHER_KEYS, keyName } from "./keys.js";

export class KeysDialog extends PageDialog {
  /** @override */
  connectedCallback() {
    super.connectedCallback();
    if (this.body.childElementCount > 0) return;
    this.name("Keys");
    const rows = [...KEYS, ...OTHER_KEYS].map(({ keys, says }) => {
      const names = keys.map((key) => element("kbd", "", keyName(key)));
      return element("div", "", element("dt", "", ...names), element("dd", "", says));
    });
    this.body.append(element("dl", "keys", ...rows));
  }
}

customElements.define("keys-dialog", KeysDialog);
