import { h } from '../vendor/preact.js';
import htm from '../vendor/htm.js';

/** html`<p class="x">${value}</p>`: what is put in is text, never markup. */
export const html = htm.bind(h);
