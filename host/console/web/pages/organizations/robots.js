import {
  api, Badge, Button, can, Confirm, CopyValue, DataTable, Dialog, Empty, FormFoot, html, IconButton, notify,
  OrganizationSelect, SelectField, setQuery, TextField, Time, useAddress, useForm, useList, useState,
} from '/console/assets/coffer.js';
import { Grants } from './grants.js';
import { useOpenRow } from './open-row.js';
import { checkName } from './rename.js';
import { ShownOnce } from './shown-once.js';
import { texts } from './texts.js';

const { robots: words, columns: titles, roles } = texts;

function Add({ onMade, onClose }) {
  const form = useForm({ name: '', organizationId: '', role: 'manager' },
    { name: checkName, organizationId: value => (value ? '' : words.organizationMissing) });
  const submit = form.submit(async ({ name, organizationId, role }) =>
    onMade(await api.post('/robots',
      { body: { name: name.trim(), organizationId: Number(organizationId), role } })));
  const { onInput: choose, ...organization } = form.field('organizationId');
  return html`<${Dialog} title=${words.add} onClose=${onClose}>
    <form class="form" onSubmit=${submit} noValidate>
      <${TextField} label=${texts.name} help=${words.nameHelp} isRequired autofocus
        ...${form.field('name')} />
      <${OrganizationSelect} action="operate" isRequired onChange=${choose} ...${organization} />
      <${SelectField} label=${roles.role} help=${roles.helps[form.values.role]}
        options=${['manager', 'viewer'].map(value => ({ value, text: roles.names[value] }))}
        ...${form.field('role')} />
      <${FormFoot} form=${form} action=${words.add} onClose=${onClose} />
    </form><//>`;
}

function Rotate({ row, onMade, onClose }) {
  let made;
  const act = async () => { made = await api.post(`/robots/${row.id}/rotate`); };
  return html`<${Confirm} title=${words.rotateTitle(row.name)} action=${words.rotateAction} act=${act}
    onClose=${() => (made ? onMade(made) : onClose())}>
    <p>${words.rotateHelp}</p><//>`;
}

function Remove({ row, onRemoved, onClose }) {
  const act = async () => {
    await api.remove(`/robots/${row.id}`);
    notify(words.deleted(row.name));
    onRemoved();
  };
  return html`<${Confirm} title=${words.deleteTitle(row.name)} action=${texts.remove} kind="danger"
    act=${act} onClose=${onClose}>
    <p>${words.deleteHelp}</p><//>`;
}

const State = ({ isUsable }) => (isUsable
  ? html`<${Badge} kind="good">${words.usable}<//>`
  : html`<${Badge} kind="bad" title=${words.unusableHelp}>${words.unusable}<//>`);

function columnsFor(open) {
  return [
    { title: titles.name, cell: row => html`<bdi>${row.name}</bdi>`, class: 'is-title' },
    { title: titles.organization, cell: row => html`<bdi>${row.organizationName}</bdi>` },
    { title: titles.role, cell: row => roles.names[row.role] },
    {
      title: titles.accessKeyId,
      cell: row => html`<${CopyValue} text=${row.accessKeyId} label=${words.copyAccessKeyId} />`,
    },
    { title: titles.state, cell: row => html`<${State} isUsable=${row.usable} />` },
    { title: titles.created, cell: row => html`<${Time} at=${row.createdAt} />`, class: 'if-wide is-time' },
    {
      title: titles.actions, isTitleHidden: true, class: 'is-actions',
      cell: row => html`
        <${IconButton} icon="refresh" label=${words.rotate} onClick=${() => open({ what: 'rotate', row })} />
        <${IconButton} icon="delete" kind="danger" label=${texts.remove}
          onClick=${() => open({ what: 'remove', row })} />`,
    },
  ];
}

export function Robots() {
  const list = useList('/robots', {});
  const { query: { open: opened } } = useAddress();
  const [dialog, open] = useState({});
  const close = () => open({});
  useOpenRow('/robots', list, opened);
  const shown = ({ secret, ...row }, keep) => {
    keep(row);
    open({ what: 'shown', row, secret });
  };
  // What a robot was granted by name is for administrators to see.
  const expand = can('administer') ? row => html`<${Grants} holder=${row} />` : undefined;
  return html`
    <div class="toolbar"><${Button} kind="primary" icon="add"
      onClick=${() => open({ what: 'add' })}>${words.add}<//><span class="soft">${words.help}</span></div>
    <${DataTable} label=${words.label} list=${list} columns=${columnsFor(open)} nameOf=${row => row.name}
      expand=${expand} open=${opened}
      onOpen=${key => setQuery({ open: key })}
        empty=${html`<${Empty} icon="robot" title=${words.empty}>${words.emptyHelp}<//>`} />
    ${dialog.what === 'add' &&
      html`<${Add} onMade=${made => shown(made, row => list.prepend([row]))} onClose=${close} />`}
    ${dialog.what === 'rotate' &&
      html`<${Rotate} row=${dialog.row} onMade=${made => shown(made, list.replace)} onClose=${close} />`}
    ${dialog.what === 'remove' &&
      html`<${Remove} row=${dialog.row} onRemoved=${() => list.remove(dialog.row)} onClose=${close} />`}
    ${dialog.what === 'shown' &&
      html`<${ShownOnce} title=${words.shownTitle(dialog.row.name)} onClose=${close}
      values=${[[words.accessKeyId, dialog.row.accessKeyId],
        [words.secret, dialog.secret]]}><b>${words.shown}</b><//>`}`;
}
