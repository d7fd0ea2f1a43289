import {
  Button, can, canSomewhere, DataTable, Empty, html, IconButton, Link, OrganizationSelect, PageHead,
  SearchField, SelectField, setQuery, Time, useAddress,
  useEffect, useList, useState,
} from '/console/assets/coffer.js';
import { CreateDialog } from './create.js';
import { ProjectDialog } from './dialogs.js';
import { explained } from './refusal.js';
import { bucketOf, StateBadge } from './standing.js';
import { texts } from './texts.js';
import { addressOfProject, CredentialLink, named } from './words.js';

const words = texts.list;

function Actions({ project, open }) {
  if (!can('change', project.organization.id)) return null;
  const isEnabled = project.backup.credentialId !== null;
  const labels = texts.actionsOf;
  const button = (kind, icon, label, others) =>
    html`<${IconButton} icon=${icon} label=${label} onClick=${() => open({ kind, project })} ...${others} />`;
  return html`${isEnabled ? button('disable', 'pause', labels.disable)
    : button('backup', 'play', labels.enable)}
    ${isEnabled && button('backup', 'database', labels.change)}
    ${button('edit', 'edit', labels.edit)}${button('delete', 'delete', labels.delete, { kind: 'danger' })}`;
}

const columnsFor = open => [
  { title: texts.id, sort: 'id', class: 'is-number', cell: project => project.id },
  { title: texts.organization, cell: project => named(project.organization.name) },
  { title: texts.name, sort: 'name', class: 'is-title', cell: project =>
    html`<${Link} href=${addressOfProject(project.id)}>${named(project.name)}<//>` },
  { title: texts.backup, cell: StateBadge },
  { title: texts.credential, cell: ({ backup }) => (backup.credential
    ? html`<${CredentialLink} credential=${backup.credential} />`
    : backup.credentialId !== null
      && html`<span class="soft">${texts.credentialId(backup.credentialId)}</span>`) },
  { title: texts.bucket, class: 'if-wide',
    cell: project => (bucketOf(project) ? html`<code>${bucketOf(project)}</code>`
    : project.backup.credential && html`<span class="soft">${words.noBucket}</span>`) },
  { title: texts.policies, class: 'is-number', cell: project => project.policyCount },
  { title: texts.lastModified, sort: 'lastModifiedAt', cell: project =>
    html`<span class="project-modified"><${Time} at=${project.lastModifiedAt} />
    <small>${texts.by(named(project.lastModifiedBy))}</small></span>` },
  ...(canSomewhere('change') ? [{ title: texts.actions, class: 'is-actions', cell: project =>
    html`<${Actions} project=${project} open=${open} />` }] : []),
];

function Nothing({ isNarrowed, add }) {
  if (isNarrowed)
    return html`<${Empty} icon="search" title=${words.notFound}><p>${words.notFoundHelp}</p>
      <${Link} class="button" href="/console/projects">${words.clear}<//><//>`;
  return html`<${Empty} icon="folder" title=${words.none}><p>${add ? words.noneHelp : words.noneForViewer}</p>
    ${add && html`<${Button} kind="primary" icon="add" onClick=${add}>${texts.add}<//>`}<//>`;
}

function Toolbar({ query }) {
  const states = [{ value: '', text: words.everyState },
    ...Object.entries(words.states).map(([value, text]) => ({ value, text }))];
  return html`<div class="toolbar">
    <${SearchField} label=${words.search} placeholder=${words.searchPlaceholder} value=${query.search ?? ''}
      onSearch=${search => setQuery({ search }, { replace: true })} />
    <${OrganizationSelect} isFilter value=${query.organizationId ?? ''}
      onChange=${organizationId => setQuery({ organizationId })} />
    <${SelectField} label=${words.state} isLabelHidden value=${query.backup ?? ''}
      onInput=${backup => setQuery({ backup })} options=${states} />
    ${query.credentialId && html`<${Button} icon="close"
      aria-label=${`${words.onlyCredential(query.credentialId)}: ${words.showAll}`}
      onClick=${() => setQuery({ credentialId: '' })}>${words.onlyCredential(query.credentialId)}<//>`}
  </div>`;
}

export function ProjectList() {
  const { query } = useAddress();
  const { search, organizationId, backup, credentialId, sort = 'name' } = query;
  const list = useList('/projects', { search, organizationId, backup, credentialId, sort });
  const [dialog, openDialog] = useState(null);
  useEffect(() => { document.title = `${texts.title} · coffer`; }, []);
  const add = canSomewhere('change') && (() => openDialog({ kind: 'create' }));
  const close = () => openDialog(null);
  const changed = project => {
    list.replace(project);
    openDialog(before => before && { ...before, project });
  };
  return html`
    <${PageHead} title=${texts.title}
      actions=${add && html`<${Button} kind="primary" icon="add" onClick=${add}>${texts.add}<//>`}>
        ${texts.about}<//>
    <${Toolbar} query=${query} />
    <${DataTable} label=${texts.title} list=${{ ...list, error: explained(list.error) }}
      columns=${columnsFor(openDialog)} isDense sort=${sort}
      onSort=${next => setQuery({ sort: next === 'name' ? '' : next })} nameOf=${project => project.name}
      empty=${html`<${Nothing} isNarrowed=${search || organizationId || backup || credentialId}
        add=${add} />`} />
    ${dialog?.kind === 'create'
      && html`<${CreateDialog} organizationId=${organizationId} onClose=${close} />`}
    ${dialog?.project && html`<${ProjectDialog} ...${dialog} onClose=${close}
      onGone=${() => list.remove(dialog.project)}
      onChanged=${changed} />`}`;
}
