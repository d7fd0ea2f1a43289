import { useEffect, useRef, useState } from '../vendor/preact-hooks.js';
import { html } from '../frame/html.js';
import { ApiProblem, returns, Unreachable } from '../frame/api.js';
import { Button } from './button.js';
import { Icon } from './icon.js';
import { texts } from '../texts.js';

/** Tries again by itself what failed because the daemon was away, or no longer knew who was calling, when that is over. */
export function useReturn(retry) {
  const count = returns.use();
  const countAtFirst = useRef(count);
  useEffect(() => {
    if (count === countAtFirst.current) return;
    countAtFirst.current = count;
    retry();
  }, [count]);
}

function Retry({ retry }) {
  useReturn(retry);
  return html`<${Button} icon="refresh" onClick=${retry}>${texts.retry}<//>`;
}

/** What went wrong, in the daemon's words: what it was, what to do, and the request's id for whoever looks into it. */
export function Problem({ error, retry, children }) {
  if (!error) return null;
  const isOffline = error instanceof Unreachable;
  return html`<div class="problem" role="alert">
    <${Icon} name=${isOffline ? 'offline' : 'error'} />
    <div><b>${isOffline ? texts.unreachableTitle : error.message}</b>
      ${isOffline && html`<p>${texts.unreachableHelp}</p>`}
      ${error instanceof ApiProblem && error.detail && html`<p>${error.detail}</p>`}
      ${error.errors?.length > 0 && html`<ul>${error.errors.map(each => html`<li>${each.detail}</li>`)}</ul>`}
      ${children}
      ${error.requestId && html`<small>${texts.request(error.requestId)}</small>`}
      ${retry && html`<${Retry} retry=${retry} />`}
    </div>
  </div>`;
}

/** Something that takes a while: `{ run, isBusy, error, clear }`. A second run() while the first goes on does nothing; run() never throws. */
export function useTask(action) {
  const [state, setState] = useState({ isBusy: false, error: null });
  const latest = useRef(action);
  latest.current = action;
  const isBusy = useRef(false);
  const isThere = useRef(true);
  useEffect(() => {
    isThere.current = true;
    return () => { isThere.current = false; };
  }, []);
  const run = async (...values) => {
    if (isBusy.current) return;
    isBusy.current = true;
    setState({ isBusy: true, error: null });
    let error = null;
    try {
      await latest.current(...values);
    } catch (thrown) {
      error = thrown;
    }
    isBusy.current = false;
    if (isThere.current) setState({ isBusy: false, error });
  };
  return { run, ...state, clear: () => setState({ isBusy: false, error: null }) };
}
