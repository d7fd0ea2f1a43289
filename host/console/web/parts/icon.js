import { html } from '../frame/html.js';
import { h } from '../vendor/preact.js';
import { drawings } from '../vendor/lucide.js';

/** A drawing beside a text that says the same; alone it says nothing to a screen reader. `name` as in vendor/lucide.js. */
export function Icon({ name }) {
  const parts = drawings[name] ?? drawings.box;
  return html`<svg class="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" focusable="false">
    ${parts.map(([tag, attributes]) => h(tag, attributes))}</svg>`;
}
