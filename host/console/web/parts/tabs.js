import { useEffect, useRef } from '../vendor/preact-hooks.js';
import { Link } from '../frame/address.js';
import { html } from '../frame/html.js';

/** The views of a page, each with an address of its own: tabs: [{ href, title, isCurrent }]. */
export function Tabs({ label, tabs }) {
  const bar = useRef();
  const current = tabs.findIndex(tab => tab.isCurrent);
  useEffect(() => { // on a narrow screen it may lie outside
    const link = bar.current.children[current];
    if (link) bar.current.scrollLeft = link.offsetLeft - (bar.current.clientWidth - link.offsetWidth) / 2;
  }, [current]);
  return html`<nav ref=${bar} class="tabs" aria-label=${label}>
    ${tabs.map(tab => html`<${Link} key=${tab.href} href=${tab.href} aria-current=${tab.isCurrent ? 'page' : undefined}>${tab.title}<//>`)}</nav>`;
}
