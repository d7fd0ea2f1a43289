import {
  api, Button, can, Confirm, DataTable, Dialog, Empty, FormFoot, html, Link, notify, plural,
  TextField, Time, useForm, useList, useSession, useState,
} from '/console/assets/coffer.js';
import { checkName, Rename, renameAndRemove } from './rename.js';
import { texts } from './texts.js';

const { organization: words, columns: titles } = texts;

function Add({ onAdded, onClose }) {
  const form = useForm({ name: '' }, { name: checkName });
  const submit = form.submit(async ({ name }) => {
    onAdded(await api.post('/organizations', { body: { name: name.trim() } }));
    notify(words.added(name.trim()));
    onClose();
  });
  return html`<${Dialog} title=${words.add} onClose=${onClose}>
    <form class="form" onSubmit=${submit} noValidate>
      <${TextField} label=${texts.name} help=${words.help} isRequired autofocus ...${form.field('name')} />
      <${FormFoot} form=${form} action=${words.add} onClose=${onClose} />
    </form><//>`;
}

/** What still belongs to the organization, with where to find it. */
function InTheWay({ organization, found, onClose }) {
  const { pages } = useSession();
  const here = { role: ['people', words.role, words.roles], robot: ['robots', words.robot, words.robots] };
  const item = ({ plugin, what, count }) => {
    if (!plugin) {
      const [view, one, many] = here[what];
      return html`<${Link} href=${`/console/organizations/${view}`}>${plural(count, one, many)}<//>`;
    }
    const page = pages.find(each => each.path === plugin);
    const text = words.ofPlugin(count, what, page?.title ?? plugin);
    return page
      ? html`<${Link} href=${`/console/${page.path}?organizationId=${organization.id}`}>${text}<//>` : text;
  };
  return html`<div class="problem" role="alert"><div><b><bdi>${words.inTheWay(organization.name)}</bdi></b>
    <ul onClick=${event => event.target.closest('a') && onClose()}>${found.map(each =>
      html`<li>${item(each)}</li>`)}</ul>
    <p>${words.inTheWayHelp}</p></div></div>`;
}

function Remove({ row, onRemoved, onClose }) {
  const act = async () => {
    await api.remove(`/organizations/${row.id}`);
    onRemoved();
    notify(words.deleted(row.name));
  };
  const explain = error => error.body?.inTheWay?.length > 0 &&
    html`<${InTheWay} organization=${row} found=${error.body.inTheWay} onClose=${onClose} />`;
  return html`<${Confirm} title=${words.deleteTitle(row.name)} action=${texts.remove} kind="danger"
    act=${act} explain=${explain} onClose=${onClose}>
    <p>${words.deleteHelp}</p><//>`;
}

export function Organizations() {
  const list = useList('/organizations', {});
  const [dialog, open] = useState({});
  const close = () => open({});
  const mayChange = can('administer');
  const columns = [
    { title: titles.name, cell: row => html`<bdi>${row.name}</bdi>`, class: 'is-title' },
    { title: titles.id, cell: row => row.id, class: 'is-number' },
    { title: titles.created, cell: row => html`<${Time} at=${row.createdAt} />`, class: 'is-time' },
    { title: titles.by, cell: row => html`<bdi>${row.createdBy}</bdi>` },
    mayChange && renameAndRemove(open),
  ].filter(Boolean);
  const add = html`<${Button} kind="primary" icon="add"
    onClick=${() => open({ what: 'add' })}>${words.add}<//>`;
  return html`
    ${mayChange && html`<div class="toolbar">${add}</div>`}
    <${DataTable} label=${words.label} list=${list} columns=${columns} nameOf=${row => row.name}
      empty=${html`<${Empty} icon="organization"
        title=${words.empty}>${mayChange ? words.emptyHelp : words.emptyForOthers}<//>`} />
    ${dialog.what === 'add' && html`<${Add} onAdded=${row => list.prepend([row])} onClose=${close} />`}
    ${dialog.what === 'rename' &&
      html`<${Rename} path="/organizations" objectType="organization" row=${dialog.row} help=${words.help}
        onRenamed=${list.replace} onClose=${close} />`}
    ${dialog.what === 'remove' &&
      html`<${Remove} row=${dialog.row} onRemoved=${() => list.remove(dialog.row)} onClose=${close} />`}`;
}
