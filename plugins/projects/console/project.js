import {
  ApiProblem, Button, can, Details, Empty, go, html, Link, PageHead, Skeleton, Tabs, Time, useAddress,
  useEffect, useState,
} from '/console/assets/coffer.js';
import { ProjectDialog } from './dialogs.js';
import { History } from './history.js';
import { useLoaded } from './loaded.js';
import { Manifest } from './manifest.js';
import { Policies } from './policies.js';
import { Refusal } from './refusal.js';
import { bucketOf, Standing } from './standing.js';
import { texts } from './texts.js';
import { addressOfProject, CredentialLink, named } from './words.js';

const words = texts.project;

const bySomebody = (at, by) => html`<${Time} at=${at} /> ${texts.by(named(by))}`;

function bucketInWords(project) {
  const { backup } = project;
  if (backup.bucket) return html`<code>${backup.bucket}</code>`;
  if (!backup.credential) return words.bucketOfCredential;
  if (!bucketOf(project)) return words.notYet;
  return html`<code>${bucketOf(project)}</code> <small>${words.bucketOfCredential}</small>`;
}

function BackupCard({ project, open }) {
  const { backup } = project;
  const isEnabled = backup.credentialId !== null;
  const actions = isEnabled && can('change', project.organization.id) && html`
    <${Button} icon="edit" onClick=${() => open('backup')}>${words.change}<//>
    <${Button} icon="pause" onClick=${() => open('disable')}>${texts.actionsOf.disable}<//>`;
  return html`<section class="card project-section" aria-labelledby="backup-title">
    <div class="page-head"><h2 id="backup-title">${texts.backup}</h2>
      ${actions && html`<div class="page-actions">${actions}</div>`}</div>
    <${Standing} project=${project} open=${open} />
    ${isEnabled && html`<${Details} items=${[
      [texts.credential, backup.credential ? html`<${CredentialLink} credential=${backup.credential} />`
        : texts.credentialId(backup.credentialId)],
      [words.endpoint, backup.credential && html`<bdi>${backup.credential.endpoint}</bdi>`],
      [words.region, backup.credential && named(backup.credential.region)],
      [texts.bucket, bucketInWords(project)],
      [words.prefix, backup.prefix ? html`<code>${backup.prefix}</code>` : words.none],
      [words.since, bySomebody(backup.since, backup.by)],
    ]} />`}
  </section>`;
}

const About = ({ project }) => html`<section class="card project-section" aria-labelledby="about-title">
  <h2 id="about-title">${words.about}</h2>
  <${Details} items=${[
    [texts.id, project.id],
    [texts.organization, named(project.organization.name)],
    [words.created, bySomebody(project.createdAt, project.createdBy)],
    [texts.lastModified, bySomebody(project.lastModifiedAt, project.lastModifiedBy)],
  ]} /></section>`;

function Overview({ project, reload, open, dialog, close }) {
  return html`<div class="cards">
    <${BackupCard} project=${project} open=${open} />
    <${Policies} project=${project} onChanged=${reload} isAdding=${dialog === 'policy'}
      add=${() => open('policy')} close=${close} />
    <${About} project=${project} /></div>`;
}

function Gone() {
  return html`<${Empty} icon="folder" title=${words.gone}><p>${words.goneHelp}</p>
    <${Link} class="button" href="/console/projects">${words.toList}<//><//>`;
}

const Crumbs = ({ project }) => html`<nav class="project-crumbs" aria-label=${words.crumbs}>
  <${Link} href="/console/projects">${texts.title}<//><span aria-hidden="true">/</span>
    <span aria-current="page">${named(project.name)}</span></nav>`;

function Head({ project, open }) {
  const { description } = project;
  const actions = can('change', project.organization.id) && html`
    <${Button} icon="edit" onClick=${() => open('edit')}>${words.edit}<//>
    <${Button} icon="delete" onClick=${() => open('delete')}>${texts.actionsOf.delete}<//>`;
  return html`<${Crumbs} project=${project} />
    <${PageHead} title=${named(project.name)} actions=${actions}>
      ${description && html`<span class="project-about"><bdi>${description}</bdi></span>`}<//>`;
}

const views = ['overview', 'manifest', 'history'];

/**
 * One project: how its backup stands, its policies, the manifest for its cluster, and what happened to it.
 */
export function ProjectPage({ id }) {
  const isId = /^[1-9]\d{0,9}$/.test(id);
  const { value: project, error, set, reload } = useLoaded(isId ? `/projects/${id}` : '');
  const { query } = useAddress();
  const [dialog, open] = useState('');
  const close = () => open('');
  useEffect(() => { if (project) document.title = `${project.name} · ${texts.title} · coffer`; },
    [project?.name]);
  if (!isId || (error instanceof ApiProblem && error.status === 404)) return html`<${Gone} />`;
  if (error && !project) return html`<${Refusal} error=${error} retry=${reload} />`;
  if (!project) return html`<${Skeleton} lines=${8} />`;
  const view = views.includes(query.tab) ? query.tab : 'overview';
  const tabs = views.map(name => ({
    href: addressOfProject(id, name === 'overview' ? '' : `?tab=${name}`),
    title: words[name],
    isCurrent: name === view,
  }));
  return html`<${Head} project=${project} open=${open} />
    <${Tabs} label=${words.tabs} tabs=${tabs} />
    ${view === 'overview' && html`<${Overview} project=${project} reload=${reload} open=${open}
      dialog=${dialog} close=${close} />`}
    ${view === 'manifest' && html`<${Manifest} project=${project} />`}
    ${view === 'history' && html`<${History} project=${project} />`}
    <${ProjectDialog} kind=${dialog} project=${project} onClose=${close} onChanged=${set}
      onGone=${() => go('/console/projects')} />`;
}
