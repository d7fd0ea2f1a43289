import { useEffect, useState } from '../vendor/preact-hooks.js';

/** A value that several parts of the page look at; each is drawn anew when it changes. */
export function createStore(initial) {
  let value = initial;
  const listeners = new Set();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener(value);
    },
    use() {
      const [seen, setSeen] = useState(value);
      useEffect(() => {
        listeners.add(setSeen);
        setSeen(value); // it may have changed between drawing and now
        return () => listeners.delete(setSeen);
      }, []);
      return seen;
    },
  };
}
