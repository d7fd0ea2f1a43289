import { PageHead, html } from '/console/assets/coffer.js';

export default function Page() { return html`<${PageHead} title="plugins" />`; }
