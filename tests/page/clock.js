/** A clock that stands until a test moves it, with the timers that depend on it. Not here: tests. */
export class FakeClock {
  /** @type {Map<number, { at: number, call: () => void }>} */
  timers = new Map();
  time = Date.parse("2026-11-24T14:00:00Z");
  chance = 1;
  #next = 1;

  now = () => this.time;
  random = () => this.chance;

  /** @param {() => void} call @param {number} ms */
  setTimeout = (call, ms) => {
    const id = this.#next++;
    this.timers.set(id, { at: this.time + ms, call });
    return id;
  };

  /** @param {number} id */
  clearTimeout = (id) => {
    this.timers.delete(id);
  };

  /** @param {number} ms */
  pass(ms) {
    const end = this.time + ms;
    for (;;) {
      const [due] = [...this.timers]
        .filter(([, timer]) => timer.at <= end)
        .sort(([, one], [, other]) => one.at - other.at);
      if (due === undefined) break;
      this.timers.delete(due[0]);
      this.time = Math.max(this.time, due[1].at);
      due[1].call();
    }
    this.time = end;
  }
}
