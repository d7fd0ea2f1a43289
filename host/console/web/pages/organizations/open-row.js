import { api, useEffect } from '/console/assets/coffer.js';

/** The row that the address opens may stand on a later page of the list: it is fetched to the top. */
export function useOpenRow(path, list, open) {
  const isMissing = Boolean(open) && list.isFresh && !list.rows.some(row => String(row.id) === open);
  useEffect(() => {
    if (!isMissing || !/^\d+$/.test(open)) return undefined;
    const gone = new AbortController();
    // What does not exist (any more) is simply not open.
    api.get(`${path}/${open}`, { signal: gone.signal }).then(row => list.prepend([row])).catch(() => {});
    return () => gone.abort();
  }, [isMissing, open]);
}
