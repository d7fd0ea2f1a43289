import {
  api, Badge, CopyValue, DataTable, html, Link, PageHead, Problem, Skeleton, Time, useEffect, useRef,
  useState,
} from '/console/assets/coffer.js';
import { Destroy, Rewrap, Rotate } from './keys/dialogs.js';
import { Steps } from './keys/steps.js';
import { texts as words } from './keys/texts.js';

const kindOfState = { active: 'good', retiring: 'warning', retired: 'neutral' };
const interval = 1000;
const dialogs = { rotate: Rotate, rewrap: Rewrap, destroy: Destroy };

/** How the keys stand: { keys, error, reload }; asked for each second while a rewrap runs. */
function useKeys() {
  const [state, setState] = useState({});
  const gone = useRef(false);
  const reload = async () => {
    try {
      const keys = await api.get('/keys');
      if (!gone.current) setState({ keys });
    } catch (error) {
      if (!gone.current) setState(before => ({ ...before, error }));
    }
  };
  useEffect(() => {
    reload();
    return () => { gone.current = true; };
  }, []);
  useEffect(() => {
    if (!state.keys?.rewrap?.running) return undefined;
    const timer = setTimeout(reload, interval);
    return () => clearTimeout(timer);
  }, [state]);
  return { ...state, reload };
}

const State = ({ state }) => html`<span class="result"><${Badge} kind=${kindOfState[state]}>${words.states[state]}<//>
  <small>${words.stateHelps[state]}</small></span>`;

const columns = [
  { title: words.columns.version, cell: row => words.versionOf(row.version), class: 'is-title' },
  { title: words.columns.state, cell: row => html`<${State} state=${row.state} />` },
  { title: words.columns.sealed, cell: row => row.sealedCount.toLocaleString(), class: 'is-number' },
  { title: words.columns.created, cell: row => html`<${Time} at=${row.createdAt} />` },
  { title: words.columns.retired, cell: row => row.retiredAt && html`<${Time} at=${row.retiredAt} />` },
];

export default function Keys() {
  const { keys, error, reload } = useKeys();
  const [dialog, ask] = useState(null);
  const Asked = dialog && dialogs[dialog.what];
  if (!keys)
    return html`<${PageHead} title=${words.title}>${words.head}<//>
      ${error ? html`<${Problem} error=${error} retry=${reload} />`
        : html`<div class="card"><${Skeleton} lines=${8} /></div>`}`;
  const newestFirst = { rows: [...keys.versions].reverse(), isFresh: true, reload };
  return html`
    <${PageHead} title=${words.title}>${words.head}<//>
    <div class="cards">
      <${Problem} error=${error} retry=${reload} />
      <${Steps} keys=${keys} ask=${ask} />
      <section><h2 class="section">${words.versions}</h2>
        <${DataTable} label=${words.versions} list=${newestFirst} columns=${columns}
          keyOf=${row => row.version} nameOf=${row => words.versionOf(row.version)} /></section>
      <section class="card key-encryption"><h2>${words.encryptionKey}</h2>
        <p class="soft">${words.encryptionKeyHelp}</p>
        <p>${words.id} <${CopyValue} text=${keys.keyEncryptionKeyId} label=${words.copyId} /></p>
        <div class="record-links"><${Link} href="/console/audit?objectType=key">${words.history}<//></div></section>
    </div>
    ${dialog &&
      html`<${Asked} keys=${keys} version=${dialog.version} onDone=${reload} onClose=${() => ask(null)} />`}`;
}
