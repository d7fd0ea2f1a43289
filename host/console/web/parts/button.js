import { html } from '../frame/html.js';
import { Icon } from './icon.js';

/** kind: 'primary' (one on a page or dialog), 'danger', 'quiet', or none. Further attributes go to the button. */
export function Button({ kind = '', icon, isBusy = false, type = 'button', children, disabled, ...others }) {
  return html`<button type=${type} class=${`button ${kind ? `is-${kind}` : ''} ${isBusy ? 'is-busy' : ''}`}
      disabled=${disabled} aria-busy=${isBusy || undefined} ...${others} onClick=${isBusy ? event => event.preventDefault() : others.onClick}>
    ${icon && html`<${Icon} name=${icon} />`}${children && html`<span>${children}</span>`}
  </button>`;
}

/** An icon alone: `label` is its tooltip and its name. `reason`: it stays, cannot be pressed, and says why. */
export function IconButton({ icon, label, reason, kind = '', isBusy = false, onClick, ...others }) {
  const isOff = Boolean(reason) || isBusy;
  return html`<button type="button" class=${`icon-button ${kind ? `is-${kind}` : ''} ${isBusy ? 'is-busy' : ''}`} aria-label=${label}
      data-tooltip=${reason ? `${label}: ${reason}` : label} aria-disabled=${isOff || undefined} aria-description=${reason}
      onClick=${event => { event.stopPropagation(); if (!isOff) onClick?.(event); }} ...${others}><${Icon} name=${icon} /></button>`;
}
