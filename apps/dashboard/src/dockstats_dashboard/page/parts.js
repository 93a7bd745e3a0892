/**
 * The parts that many visits never need: each comes, with its modules, when it is first wanted.
 *
 * Not here: when that is (main).
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

/** @type {Record<PartName, () => Promise<unknown>>} */
const MODULES = {
  "detail-drawer": () => import("./detail-drawer.js"),
  "compare-panel": () => import("./compare-panel.js"),
  "host-detail": () => import("./host-detail.js"),
  "columns-menu": () => import("./columns-menu.js"),
  "settings-dialog": () => import("./settings-dialog.js"),
  "keys-dialog": () => import("./keys-dialog.js"),
  "doctor-view": () => import("./doctor-view.js"),
};

export class Parts {
  /** @type {Map<string, HTMLElement>} */
  #here = new Map();
  /** @type {Map<string, Promise<HTMLElement>>} */
  #coming = new Map();

  /**
   * @param {object} options
   * @param {(name: PartName, part: HTMLElement) => void} options.onHere once for each, before whoever wanted it hears
   * @param {(problem: unknown) => void} options.onFailed its modules did not come; the next wish tries again
   */
  constructor({ onHere, onFailed }) {
    this.onHere = onHere;
    this.onFailed = onFailed;
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
   * Calls `use` with the part, at once if it is there.
   *
   * @template {PartName} Name
   * @param {Name} name
   * @param {(part: PartElements[Name]) => void} [use]
   */
  want(name, use = () => {}) {
    const part = this.get(name);
    if (part !== undefined) return use(part);
    const coming = this.#coming.get(name) ?? this.#load(name);
    this.#coming.set(name, coming);
    coming.then(
      (loaded) => use(/** @type {PartElements[Name]} */ (loaded)),
      (problem) => {
        if (this.#coming.delete(name)) this.onFailed(problem);
      },
    );
  }

  /** @param {PartName} name @returns {Promise<HTMLElement>} */
  async #load(name) {
    await MODULES[name]();
    const part = document.querySelector(name) ?? document.body.appendChild(document.createElement(name));
    const element = /** @type {HTMLElement} */ (part);
    this.#here.set(name, element);
    this.onHere(name, element);
    return element;
  }
}
