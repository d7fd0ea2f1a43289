import { html } from '../frame/html.js';
import { Icon } from './icon.js';
import { texts } from '../texts.js';

/** A page's heading, its sentence, and what can be done on it (at the right). */
export function PageHead({ title, children, actions }) {
  return html`<div class="page-head"><div><h1>${title}</h1>${children && html`<p>${children}</p>`}</div>
    ${actions && html`<div class="page-actions">${actions}</div>`}</div>`;
}

/** kind: 'good', 'bad', 'warning', 'neutral', 'accent'. The text says it; the colour repeats it. */
export function Badge({ kind = 'neutral', icon, title, children }) {
  return html`<span class=${`badge is-${kind}`} title=${title}>${icon && html`<${Icon} name=${icon} />`}<bdi>${children}</bdi></span>`;
}

/** Names and values below each other: [['Created', html`...`], ...]; a null value is left out. */
export function Details({ items }) {
  return html`<dl class="details">${items.filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

export function Empty({ icon = 'box', title, children }) {
  return html`<div class="empty"><${Icon} name=${icon} /><h2>${title}</h2><div>${children}</div></div>`;
}

/** Stands where something will be, as high as it will be. */
export function Skeleton({ lines = 5 }) {
  return html`<div class="skeleton" role="status" aria-label=${texts.loading}>
    ${Array.from({ length: lines }, () => html`<span></span>`)}</div>`;
}

/** How far something is: `value` of `most`; without `value` it moves. */
export function Progress({ value, most = 1, label }) {
  return html`<div class="progress"><progress value=${value} max=${most} aria-label=${label}></progress><span>${label}</span></div>`;
}
