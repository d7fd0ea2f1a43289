// What can be done with a credential. What a viewer may not do is not offered; what is off now says why.
import {
  api, AreaField, Button, can, Confirm, Dialog, html, IconButton, Link, notify, Problem, setQuery, useForm,
  useTask,
} from '/console/assets/coffer.js';
import { EditDialog } from './edit.js';
import { texts } from './texts.js';
import { longCause } from './verdict.js';

const words = texts.actions;
const pathOf = row => `/backup-credentials/${row.id}`;

/** Tries the stored keys; gives the row with what is known now. */
export async function probe(row) {
  const { works, cause, validation } = await api.post(`${pathOf(row)}/probe`);
  notify(works ? texts.did.works(row.name) : texts.did.fails(row.name, longCause(cause)),
    works ? 'success' : 'warning');
  return { ...row, validation };
}

/**
 * The icons of a row. onChanged(row, isDefaultMoved) gets what it is now, open(kind, row) opens a dialog, and
 * onFailed(title, error) shows what went wrong with what needs none.
 */
export function Actions({ row, open, onChanged, onFailed }) {
  const attempt = (name, act) => useTask(async () => {
    try {
      await act();
    } catch (error) {
      onFailed(texts.didNot[name](row.name), error);
    }
  });
  const choosing = attempt('makeDefault', async () => {
    const chosen = await api.put(`${pathOf(row)}/default`);
    notify(texts.did.makeDefault(row));
    onChanged(chosen, true);
  });
  const clearing = attempt('clearDefault', async () => {
    const cleared = await api.remove(`${pathOf(row)}/default`);
    notify(texts.did.clearDefault(row));
    onChanged(cleared);
  });
  const probing = attempt('probe', async () => onChanged(await probe(row)));
  if (!can('change', row.organization.id)) return null;
  const reason = row.locked ? words.locked(row.lock) : undefined;
  return html`
    ${row.default
      ? html`<${IconButton} icon="star-off" label=${words.clearDefault} isBusy=${clearing.isBusy}
        onClick=${clearing.run} />`
      : html`<${IconButton} icon="star" label=${words.makeDefault} reason=${reason} isBusy=${choosing.isBusy}
        onClick=${choosing.run} />`}
    ${row.locked
      ? html`<${IconButton} icon="unlock" label=${words.unlock} onClick=${() => open('unlock', row)} />`
      : html`<${IconButton} icon="lock" label=${words.lock} onClick=${() => open('lock', row)} />`}
    <${IconButton} icon="edit" label=${words.edit} reason=${reason} onClick=${() => open('edit', row)} />
    <${IconButton} icon="probe" label=${words.probe} isBusy=${probing.isBusy} onClick=${probing.run} />
    <${IconButton} icon="delete" kind="danger" label=${words.remove} reason=${reason}
      onClick=${() => open('remove', row)} />`;
}

function LockDialog({ row, onChanged, onClose }) {
  const form = useForm({ reason: '' }, { reason: value => (value.trim() ? '' : texts.checks.lockReason) });
  const lock = form.submit(async ({ reason }) => {
    const locked = await api.put(`${pathOf(row)}/lock`, { body: { reason: reason.trim() } });
    if (locked.alreadyLocked) notify(texts.lock.already(row.name, locked.lock), 'warning');
    else notify(texts.lock.done(row.name));
    onChanged(locked);
  });
  return html`<${Dialog} title=${texts.lock.title(row.name)} onClose=${onClose}>
    <form class="form" onSubmit=${lock} noValidate>
      <p>${texts.lock.help}</p>
      <${AreaField} label=${texts.lock.reason} help=${texts.lock.reasonHelp} isRequired autofocus
        maxlength="200" rows="2" ...${form.field('reason')} />
      <${Problem} error=${form.problem} />
      <div class="form-foot"><${Button} onClick=${onClose}>${texts.trial.cancel}<//>
        <${Button} kind="primary" type="submit" icon="lock" isBusy=${form.isBusy}>
          ${texts.lock.action}<//></div>
    </form>
  <//>`;
}

function UnlockDialog({ row, onChanged, onClose }) {
  const unlock = async () => {
    const unlocked = await api.remove(`${pathOf(row)}/lock`);
    notify(texts.unlock.done(row.name));
    onChanged(unlocked);
  };
  return html`<${Confirm} title=${texts.unlock.title(row.name)} action=${texts.unlock.action} act=${unlock}
    onClose=${onClose}>
    <p>${texts.unlock.help(row.lock)}</p><//>`;
}

/** Links to projects; those that no plugin of ours owns have no page. */
export function ProjectName({ project }) {
  return project.owner === 'projects'
    ? html`<${Link} href=${`/console/projects/${encodeURIComponent(project.id)}`}>
        <bdi>${project.name}</bdi><//>`
    : html`<bdi>${project.name}</bdi>`;
}

function InTheWay({ row, projects, count, onClose }) {
  const shown = projects.slice(0, 10);
  return html`<div class="problem is-warning" role="alert"><div>
    <b>${texts.remove.inUse(count)}</b>
    <ul>${shown.map(project =>
      html`<li key=${project.owner + project.id}><${ProjectName} project=${project} />
      ${project.owner === 'manual' && html`<span class="soft"> ${texts.row.manually}</span>`}</li>`)}
      ${count > shown.length && html`<li class="soft">${texts.remove.more(count - shown.length)}</li>`}</ul>
    <p>${texts.remove.inUseHelp}</p>
    <${Button} onClick=${() => { onClose(); setQuery({ open: row.id }); }}>${texts.remove.openRow}<//>
  </div></div>`;
}

function RemoveDialog({ row, onRemoved, onClose }) {
  const remove = async () => {
    await api.remove(pathOf(row));
    notify(texts.remove.done(row.name));
    onRemoved(row);
  };
  const explain = error => error.code === 'credential_in_use' &&
    html`<${InTheWay} row=${row} projects=${error.body.projects} count=${error.body.projectCount}
      onClose=${onClose} />`;
  return html`<${Confirm} title=${texts.remove.title(row.name)} action=${texts.remove.action} kind="danger"
    act=${remove} onClose=${onClose}
    explain=${error => explain(error) || html`<${Problem} error=${error} />`}>
    <p>${texts.remove.help}</p>
    ${row.default && html`<p>${texts.remove.isDefault}</p>`}
  <//>`;
}

/** The dialog that open(kind, row) asked for. onChanged gets what the row is now, and closes. */
export function ActionDialog({ kind, row, title, error, onChanged, onRemoved, onClose }) {
  const common = { row, onClose };
  if (kind === 'lock') return html`<${LockDialog} ...${common} onChanged=${onChanged} />`;
  if (kind === 'unlock') return html`<${UnlockDialog} ...${common} onChanged=${onChanged} />`;
  if (kind === 'edit') return html`<${EditDialog} ...${common} onSaved=${onChanged} />`;
  if (kind === 'remove') return html`<${RemoveDialog} ...${common} onRemoved=${onRemoved} />`;
  return html`<${Dialog} title=${title} onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${texts.close}<//>`}><${Problem} error=${error} /><//>`;
}
