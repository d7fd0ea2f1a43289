import { newIdempotencyKey, useRef } from '/console/assets/coffer.js';

/**
 * keyFor(body): the same for the same body, so that pressing again after a lost answer makes nothing twice.
 */
export function useRetryKey() {
  const last = useRef({});
  return body => {
    const text = JSON.stringify(body);
    if (last.current.text !== text) last.current = { text, key: newIdempotencyKey() };
    return last.current.key;
  };
}
