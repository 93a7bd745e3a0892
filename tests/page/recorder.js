/** A canvas' context that writes down where it went; stands in for the browser's. Not here: tests. */
export function recorder() {
  /** @type {any[][]} */
  const calls = [];
  const context = new Proxy(/** @type {any} */ ({ measureText: () => ({ width: 30 }) }), {
    get: (target, name) => (name in target ? target[name] : (/** @type {any[]} */ ...given) => void calls.push([name, ...given])),
    set: (target, name, value) => {
      target[name] = value;
      calls.push([`set ${String(name)}`, value]);
      return true;
    },
  });
  const named = (/** @type {string} */ name) => calls.filter(([call]) => call === name).map(([, ...given]) => given);
  return { context, calls, named };
}
