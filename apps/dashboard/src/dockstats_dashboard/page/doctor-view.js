/**
 * The self-test: how the stream arrives, how each host is watched, what is missing and the way to get it.
 *
 * Open while `view.doctor` is set. Not here: what is found (doctor-report), measuring (stream-health, doctor-probe).
 *
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./doctor-report.js").Section} Section
 */

import { copyText } from "./clipboard.js";
import { conditionOf } from "./condition.js";
import { PageDialog } from "./dialog.js";
import { probe } from "./doctor-probe.js";
import { GLYPHS, TONE_WORDS, asText, examine, summaryOf } from "./doctor-report.js";
import { element, textElement } from "./dom.js";
import { setText } from "./frame.js";

const EVERY_MS = 1000;
const SAID_MS = 2000;

export class DoctorView extends PageDialog {
  /** @type {import("./scene.js").App | null} */
  app = null;
  /** How batches came, since the page was opened. @type {import("./stream-health.js").StreamHealth | null} */
  health = null;
  /** Which knows whether all tabs share it; null: not known. @type {{ readonly shared: boolean | null }} */
  stream = { shared: null };
  /** @type {import("./doctor-report.js").Probe | null} */
  #probe = null;
  #drawnAt = -Infinity;
  #drawn = "";
  /** @type {Section[]} */
  #sections = [];

  constructor() {
    super();
    this.summary = textElement("p", "summary");
    this.report = element("div", "report");
    this.copyWord = document.createTextNode("copy as text");
    this.onClose = () => this.app?.view.set({ doctor: false });
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    if (this.body.childElementCount > 0) return;
    this.name("Self-test");
    this.body.append(this.summary.element, this.report);
    const copy = element("button", "", this.copyWord);
    copy.type = "button";
    copy.addEventListener("click", () => void this.#copy());
    this.foot.append(copy);
  }

  async #copy() {
    const copied = await copyText(asText(this.#sections));
    setText(this.copyWord, copied ? "copied" : "not copied");
    setTimeout(() => setText(this.copyWord, "copy as text"), SAID_MS);
  }

  async #look() {
    this.#probe = await probe("stream/agents?batches=columns");
    this.#drawnAt = -Infinity;
    this.app?.requestDraw();
  }

  /** @param {Scene} scene */
  draw({ view, streamState }) {
    if (view.doctor !== this.isOpen) {
      if (!view.doctor) this.close();
      else {
        this.open();
        void this.#look();
      }
    }
    const browserNow = Date.now();
    if (!this.isOpen || !this.app || !this.health || browserNow - this.#drawnAt < EVERY_MS) return;
    this.#drawnAt = browserNow;
    const { live } = this.app; // the self-test is of now, whatever instant is shown
    const hosts = live.hosts ?? [];
    const now = live.remote(browserNow);
    const conditions = new Map(hosts.map((host) => [host.entry.id, conditionOf(host, live, now)]));
    const skewMs = browserNow - now;
    const health = this.health.report();
    this.#sections = examine({ health, streamState, shared: this.stream.shared, probe: this.#probe, skewMs, hosts, conditions, now });
    setText(this.summary.text, summaryOf(this.#sections));
    this.#show();
  }

  /** Written anew only when it says something else, and never while somebody marks its text. */
  #show() {
    const text = asText(this.#sections);
    const selection = getSelection();
    const marked = selection !== null && !selection.isCollapsed && this.report.contains(selection.anchorNode);
    if (text === this.#drawn || marked) return;
    this.#drawn = text;
    this.report.replaceChildren(
      ...this.#sections.map(({ title, lines }) =>
        element(
          "section",
          "",
          element("h3", "", title),
          element("ul", "", ...lines.map((line) => lineElement(line))),
        ),
      ),
    );
  }
}

/** @param {import("./doctor-report.js").Line} line */
function lineElement({ tone, subject, sentence }) {
  const glyph = element("span", "glyph", GLYPHS[tone]);
  glyph.setAttribute("role", "img");
  glyph.setAttribute("aria-label", TONE_WORDS[tone]);
  return element("li", tone, glyph, element("span", "subject", subject), element("span", "sentence", sentence));
}

customElements.define("doctor-view", DoctorView);
