// How a project's backup stands.
import { Badge, Button, can, canSomewhere, html, Icon, Link } from '/console/assets/coffer.js';
import { texts } from './texts.js';
import { addressOfCredential, CredentialLink, named } from './words.js';

const kinds = { enabled: 'good', suspended: 'warning', disabled: 'neutral', unknown: 'neutral' };
const icons = { enabled: 'check', suspended: 'pause', disabled: 'power', unknown: 'unknown' };

/** Where backups go: the project's own bucket, or the credential's; undefined when neither names one. */
export const bucketOf = ({ backup }) => backup.bucket ?? backup.credential?.bucket ?? undefined;

/** In a list: the state, and in short words why. */
export function StateBadge({ backup }) {
  const why = texts.why[backup.reason?.code] ?? (backup.overridden ? texts.why.overridden : undefined);
  return html`<div class="project-state">
    <${Badge} kind=${backup.overridden && backup.state === 'enabled' ? 'warning' : kinds[backup.state]}
      icon=${icons[backup.state]} title=${backup.reason?.detail}>${texts.states[backup.state]}<//>
    ${why && html`<small>${why}</small>`}</div>`;
}

function Box({ kind, icon, title, children, actions }) {
  return html`<div class=${`problem ${kind ? `is-${kind}` : 'project-plain'}`}><${Icon} name=${icon} /><div>
    <b>${title}</b>${children}
    ${actions && html`<div class="page-actions">${actions}</div>`}</div></div>`;
}

/** On the project's page: how it stands in words, and what to do next. open(kind) opens a dialog. */
export function Standing({ project, open }) {
  const { backup } = project;
  const mayChange = can('change', project.organization.id);
  const words = texts.stands;
  if (backup.state === 'suspended')
    return html`<${Suspended} project=${project} open=${open} mayChange=${mayChange} />`;
  if (backup.state === 'unknown')
    return html`<${Box} kind="warning" icon="unknown" title=${words.unknown}
      actions=${canSomewhere('administer')
        && html`<${Link} class="button" href="/console/plugins">${texts.openPlugins}<//>`}>
      <p>${backup.reason?.code === 'credential_missing' ? backup.reason.detail : words.unknownHelp}</p><//>`;
  if (backup.state === 'disabled')
    return html`<${Box} icon="power" title=${words.disabled}
      actions=${mayChange && html`<${Button} kind="primary" icon="play" onClick=${() => open('backup')}>
        ${texts.actionsOf.enable}<//>`}>
      <p>${mayChange ? words.disabledHelp : words.disabledForViewer}
        ${mayChange && project.offeredCredential
          && html` <${Offered} credential=${project.offeredCredential} />`}
        </p><//>`;
  return html`<${Enabled} project=${project} open=${open} mayChange=${mayChange} />`;
}

const Offered = ({ credential }) =>
  html`<span>${texts.stands.offered(html`<${CredentialLink} credential=${credential} />`)}</span>`;

const OpenCredential = ({ credential }) =>
  html`<${Link} class="button" href=${addressOfCredential(credential)}>${texts.openCredential}<//>`;

function Suspended({ project: { backup }, open, mayChange }) {
  const words = texts.stands;
  const actions = html`
    ${backup.credential && html`<${OpenCredential} credential=${backup.credential} />`}
    ${mayChange && html`<${Button} icon="edit" onClick=${() => open('backup')}>${words.chooseAnother}<//>`}`;
  return html`<${Box} kind="warning" icon="pause" title=${words.suspended} actions=${actions}>
    <p><bdi>${backup.credential?.name}</bdi>: <bdi>${backup.reason.detail}</bdi></p>
    <p>${mayChange ? words.toDo[backup.reason.code] : words.toDoForViewer} ${words.suspendedHelp}</p><//>`;
}

function Enabled({ project, open, mayChange }) {
  const { backup } = project;
  const words = texts.stands;
  if (backup.overridden)
    return html`<${Box} kind="warning" icon="warning" title=${words.enabled(named(backup.credential.name))}
      actions=${html`<${OpenCredential} credential=${backup.credential} />`}><p>${words.overridden}</p><//>`;
  if (!bucketOf(project))
    return html`<${Box} kind="warning" icon="database" title=${words.noBucket}
      actions=${mayChange && html`<${Button} kind="primary" icon="edit" onClick=${() => open('backup')}>
        ${words.nameBucket}<//>`}>
      <p>${words.noBucketHelp}</p><//>`;
  if (project.policyCount === 0)
    return html`<${Box} kind="warning" icon="calendar" title=${words.noPolicy}
      actions=${mayChange && html`<${Button} kind="primary" icon="add" onClick=${() => open('policy')}>
        ${texts.policy.add}<//>`}>
      <p>${words.noPolicyHelp}</p><//>`;
  return html`<${Box} kind="good" icon="success" title=${words.enabled(named(backup.credential.name))}
    actions=${html`<${Link} class="button" href="?tab=manifest">${words.toManifest}<//>`}>
    <p>${words.readyHelp}</p><//>`;
}
