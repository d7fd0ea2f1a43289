import {
  api, Button, can, Confirm, DataTable, Details, Empty, html, IconButton, notify, setQuery, Time, useAddress,
  useList, useState,
} from '/console/assets/coffer.js';
import { PolicyDialog } from './policy-form.js';
import { explained, Refusal } from './refusal.js';
import { NextRuns, ownZone } from './runs.js';
import { inWords, retentionInWords } from './schedule.js';
import { texts } from './texts.js';
import { withVersion } from './version.js';
import { named } from './words.js';

const words = texts.policy;

function namespacesInWords({ includedNamespaces: included, excludedNamespaces: excluded }) {
  if (!included.length) return words.allBut(excluded);
  return excluded.length ? words.onlyBut(included, excluded) : words.only(included);
}

function Schedule({ policy }) {
  return html`<div class="project-schedule">
    <span>${inWords(policy.cron) || html`<code>${policy.cron}</code>`}</span>
    ${policy.timeZone !== ownZone && html`<small>${words.onClock(policy.timeZone)}</small>`}</div>`;
}

const columnsFor = (mayChange, open) => [
  { title: texts.name, class: 'is-title', cell: policy => named(policy.name) },
  { title: words.when, cell: policy => html`<${Schedule} policy=${policy} />` },
  { title: words.keeps, cell: policy => retentionInWords(policy.retention) },
  { title: words.namespaces, class: 'if-wide', cell: namespacesInWords },
  { title: words.next, cell: policy => html`<${Time} at=${policy.nextRuns[0]} isPlain />` },
  ...(mayChange ? [{ title: texts.actions, class: 'is-actions', cell: policy => html`
    <${IconButton} icon="edit" label=${words.edit} onClick=${() => open({ kind: 'edit', policy })} />
    <${IconButton} icon="delete" label=${words.remove} kind="danger"
      onClick=${() => open({ kind: 'delete', policy })} />` }] : []),
];

function Expanded({ policy, isDisabled }) {
  return html`<div class="project-policy"><div><h3>${words.nextRuns}</h3><${NextRuns} policy=${policy} />
    ${isDisabled && html`<p class="soft">${words.whileDisabled}</p>`}</div>
    <${Details} items=${[
    [texts.policyForm.cron,
      html`<code>${policy.cron}</code> <small>${words.onClock(policy.timeZone)}</small>`],
    [words.included, policy.includedNamespaces.length ? policy.includedNamespaces.join(', ')
      : words.everything],
    [words.excluded, policy.excludedNamespaces.join(', ') || texts.project.none],
    [texts.project.created, html`<${Time} at=${policy.createdAt} /> ${texts.by(named(policy.createdBy))}`],
    [texts.lastModified,
      html`<${Time} at=${policy.lastModifiedAt} /> ${texts.by(named(policy.lastModifiedBy))}`],
  ]} /></div>`;
}

function DeleteDialog({ path, policy, onClose, onChanged, onGone }) {
  const form = texts.policyForm;
  const act = async () => {
    try {
      await withVersion(path, policy, onChanged, ifMatch => api.remove(path, { ifMatch }));
    } catch (error) {
      if (error.status !== 404) throw error; // it is gone, and that is what was wanted
    }
    notify(form.removed(named(policy.name)));
    onGone();
  };
  return html`<${Confirm} title=${form.removeTitle(named(policy.name))} action=${form.removeAction}
    kind="danger" act=${act} onClose=${onClose}
    explain=${error => html`<${Refusal} error=${error} />`}><p>${form.removeBody}</p><//>`;
}

/**
 * A project's policies: `isAdding` and close() belong to the dialog that another part of the page may open
 * too; onChanged() when their number changed.
 */
export function Policies({ project, onChanged, isAdding, add, close }) {
  const path = `/projects/${project.id}/backup/policies`;
  const list = useList(path, {});
  const { query } = useAddress();
  const [dialog, open] = useState(null);
  const mayChange = can('change', project.organization.id);
  const isDisabled = project.backup.state === 'disabled';
  const added = policy => {
    list.reload();
    onChanged();
    setQuery({ policy: policy.id });
  };
  const gone = policy => {
    list.remove(policy);
    onChanged();
  };
  const changed = policy => {
    list.replace(policy);
    open(before => before && { ...before, policy });
  };
  const nothing = html`<${Empty} icon="calendar" title=${words.none}><p>
    ${words.noneHelp} ${isDisabled && words.whileDisabled}</p>
    ${mayChange && html`<${Button} icon="add" onClick=${add}>${words.add}<//>`}<//>`;
  return html`<section class="project-section" aria-labelledby="policies-title">
    <div class="page-head"><div><h2 id="policies-title">${words.title}</h2><p>${words.about}</p></div>
      ${mayChange && html`<div class="page-actions"><${Button} icon="add" onClick=${add}>${words.add}<//>
        </div>`}</div>
    <${DataTable} label=${words.title} list=${{ ...list, error: explained(list.error) }}
      columns=${columnsFor(mayChange, open)} nameOf=${policy => policy.name}
      expand=${policy => html`<${Expanded} policy=${policy} isDisabled=${isDisabled} />`}
      open=${query.policy ?? ''} onOpen=${policy => setQuery({ policy })} empty=${nothing} />
    ${isAdding && html`<${PolicyDialog} path=${path} onClose=${close} onStored=${added} />`}
    ${dialog?.kind === 'edit' && html`<${PolicyDialog} path=${path} policy=${dialog.policy}
      onClose=${() => open(null)} onStored=${changed} />`}
    ${dialog?.kind === 'delete'
      && html`<${DeleteDialog} path=${`${path}/${dialog.policy.id}`} policy=${dialog.policy}
        onClose=${() => open(null)} onChanged=${changed} onGone=${() => gone(dialog.policy)} />`}
  </section>`;
}
