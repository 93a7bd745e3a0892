/**
 * What a person may choose once: units, theme, thresholds. Every change holds at once.
 *
 * Not here: keeping it (settings), columns (columns-menu), applying thresholds (thresholds, notify).
 *
 * @typedef {import("./settings.js").SettingsValue} SettingsValue
 * @typedef {import("./settings.js").Thresholds} Thresholds
 */

import { askButton } from "./ask.js";
import { PageDialog } from "./dialog.js";
import { element, textElement } from "./dom.js";
import { CPU_UNITS } from "./format.js";
import { setText } from "./frame.js";
import { askLeave, leave } from "./notify.js";
import { isSignedIn, signInAddress, signOut } from "./session.js";

/** @type {{ field: "cpuUnit" | "base" | "rates" | "theme", name: string, choices: [string, string][] }[]} */
const CHOICES = [
  { field: "cpuUnit", name: "CPU in", choices: Object.entries(CPU_UNITS).map(([value, { name }]) => [value, name]) },
  { field: "base", name: "Sizes in", choices: [["iec", "KiB, MiB, GiB (1024)"], ["si", "kB, MB, GB (1000)"]] },
  { field: "rates", name: "Rates in", choices: [["bytes", "bytes a second"], ["bits", "bits a second"]] },
  { field: "theme", name: "Theme", choices: [["auto", "as the system"], ["dark", "dark"], ["light", "light"]] },
];

/** @type {{ field: "cpu" | "memory" | "pressure" | "holdS", name: string, unit: string, most: number }[]} */
const NUMBERS = [
  { field: "cpu", name: "CPU over", unit: "% of a core", most: 100_000 },
  { field: "memory", name: "Memory over", unit: "% of its limit", most: 100 },
  { field: "pressure", name: "Pressure over", unit: "% of the time", most: 100 },
  { field: "holdS", name: "Notify after", unit: "seconds over it", most: 3600 },
];

export class SettingsDialog extends PageDialog {
  /** @type {import("./scene.js").App | null} */
  #app = null;
  /** @type {Map<string, HTMLSelectElement>} */
  #selects = new Map();
  /** @type {Map<string, HTMLInputElement>} */
  #numbers = new Map();

  constructor() {
    super();
    this.notify = element("input", "");
    this.notifySaid = textElement("p", "said");
    this.numberSaid = textElement("p", "said");
    this.signOut = element("button", "", "sign out");
    this.signOut.hidden = true;
  }

  set app(/** @type {import("./scene.js").App} */ app) {
    this.#app = app;
    app.settings.onChange(() => this.#fill());
    this.#fill();
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    if (this.body.childElementCount > 0) return;
    this.name("Settings");
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.notify.type = "checkbox";
    this.notify.addEventListener("change", () => void this.#setNotify());
    for (const { element } of [this.notifySaid, this.numberSaid]) element.setAttribute("role", "status");
    const reset = element("button", "", "reset to defaults");
    reset.type = "button";
    reset.addEventListener("click", () => this.#app?.settings.reset());
    this.body.append(
      element("h3", "", "Units and look"),
      ...CHOICES.map((choice) => this.#choice(choice)),
      element("p", "hint", `Times are in your time zone, ${zone}; what you export is in UTC.`),
      element("h3", "", "Mark containers"),
      ...NUMBERS.map((number) => this.#number(number)),
      this.numberSaid.element,
      element("label", "row", element("span", "", "Notifications"), element("span", "", this.notify, " by the browser")),
      this.notifySaid.element,
      element("p", "hint", "An empty field marks nothing. All of this is kept in this browser only."),
    );
    this.signOut.type = "button";
    this.signOut.title = "In all tabs of this browser";
    this.signOut.addEventListener("click", () => void this.#leave());
    const doctor = askButton("doctor", "Is the stream healthy, what is missing on each host", "self-test");
    this.foot.append(reset, doctor, this.signOut);
    this.foot.addEventListener("action", () => this.close());
    this.#fill();
  }

  /** @override */
  open() {
    super.open();
    void isSignedIn().then((is) => (this.signOut.hidden = !is));
  }

  async #leave() {
    if (await signOut()) location.assign(signInAddress(location.search));
  }

  /** @param {(typeof CHOICES)[number]} choice */
  #choice({ field, name, choices }) {
    const select = element("select", "", ...choices.map(([value, text]) => new Option(text, value)));
    select.addEventListener("change", () => this.#app?.settings.set({ [field]: select.value }));
    this.#selects.set(field, select);
    return element("label", "row", element("span", "", name), select);
  }

  /** @param {(typeof NUMBERS)[number]} number */
  #number({ field, name, unit, most }) {
    const input = element("input", "");
    input.type = "number";
    input.min = field === "holdS" ? "0" : "1";
    input.max = String(most);
    input.step = "any";
    input.inputMode = "decimal";
    input.addEventListener("change", () => {
      const value = input.value === "" ? null : input.valueAsNumber;
      const right = input.validity.valid && (value !== null || field !== "holdS");
      setText(this.numberSaid.text, right ? "" : `${name}: a number from ${input.min} to ${input.max}.`);
      if (right) this.#setThresholds({ [field]: value });
      else this.#fill(); // what it was
    });
    this.#numbers.set(field, input);
    return element("label", "row", element("span", "", name), element("span", "", input, ` ${unit}`));
  }

  /** @param {Partial<Thresholds>} patch */
  #setThresholds(patch) {
    const { settings } = this.#app ?? {};
    settings?.set({ thresholds: { ...settings.value.thresholds, ...patch } });
  }

  async #setNotify() {
    const wanted = this.notify.checked;
    const may = wanted && (leave() === "granted" || (await askLeave()));
    this.#setThresholds({ notify: may });
    this.notify.checked = may;
    setText(this.notifySaid.text, wanted && !may ? whyNot() : "");
  }

  #fill() {
    const value = this.#app?.settings.value;
    if (value === undefined) return;
    for (const [field, select] of this.#selects) select.value = String(value[/** @type {keyof SettingsValue} */ (field)]);
    for (const [field, input] of this.#numbers) {
      const number = value.thresholds[/** @type {keyof Thresholds} */ (field)];
      input.value = number === null ? "" : String(number);
    }
    this.notify.checked = value.thresholds.notify && leave() === "granted";
  }
}

/** Why the browser does not notify, with the way out. */
function whyNot() {
  if (isSecureContext) return "This browser does not let the page notify: allow it in the site's settings, then try again.";
  return "Browsers only let pages of https or of localhost notify. Put the dashboard behind https.";
}

customElements.define("settings-dialog", SettingsDialog);
