// What happens next, asked for every two seconds while somebody looks at the top of the log.
import {
  api, Button, CheckField, html, setQuery, useEffect, useRef, useSession, useState,
} from '/console/assets/coffer.js';
import { texts } from './texts.js';

const { follow: words } = texts;
const interval = 2000;
const mostAtOnce = 200;
// Records come in the order of their numbers; their times may lie a little across.
const overlap = 5000;

/** Not before the newest that is shown, nor before what the filter says. */
function since(newest, from) {
  if (!newest) return from;
  const time = new Date(new Date(newest.time) - overlap).toISOString();
  return from && from > time ? from : time;
}

/** Asks while `isOn`; new records come into the list. Gives { arrived (their numbers), isFailing }. */
export function useFollow(list, filters, isOn) {
  const [arrived, setArrived] = useState(new Set());
  const [isFailing, setFailing] = useState(false);
  const latest = useRef();
  latest.current = { list, filters };
  const isAsking = isOn && list.isFresh;
  useEffect(() => {
    if (!isAsking) return undefined;
    const gone = new AbortController();
    let timer;
    const ask = async () => {
      const { list: shown, filters: query } = latest.current;
      const newest = shown.rows[0];
      const page = await api.get('/audit',
        { query: { ...query, from: since(newest, query.from), limit: mostAtOnce }, signal: gone.signal });
      const fresh = page.items.filter(record => record.sequence > (newest?.sequence ?? 0));
      if (!fresh.length) return;
      // More than one answer holds: what lies between would be missing.
      if (fresh.length === mostAtOnce) latest.current.list.reload();
      else latest.current.list.prepend(fresh);
      setArrived(new Set(fresh.map(record => record.sequence)));
    };
    const round = async () => {
      try {
        if (document.visibilityState === 'visible') await ask();
        setFailing(false);
      } catch {
        if (!gone.signal.aborted) setFailing(true);
      }
      if (!gone.signal.aborted) timer = setTimeout(round, interval);
    };
    round();
    return () => { gone.abort(); clearTimeout(timer); };
  }, [isAsking]);
  return { arrived, isFailing };
}

/** Whether the element that `mark` is given to can be seen: the top of the list. */
export function useInSight() {
  const mark = useRef();
  const [isInSight, set] = useState(true);
  useEffect(() => {
    const watcher = new IntersectionObserver(entries => set(entries.at(-1).isIntersecting));
    watcher.observe(mark.current);
    return () => watcher.disconnect();
  }, []);
  return [mark, isInSight];
}

/** On, and nothing keeps it from asking. */
export function useIsFollowing(address, isAtTop) {
  const { state } = useSession();
  return address.follow === '1' && isAtTop && state === 'signed in'
    && !(address.when === 'between' && address.to);
}

export function Follow({ address, isAtTop, isFailing, children }) {
  const hasEnd = address.when === 'between' && Boolean(address.to);
  const isOn = address.follow === '1' && !hasEnd;
  const says = hasEnd ? words.hasEnd : !isOn || !isAtTop ? '' : isFailing ? words.failing : words.on;
  return html`<div class="follow">
    <${CheckField} label=${words.label} role="switch" value=${isOn} disabled=${hasEnd}
      onInput=${value => setQuery({ follow: value ? '1' : '' })} />
    <span role="status">${says}</span>
    ${children}
    <div class="follow-paused" role="status">${isOn && !isAtTop && html`
      <span>${words.scrolled}</span><${Button}
        onClick=${() => scrollTo({ top: 0 })}>${words.toTop}<//>`}</div>
  </div>`;
}
