import { Link } from '../frame/address.js';
import { html } from '../frame/html.js';

/** The views of a page, each with an address of its own: tabs: [{ href, title, isCurrent }]. */
export function Tabs({ label, tabs }) {
  return html`<nav class="tabs" aria-label=${label}>
    ${tabs.map(tab => html`<${Link} key=${tab.href} href=${tab.href} aria-current=${tab.isCurrent ? 'page' : undefined}>${tab.title}<//>`)}</nav>`;
}
