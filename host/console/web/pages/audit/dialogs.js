// What is taken out of the log and kept elsewhere.
import {
  api, Copy, Details, Dialog, exactTime, html, Icon, Problem, Skeleton, useEffect, useState, useTask,
} from '/console/assets/coffer.js';
import { texts } from './texts.js';

const { download, signed } = texts;

const saves = (href, text, kind = '') => html`<a class=${`button ${kind}`} href=${href} download><${Icon} name="download" /><span>${text}</span></a>`;

/** The answer is sent piece by piece: the browser saves it itself, however long it is. */
export function Download({ filters, isFiltered, onClose }) {
  const address = format => api.address('/audit/export', { ...filters, format });
  return html`<${Dialog} title=${download.title} onClose=${onClose}>
    <p>${isFiltered ? download.filtered : download.all}</p>
    <div class="form-foot">${saves(address('ndjson'), download.ndjson)}${saves(address('csv'), download.csv, 'is-primary')}</div>
  <//>`;
}

export function SignedHead({ onClose }) {
  const [head, setHead] = useState(null);
  const task = useTask(async () => setHead(await api.get('/audit/head')));
  useEffect(() => { task.run(); }, []);
  const text = head && JSON.stringify(head);
  const saved = head && `data:application/json;charset=utf-8,${encodeURIComponent(text)}`;
  const foot = head && html`<${Copy} text=${text} label=${signed.copy} />
    <a class="button is-primary" href=${saved} download="head.json"><${Icon} name="download" /><span>${signed.download}</span></a>`;
  return html`<${Dialog} title=${signed.title} onClose=${onClose} actions=${foot} isWide>
    <p>${signed.help}</p>
    <p>${signed.keep}</p>
    <pre><code>${signed.command}</code></pre>
    <${Problem} error=${task.error} retry=${task.run} />
    ${!head && !task.error && html`<${Skeleton} lines=${4} />`}
    ${head && html`<${Details} items=${[
      [signed.sequence, head.sequence.toLocaleString()], [signed.time, exactTime(head.time)], [signed.chain, html`<code>${head.chain}</code>`],
      [signed.mac, html`<code>${head.mac}</code>`], [signed.signature, html`<code>${head.signature}</code>`]]} />`}
  <//>`;
}
