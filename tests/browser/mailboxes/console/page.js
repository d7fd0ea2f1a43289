import { api, html, Link, PageHead, useEffect, useState } from '/console/assets/coffer.js';

export default function Mailboxes({ rest }) {
  const [first, setFirst] = useState('');
  useEffect(() => { api.get('/mailboxes').then(answer => setFirst(answer.first)); }, []);
  return html`<${PageHead} title="Mailboxes" />
    <p>First: ${first}</p>
    <p>Rest: ${rest}</p>
    <${Link} href="/console/mailboxes/a%20b/c">Further in<//>`;
}
