import { html } from '/console/assets/coffer.js';
import { ProjectList } from './list.js';
import { ProjectPage } from './project.js';

export default function Page({ rest }) {
  return html`<link rel="stylesheet" href=${new URL('./page.css', import.meta.url).href} />
    ${rest ? html`<${ProjectPage} key=${rest} id=${rest} />` : html`<${ProjectList} />`}`;
}
