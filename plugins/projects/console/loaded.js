import { api, useEffect, useState } from '/console/assets/coffer.js';

/**
 * One thing of the API: { value, error, set, reload }. What was shown stays until the answer is there; a
 * `path` that is empty asks nothing.
 */
export function useLoaded(path, query) {
  const [state, setState] = useState({});
  const [round, setRound] = useState(0);
  const key = path + JSON.stringify(query ?? {});
  useEffect(() => {
    if (!path) return undefined;
    const gone = new AbortController();
    api.get(path, { query, signal: gone.signal })
      .then(value => setState({ key, value }))
      .catch(error => { if (!gone.signal.aborted) setState({ key, error }); });
    return () => gone.abort();
  }, [key, round]);
  const shown = state.key === key ? state : {};
  return { value: shown.value, error: shown.error, set: value => setState({ key, value }), reload: () =>
    setRound(before => before + 1) };
}
