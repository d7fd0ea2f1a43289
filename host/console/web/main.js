import { render } from './vendor/preact.js';
import { html } from './frame/html.js';
import { App } from './frame/app.js';

render(html`<${App} />`, document.getElementById('coffer'));
