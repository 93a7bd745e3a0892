/** What a browser would open; a test plays the server. Not here: tests. */
export class FakeEventSource {
  /** @type {FakeEventSource[]} */
  static opened = [];
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((event: { data: unknown }) => void) | null} */
  onmessage = null;
  /** @type {(() => void) | null} */
  onerror = null;
  closed = false;

  /** @param {string} url */
  constructor(url) {
    this.url = url;
    FakeEventSource.opened.push(this);
  }

  static get open() {
    return FakeEventSource.opened.filter((source) => !source.closed);
  }

  static get last() {
    return /** @type {FakeEventSource} */ (FakeEventSource.opened.at(-1));
  }

  close() {
    this.closed = true;
  }
}
