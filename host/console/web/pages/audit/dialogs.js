// What is taken out of the log and kept elsewhere.
import {
  api, Copy, Details, Dialog, exactTime, html, Icon, Problem, Skeleton, useEffect, useState, useTask,
} from '/console/assets/coffer.js';
import { texts } from './texts.js';

const { download, signed } = texts;

function Save({ href, as = '', kind = '', children }) {
  return html`<a class=${`button ${kind}`} href=${href} download=${as}>
    <${Icon} name="download" /><span>${children}</span></a>`;
}

/** The answer is sent piece by piece: the browser saves it itself, however long it is. */
export function Download({ filters, isFiltered, onClose }) {
  const address = format => api.address('/audit/export', { ...filters, format });
  return html`<${Dialog} title=${download.title} onClose=${onClose} actions=${html`
      <${Save} href=${address('ndjson')}>${download.ndjson}<//>
      <${Save} href=${address('csv')} kind="is-primary">${download.csv}<//>`}>
    <p>${isFiltered ? download.filtered : download.all}</p>
  <//>`;
}

export function SignedHead({ onClose }) {
  const [head, setHead] = useState(null);
  const task = useTask(async () => setHead(await api.get('/audit/head')));
  useEffect(() => { task.run(); }, []);
  const text = head && JSON.stringify(head);
  const foot = head && html`<${Copy} text=${text} label=${signed.copy} />
    <${Save} href=${`data:application/json;charset=utf-8,${encodeURIComponent(text)}`} as="head.json" kind="is-primary">
      ${signed.download}<//>`;
  return html`<${Dialog} title=${signed.title} onClose=${onClose} actions=${foot} isWide>
    <p>${signed.help}</p>
    <p>${signed.keep}</p>
    <pre><code>${signed.command}</code></pre>
    <${Problem} error=${task.error} retry=${task.run} />
    ${!head && !task.error && html`<${Skeleton} lines=${4} />`}
    ${head && html`<${Details} items=${[
      [signed.sequence, head.sequence.toLocaleString()],
      [signed.time, exactTime(head.time)],
      [signed.chain, html`<code>${head.chain}</code>`],
      [signed.mac, html`<code>${head.mac}</code>`],
      [signed.signature, html`<code>${head.signature}</code>`],
    ]} />`}
  <//>`;
}
