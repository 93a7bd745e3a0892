/**
 * What stands in the table's place when there is no row: why, and the next step.
 *
 * Not here: what is wrong with hosts or the stream (notice, host-line).
 */

import { element, textElement } from "./dom.js";
import { setHidden, setText } from "./frame.js";

const NO_CONTAINERS =
  "There is no container here yet. Start one, and it shows at once; what the agent's own filter or a label hides stays away.";

export class TableEmpty {
  /** @param {() => void} onClear */
  constructor(onClear) {
    this.text = textElement("span", "");
    this.clear = element("button", "", "clear the filter");
    this.clear.type = "button";
    this.clear.addEventListener("click", onClear);
    this.element = element("p", "empty", this.text.element, this.clear);
    this.element.setAttribute("role", "status");
    this.element.hidden = true;
  }

  /** @param {import("./scene.js").Scene} scene */
  draw({ rows, visible, view, fleet }) {
    const someKnown = fleet.hosts?.some((host) => host.batch !== null) ?? false;
    const filtered = rows.length > 0 && visible.length === 0;
    setHidden(this.element, !filtered && !(rows.length === 0 && someKnown));
    setHidden(this.clear, !filtered);
    setText(this.text.text, filtered ? `None of ${rows.length} containers fits “${view.filter.trim()}”.` : NO_CONTAINERS);
  }
}
