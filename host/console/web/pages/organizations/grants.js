// What no role has: obtaining a stored secret. Granted by an administrator, for one object, by name.
import {
  api, Button, Confirm, Dialog, FormFoot, html, Icon, IconButton, Link, notify, Problem, SelectField,
  Skeleton, TextField, useEffect, useForm, useList, useRef, useState,
} from '/console/assets/coffer.js';
import { texts } from './texts.js';

const words = texts.grants;
const ofCredential = 'backup-credentials:use';
const mostFound = 8;
const pause = 150;

/** The name behind an id, so that nobody grants or keeps what they do not recognize. */
function Credential({ id }) {
  const [name, setName] = useState('');
  useEffect(() => {
    api.get(`/backup-credentials/${encodeURIComponent(id)}`).then(found => setName(found.name))
      .catch(problem => setName(problem.status === 404 ? words.gone(id) : id));
  }, [id]);
  return html`<${Link} href=${`/console/backup-credentials?open=${id}`}><bdi>${name || id}</bdi><//>`;
}

const What = ({ grant: { permission, object } }) => (permission === ofCredential
  ? html`<span>${words.keysOf} <${Credential} id=${object} /></span>`
  : html`<span><code>${permission}</code> <bdi>${object}</bdi></span>`);

/** Finds a credential by what one knows of it. */
function CredentialChoice({ form }) {
  const [text, setText] = useState('');
  const [search, setSearch] = useState('');
  const timer = useRef();
  const list = useList('/backup-credentials', { search }, { limit: mostFound });
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = next => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSearch(next.trim()), pause);
  };
  const { value, onInput, error } = form.field('object');
  return html`
    <${TextField} label=${words.find} help=${words.findHelp} error=${error} value=${text} onInput=${type}
      autofocus />
    <fieldset class="choices" aria-busy=${list.isLoading}><legend class="only-read">${words.found}</legend>
      ${list.rows.map(row =>
        html`<label key=${row.id}><input type="radio" name="credential" checked=${value === String(row.id)}
          onChange=${() => onInput(String(row.id))} />
        <span><b><bdi>${row.name}</bdi></b>${' '}
          <small><bdi>${row.organization.name}</bdi> <code>${row.accessKeyId}</code></small></span></label>`)}
      ${list.isFresh && list.rows.length === 0 && html`<p class="soft">${words.nothingFound}</p>`}
      <${Problem} error=${list.error} />
    </fieldset>`;
}

function Add({ holder, onAdded, onClose }) {
  const checks = {
    permission: (value, { what }) =>
      (what === 'other' && !value.trim().endsWith(':use') ? words.permissionWrong : ''),
    object: (value, { what }) =>
      (value.trim() ? '' : what === 'other' ? words.objectMissing : words.chooseOne),
  };
  const form = useForm({ what: 'credential', permission: '', object: '' }, checks);
  const { what } = form.values;
  const submit = form.submit(async values => {
    const permission = what === 'other' ? values.permission.trim() : ofCredential;
    await api.post(`/principals/${holder.id}/grants`, { body: { permission, object: values.object.trim() } });
    notify(words.granted(holder.name));
    onAdded();
    onClose();
  });
  const choose = value => {
    form.set('what', value);
    form.set('object', '');
  };
  const options = [{ value: 'credential', text: words.credential }, { value: 'other', text: words.other }];
  return html`<${Dialog} title=${words.addTitle(holder.name)} onClose=${onClose}>
    <form class="form" onSubmit=${submit} noValidate>
      <div class="problem is-warning"><${Icon} name="warning" /><div>${words.warning(holder.name)}</div></div>
      <${SelectField} label=${words.what} options=${options} value=${what} onInput=${choose} />
      ${what === 'credential' ? html`<${CredentialChoice} form=${form} />` : html`
        <${TextField} label=${words.permission} help=${words.permissionHelp} isRequired isCode
          ...${form.field('permission')} />
        <${TextField} label=${words.object} isRequired isCode ...${form.field('object')} />`}
      <${FormFoot} form=${form} action=${words.grant} onClose=${onClose} />
    </form><//>`;
}

function Take({ holder, grant, onTaken, onClose }) {
  const act = async () => {
    await api.remove(`/principals/${holder.id}/grants/${grant.id}`);
    notify(words.taken(holder.name));
    onTaken();
  };
  return html`<${Confirm} title=${words.takeTitle(holder.name)} action=${words.take} kind="danger" act=${act}
    onClose=${onClose}>
    <p><${What} grant=${grant} /></p><p>${words.takeHelp}</p><//>`;
}

/** Of a person or robot; only administrators may ask for it. */
export function Grants({ holder }) {
  const list = useList(`/principals/${holder.id}/grants`, {}, { limit: null });
  const [dialog, open] = useState({});
  const close = () => open({});
  return html`<section>
    <div class="section-head"><div><h3>${words.heading}</h3><p class="soft">${words.help}</p></div>
      <${Button} icon="add" onClick=${() => open({ what: 'add' })}>${words.add}<//></div>
    <${Problem} error=${list.error} retry=${list.reload} />
    ${!list.isFresh && !list.error && html`<${Skeleton} lines=${1} />`}
    ${list.isFresh && list.rows.length === 0 && html`<p class="soft">${words.none}</p>`}
    <ul class="lines">${list.rows.map(grant => html`<li key=${grant.id}><div><${What} grant=${grant} /></div>
      <${IconButton} icon="delete" kind="danger" label=${words.take}
        onClick=${() => open({ what: 'take', grant })} /></li>`)}</ul>
    ${dialog.what === 'add' && html`<${Add} holder=${holder} onAdded=${list.reload} onClose=${close} />`}
    ${dialog.what === 'take' &&
      html`<${Take} holder=${holder} grant=${dialog.grant} onTaken=${list.reload} onClose=${close} />`}
  </section>`;
}
