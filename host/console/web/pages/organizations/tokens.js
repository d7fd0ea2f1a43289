import {
  api, Badge, Button, Confirm, DataTable, Dialog, Empty, FormFoot, html, IconButton, notify, SelectField,
  TextField, Time, useForm, useList, useState,
} from '/console/assets/coffer.js';
import { ShownOnce } from './shown-once.js';
import { texts } from './texts.js';

const { tokens: words, columns: titles } = texts;
const never = 'never';
const choices = ['30', '90', '365', never];
const mostAtOnce = 100;

const isExpired = token => token.expiresAt !== null && new Date(token.expiresAt) <= new Date();
const isValid = token => token.revokedAt === null && !isExpired(token);

function State({ token }) {
  if (token.revokedAt) return html`<${Badge}>${words.revoked}<//> <small><${Time}
    at=${token.revokedAt} /></small>`;
  return isExpired(token) ? html`<${Badge}>${words.expired}<//>`
    : html`<${Badge} kind="good">${words.valid}<//>`;
}

function Make({ path, title, onMade, onClose }) {
  const form = useForm({ name: '', expires: '90' },
    { name: value => (value.trim() ? '' : words.nameMissing) });
  const submit = form.submit(async ({ name, expires }) => {
    const body = { name: name.trim(), ...(expires === never ? {} : { expiresInDays: Number(expires) }) };
    onMade(await api.post(path, { body }));
  });
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <form class="form" onSubmit=${submit} noValidate>
      <${TextField} label=${words.name} help=${words.nameHelp} isRequired autofocus maxLength="60"
        ...${form.field('name')} />
      <${SelectField} label=${words.expires}
        help=${form.values.expires === never ? words.neverHelp : undefined}
        options=${choices.map(value => ({ value, text: words.expiresIn[value] }))}
          ...${form.field('expires')} />
      <${FormFoot} form=${form} action=${words.make} onClose=${onClose} />
    </form><//>`;
}

function Revoke({ path, token, isMine, onRevoked, onClose }) {
  const act = async () => {
    await api.remove(`${path}/${token.id}`);
    notify(words.revokedNow(token.name));
    onRevoked();
  };
  return html`<${Confirm} title=${words.revokeTitle(token.name)} action=${words.revoke} kind="danger"
    act=${act} onClose=${onClose}>
    <p>${words.revokeHelp}</p>${isMine && html`<p>${words.revokeMineHelp}</p>`}<//>`;
}

/** The tokens of somebody: at /principals/{id}/tokens, or one's own. */
export function Tokens({ path, owner, isMine = false }) {
  const list = useList(path, {}, { limit: mostAtOnce });
  const [dialog, open] = useState({});
  const close = () => open({});
  // The API gives them by id; what can be used, and the youngest of it, is what one looks for.
  const rows = [...list.rows].sort((one, other) => isValid(other) - isValid(one) || other.id - one.id);
  const columns = [
    { title: titles.name, cell: row => html`<bdi>${row.name}</bdi>`, class: 'is-title' },
    { title: titles.state, cell: row => html`<${State} token=${row} />` },
    { title: titles.expires,
      cell: row => (row.expiresAt ? html`<${Time} at=${row.expiresAt} />` : words.never) },
    { title: titles.created, cell: row => html`<${Time} at=${row.createdAt} />`, class: 'if-wide is-time' },
    { title: titles.by, cell: row => html`<bdi>${row.createdBy}</bdi>`, class: 'if-wide' },
    {
      title: titles.actions, isTitleHidden: true, class: 'is-actions',
      cell: row => isValid(row) &&
        html`<${IconButton} icon="delete" kind="danger" label=${words.revokeOf(row.name)}
          onClick=${() => open({ what: 'revoke', row })} />`,
    },
  ];
  const made = ({ token, ...row }) => {
    list.prepend([row]);
    open({ what: 'shown', token });
  };
  return html`<section>
    <div
      class="section-head"><div><h3>${isMine ? words.mine : words.heading}</h3>${isMine &&
        html`<p class="soft">${words.mineHelp}</p>`}</div>
      <${Button} icon="add" onClick=${() => open({ what: 'make' })}>${words.make}<//></div>
    <${DataTable} label=${isMine ? words.mine : words.label(owner)}
      list=${{ ...list, rows, total: undefined }} columns=${columns} nameOf=${row => row.name}
      empty=${html`<${Empty} icon="token" title=${words.none}>${!isMine && words.noneHelp(owner)}<//>`} />
    ${dialog.what === 'make' &&
      html`<${Make} path=${path} title=${isMine ? words.makeMine : words.makeTitle(owner)} onMade=${made}
        onClose=${close} />`}
    ${dialog.what === 'shown' &&
      html`<${ShownOnce} title=${words.shownTitle} values=${[[words.token, dialog.token]]}
        onClose=${close}>
      <b>${words.shown}</b>${!isMine && html`<p>${words.hand(owner)}</p>`}<//>`}
    ${dialog.what === 'revoke' &&
      html`<${Revoke} path=${path} token=${dialog.row} isMine=${isMine} onRevoked=${list.reload}
        onClose=${close} />`}
  </section>`;
}
