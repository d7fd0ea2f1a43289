import {
  api, Dialog, FormFoot, html, IconButton, notify, TextField, useForm, useState,
} from '/console/assets/coffer.js';
import { texts as words } from './texts.js';

const [shortest, longest] = [3, 60];

export function checkName(name) {
  const { length } = [...name.trim()];
  return length < shortest ? words.nameTooShort : length > longest ? words.nameTooLong : '';
}

/** Who changed it last, in words; the audit log knows. */
async function lastChangedBy(objectType, id) {
  const { items: [record] } = await api.get('/audit',
    { query: { objectType, objectId: id, result: 'success', limit: 1 } });
  return record?.principal || words.rename.somebody;
}

/** The column with what can be done to a row; `open` gets { what: 'rename' or 'remove', row }. */
export const renameAndRemove = open => ({
  title: words.columns.actions, isTitleHidden: true, class: 'is-actions',
  cell: row => html`
    <${IconButton} icon="edit" label=${words.rename.action} onClick=${() => open({ what: 'rename', row })} />
    <${IconButton} icon="delete" kind="danger" label=${words.remove}
      onClick=${() => open({ what: 'remove', row })} />`,
});

/** Another name for a row of `path`. When somebody else was faster, says so, and keeps what was typed. */
export function Rename({ path, objectType, row, help = words.nameHelp, onRenamed, onClose }) {
  const [current, setCurrent] = useState(row);
  const [changedBy, setChangedBy] = useState('');
  const form = useForm({ name: row.name }, { name: checkName });
  const submit = form.submit(async ({ name }) => {
    try {
      onRenamed(await api.patch(`${path}/${row.id}`,
        { body: { name: name.trim() }, ifMatch: current.version }));
    } catch (problem) {
      if (problem.code !== 'version_mismatch') throw problem;
      const now = await api.get(`${path}/${row.id}`);
      setChangedBy(await lastChangedBy(objectType, row.id));
      setCurrent(now);
      return;
    }
    notify(words.rename.done(name.trim()));
    onClose();
  });
  return html`<${Dialog} title=${words.rename.title(current.name)} onClose=${onClose}>
    <form class="form" onSubmit=${submit} noValidate>
      <${TextField} label=${words.name} help=${help} isRequired autofocus ...${form.field('name')} />
      ${changedBy &&
        html`<div class="problem is-warning"
          role="alert"><div><b>${words.rename.changed(changedBy, current.name)}</b>
        <p>${words.rename.changedHelp}</p></div></div>`}
      <${FormFoot} form=${form} action=${words.rename.save} onClose=${onClose} />
    </form><//>`;
}
