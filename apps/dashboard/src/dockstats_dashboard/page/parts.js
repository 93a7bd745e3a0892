/**
 * The parts that many visits never need: each comes, with its modules and its style sheet, when it is first wanted.
 *
 * Not here: when that is (rest, wishes).
 *
 * @typedef {object} PartElements
 * @property {import("./detail-drawer.js").DetailDrawer} detail-drawer
 * @property {import("./compare-panel.js").ComparePanel} compare-panel
 * @property {import("./host-detail.js").HostDetail} host-detail
 * @property {import("./columns-menu.js").ColumnsMenu} columns-menu
 * @property {import("./settings-dialog.js").SettingsDialog} settings-dialog
 * @property {import("./keys-dialog.js").KeysDialog} keys-dialog
 * @property {import("./doctor-view.js").DoctorView} doctor-view
 *
 * @typedef {keyof PartElements} PartName
 */

import { styleSheet } from "./style-sheet.js";

/** @type {Record<PartName, { sheet: string, load: () => Promise<unknown> }>} */
const FILES = {
  "detail-drawer": { sheet: "detail.css", load: () => import("./detail-drawer.js") },
  "compare-panel": { sheet: "detail.css", load: () => import("./compare-panel.js") },
  "host-detail": { sheet: "dialogs.css", load: () => import("./host-detail.js") },
  "columns-menu": { sheet: "dialogs.css", load: () => import("./columns-menu.js") },
  "settings-dialog": { sheet: "dialogs.css", load: () => import("./settings-dialog.js") },
  "keys-dialog": { sheet: "dialogs.css", load: () => import("./keys-dialog.js") },
  "doctor-view": { sheet: "dialogs.css", load: () => import("./doctor-view.js") },
};

export class Parts {
  /** @type {Map<string, HTMLElement>} */
  #here = new Map();
  /** @type {Map<string, Promise<HTMLElement>>} */
  #coming = new Map();

  /**
   * @param {object} options
   * @param {(name: PartName, part: HTMLElement) => void} options.onHere once for each, before whoever wanted it hears
   * @param {() => void} options.onFailed files of one that a person asked for did not come; the next wish tries again
   * @param {() => void} options.onMissing files of one that the view shows did not come; the next drawing tries again
   */
  constructor({ onHere, onFailed, onMissing }) {
    this.onHere = onHere;
    this.onFailed = onFailed;
    this.onMissing = onMissing;
  }

  /** All that have come. */
  get here() {
    return this.#here.values();
  }

  /** @template {PartName} Name @param {Name} name @returns {PartElements[Name] | undefined} */
  get(name) {
    return /** @type {PartElements[Name] | undefined} */ (this.#here.get(name));
  }

  /**
   * A person asks for it. Calls `use` with the part, at once if it is there.
   *
   * @template {PartName} Name
   * @param {Name} name
   * @param {(part: PartElements[Name]) => void} use
   */
  want(name, use) {
    const part = this.get(name);
    if (part !== undefined) return use(part);
    this.#bring(name).then((come) => use(/** @type {PartElements[Name]} */ (come)), this.onFailed);
  }

  /** What is looked at has it. @param {PartName} name */
  need(name) {
    if (!this.#here.has(name) && !this.#coming.has(name)) this.#bring(name).catch(this.onMissing);
  }

  /** @param {PartName} name @returns {Promise<HTMLElement>} */
  #bring(name) {
    const coming = this.#coming.get(name) ?? this.#load(name).finally(() => this.#coming.delete(name));
    this.#coming.set(name, coming);
    return coming;
  }

  /** @param {PartName} name */
  async #load(name) {
    const { sheet, load } = FILES[name];
    await Promise.all([load(), styleSheet(sheet)]);
    const part = document.querySelector(name) ?? document.body.appendChild(document.createElement(name));
    const element = /** @type {HTMLElement} */ (part);
    this.#here.set(name, element);
    this.onHere(name, element);
    return element;
  }
}
