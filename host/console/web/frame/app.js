import { useEffect, useErrorBoundary, useLayoutEffect, useState } from '../vendor/preact-hooks.js';
import { useAddress, go, Link } from './address.js';
import { api, reachable } from './api.js';
import { html } from './html.js';
import { Menu } from './menu.js';
import { Notices } from './notice.js';
import { begin, refreshPages, useSession } from './session.js';
import { SignIn } from './sign-in.js';
import { Icon } from '../parts/icon.js';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import { Empty, Skeleton } from '../parts/layout.js';
import { useReturn } from '../parts/problem.js';
import { texts } from '../texts.js';

const askAgain = 3000;

/** While the daemon does not answer, asks every few seconds whether it does again. */
function useRecovery() {
  const isReachable = reachable.use();
  const { state } = useSession();
  useEffect(() => {
    if (isReachable && state !== 'unreachable') return undefined;
    const timer = setInterval(() => (state === 'unreachable' ? begin() : api.get('/whoami').catch(() => {})), askAgain);
    return () => clearInterval(timer);
  }, [isReachable, state]);
  return isReachable;
}

/** The page's module, fetched when it is first looked at. */
function usePage(address) {
  const [loaded, setLoaded] = useState({});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!address) return undefined;
    let isWanted = true; // until another page is, which must not give way to one that comes late
    const take = result => isWanted && setLoaded({ address, ...result });
    // A module that failed to load is remembered by the browser as failed: another address asks anew.
    import(attempt ? `${address}?attempt=${attempt}` : address)
      .then(module => take({ Page: module.default }))
      .catch(error => take({ error }));
    return () => { isWanted = false; };
  }, [address, attempt]);
  return { ...(loaded.address === address ? loaded : {}), retry: () => setAttempt(attempt + 1) };
}

function Content() {
  const { pages } = useSession();
  const { page, rest } = useAddress();
  const shown = pages.find(each => each.path === page);
  const { Page, error, retry } = usePage(shown?.module);
  useReturn(() => error && retry());
  useEffect(() => {
    if (!page && pages.length) go(`/console/${pages[0].path}`, { replace: true });
    document.title = shown ? `${shown.title} · ${texts.product}` : texts.product;
  }, [page, shown?.path, pages.length]);
  if (!pages.length) return html`<${Empty} icon="lock" title=${texts.nothingToSee}>${texts.nothingToSeeHelp}<//>`;
  if (!page) return html`<${Skeleton} />`;
  if (!shown)
    return html`<${Empty} icon="unknown" title=${texts.noSuchPage}>
      <p>${texts.noSuchPageHelp}</p><${Link} href="/console/" class="button">${texts.toStart}<//><//>`;
  if (error) return html`<${Broken} error=${error} retry=${retry} />`;
  return Page ? html`<${Guarded} key=${page}><${Page} rest=${rest} /><//>` : html`<${Skeleton} />`;
}

function Broken({ error, retry }) {
  return html`<${Empty} icon="error" title=${texts.pageBroken}>
    <p>${error.message}</p><${Button} onClick=${retry}>${texts.retry}<//><//>`;
}

/** A page that throws, whoever wrote it, leaves the frame standing. */
function Guarded({ children }) {
  const [error, reset] = useErrorBoundary(thrown => console.error(thrown));
  return error ? html`<${Broken} error=${error} retry=${reset} />` : children;
}

function Frame({ state }) {
  const isReachable = useRecovery();
  const [menuIsOpen, openMenu] = useState(false);
  const address = useAddress();
  useEffect(() => openMenu(false), [address.href]);
  useLayoutEffect(() => {
    const look = () => document.visibilityState === 'visible' && refreshPages().catch(() => {});
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return html`
    <a class="skip" href="#content" onClick=${event => { event.preventDefault(); document.getElementById('content').focus(); }}>
      ${texts.skip}</a>
    <div class="frame">
      <${Menu} isOpen=${menuIsOpen} open=${openMenu} />
      <main id="content" tabindex="-1">
        <div role="alert">${!isReachable && html`<p class="offline"><${Icon} name="offline" />${texts.unreachable}</p>`}</div>
        <${Content} />
      </main>
    </div>
    ${state === 'ended' && html`<${Dialog} title=${texts.signIn.ended} isClosable=${false}>
      <p>${texts.signIn.endedHelp}</p><${SignIn} isAgain /><//>`}
    <${Notices} />`;
}

export function App() {
  const { state } = useSession();
  useEffect(() => { begin(); }, []);
  if (state === 'starting') return html`<div class="starting" aria-busy="true" aria-label=${texts.loading}></div>`;
  if (state === 'unreachable') return html`<${Waiting} />`;
  if (state === 'signed out') return html`<main class="sign-in-page"><${SignIn} /></main>`;
  return html`<${Frame} state=${state} />`;
}

function Waiting() {
  useRecovery();
  return html`<main class="sign-in-page" role="alert">
    <${Empty} icon="offline" title=${texts.unreachableTitle}>${texts.unreachableHelp}<//></main>`;
}
