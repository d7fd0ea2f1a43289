import {
  api, Badge, Button, can, canSomewhere, Confirm, DataTable, Dialog, Empty, FormFoot, html, Link,
  notify, setQuery, TextField, Time, useAddress, useForm, useList, useSession, useState,
} from '/console/assets/coffer.js';
import { Grants } from './grants.js';
import { checkName, Rename, renameAndRemove } from './rename.js';
import { emptyRole, RoleBadges, roleBody, roleChecks, RoleFields, Roles } from './roles.js';
import { Tokens } from './tokens.js';
import { useOpenRow } from './open-row.js';
import { texts } from './texts.js';

const { people: words, columns: titles } = texts;

function Add({ onAdded, onClose }) {
  const form = useForm({ name: '', ...emptyRole }, { name: checkName, ...roleChecks });
  const submit = form.submit(async values => {
    const name = values.name.trim();
    onAdded(await api.post('/principals', { body: { name, ...roleBody(values) } }));
    notify(words.added(name));
    onClose();
  });
  return html`<${Dialog} title=${words.add} onClose=${onClose}>
    <form class="form" onSubmit=${submit} noValidate>
      <${TextField} label=${words.name} help=${words.addHelp} isRequired autofocus ...${form.field('name')} />
      <${RoleFields} form=${form} />
      <${FormFoot} form=${form} action=${words.add} onClose=${onClose} />
    </form><//>`;
}

function Remove({ row, isYou, onRemoved, onClose }) {
  const act = async () => {
    await api.remove(`/principals/${row.id}`);
    notify(words.deleted(row.name));
    onRemoved();
  };
  return html`<${Confirm} title=${words.deleteTitle(row.name)} action=${texts.remove} kind="danger"
    act=${act} onClose=${onClose}>
    <p>${words.deleteHelp}</p>${isYou && html`<p><b>${words.deleteYou}</b></p>`}<//>`;
}

function Person({ person, onChange }) {
  return html`<div class="record">
    <${Roles} person=${person} onChange=${onChange} />
    <${Tokens} path=${`/principals/${person.id}/tokens`} owner=${person.name} />
    ${can('administer') && html`<${Grants} holder=${person} />`}
    ${canSomewhere('audit') && html`<div class="record-links">
      <${Link} href=${`/console/audit?objectType=principal&objectId=${person.id}`}>${texts.history}<//>
      <${Link} href=${`/console/audit?${new URLSearchParams({ principal: person.name })}`}>
        ${words.did(person.name)}<//></div>`}
  </div>`;
}

export function People() {
  const list = useList('/principals', {});
  const { query: { open: opened } } = useAddress();
  const { who } = useSession();
  const [dialog, open] = useState({});
  const close = () => open({});
  useOpenRow('/principals', list, opened);
  const refresh = async id => list.replace(await api.get(`/principals/${id}`));
  const added = row => {
    list.prepend([row]);
    setQuery({ open: row.id });
  };
  const columns = [
    { title: titles.name,
      cell: row => html`<bdi>${row.name}</bdi>${row.id === who.id && html` <${Badge}>${words.you}<//>`}`,
        class: 'is-title' },
    { title: titles.roles, cell: row => row.roles.length > 0 && html`<${RoleBadges} roles=${row.roles} />` },
    { title: titles.created, cell: row => html`<${Time} at=${row.createdAt} />`, class: 'is-time' },
    { title: titles.by, cell: row => html`<bdi>${row.createdBy}</bdi>`, class: 'if-wide' },
    renameAndRemove(open),
  ];
  return html`
    <div class="toolbar"><${Button} kind="primary" icon="add"
      onClick=${() => open({ what: 'add' })}>${words.add}<//></div>
    <${DataTable} label=${words.label} list=${list} columns=${columns} nameOf=${row => row.name}
      open=${opened} onOpen=${key => setQuery({ open: key })}
      expand=${row => html`<${Person} person=${row} onChange=${() => refresh(row.id)} />`}
      empty=${html`<${Empty} icon="people" title=${words.empty}>${words.emptyHelp}<//>`} />
    ${dialog.what === 'add' && html`<${Add} onAdded=${added} onClose=${close} />`}
    ${dialog.what === 'rename' &&
      html`<${Rename} path="/principals" objectType="principal" row=${dialog.row}
        onRenamed=${list.replace} onClose=${close} />`}
    ${dialog.what === 'remove' &&
      html`<${Remove} row=${dialog.row} isYou=${dialog.row.id === who.id}
        onRemoved=${() => list.remove(dialog.row)} onClose=${close} />`}`;
}
