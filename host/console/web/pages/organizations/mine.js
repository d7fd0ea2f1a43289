import {
  api, Badge, Confirm, DataTable, html, IconButton, notify, Time, useList, useSession, useState,
} from '/console/assets/coffer.js';
import { RoleBadges } from './roles.js';
import { Tokens } from './tokens.js';
import { texts } from './texts.js';

const { sessions: words, columns: titles } = texts;

const Name = ({ session }) => html`${words.session(session.id)}
  ${session.current && html` <${Badge} kind="accent">${words.this}<//>`}`;

function Sessions() {
  const list = useList('/sessions', {});
  const [ending, end] = useState(null);
  const columns = [
    { title: words.title, cell: row => html`<${Name} session=${row} />`, class: 'is-title' },
    { title: words.began, cell: row => html`<${Time} at=${row.createdAt} />`, class: 'is-time' },
    { title: words.lastUsed, cell: row => html`<${Time} at=${row.lastUsedAt} />`, class: 'is-time' },
    { title: words.ends, cell: row => html`<${Time} at=${row.expiresAt} isPlain />` },
    {
      title: titles.actions, isTitleHidden: true, class: 'is-actions',
      cell: row => !row.current &&
        html`<${IconButton} icon="sign-out" label=${words.endOf(row.id)} onClick=${() => end(row)} />`,
    },
  ];
  const act = async () => {
    await api.remove(`/sessions/${ending.id}`);
    notify(words.ended);
    list.remove(ending);
  };
  return html`<section>
    <div class="section-head"><div><h3>${words.heading}</h3><p class="soft">${words.help}</p></div></div>
    <${DataTable} label=${words.label} list=${{ ...list, total: undefined }} columns=${columns}
      nameOf=${row => words.session(row.id)} />
    ${ending &&
      html`<${Confirm} title=${words.endTitle} action=${words.end} kind="danger" act=${act}
        onClose=${() => end(null)}>
      <p>${words.session(ending.id)}, <${Time} at=${ending.createdAt} />. ${words.endHelp}</p><//>`}
  </section>`;
}

export function Mine() {
  const { who } = useSession();
  return html`<div class="record">
    <p><b><bdi>${who.name}</bdi></b> <${RoleBadges} roles=${who.roles} /></p>
    <${Tokens} path="/whoami/tokens" owner=${who.name} isMine />
    <${Sessions} />
  </div>`;
}
