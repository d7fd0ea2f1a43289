import { html, PageHead } from '/console/assets/coffer.js';

export default function Rules() {
  return html`<${PageHead} title="Rules" />`;
}
