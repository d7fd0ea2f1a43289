import {
  api, Button, CheckField, Copy, html, Icon, TextField, useEffect, useForm, useSession, useState,
} from '/console/assets/coffer.js';
import { isNamespace } from './checks.js';
import { Refusal } from './refusal.js';
import { Standing } from './standing.js';
import { texts } from './texts.js';

const words = texts.manifest;

/** `use` is granted by name, for this credential alone; no role has it. */
function mayUse(who, credentialId) {
  return who.grants.some(({ permission, object }) =>
    permission === 'backup-credentials:use' && object === String(credentialId));
}

function download(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}

function Made({ made, file, isStale, hide }) {
  return html`<section class="card project-section" aria-labelledby="made-title">
    <div class="page-head"><h2 id="made-title">${words.label}</h2><div class="page-actions">
      <${Copy} text=${made.text} label=${words.copy} />
      <${Button} icon="download" onClick=${() => download(made.text, file)}>${words.download}<//>
      <${Button} icon="hide" onClick=${hide}>${words.hide}<//></div></div>
    ${made.hasSecret && html`<div class="problem is-warning"><${Icon} name="warning" /><p>${words.secretShown}
      </p></div>`}
    ${isStale && html`<p class="project-note"><${Icon} name="warning" /><span>${words.stale}</span></p>`}
    <p>${words.apply} <code>${words.command(file)}</code></p>
    <pre tabindex="0" role="region" aria-label=${words.label}>${made.text}</pre>
  </section>`;
}

/** The manifest is fetched when it is asked for, stays in this component alone, and goes with it. */
export function Manifest({ project }) {
  const { who } = useSession();
  const [made, setMade] = useState(null);
  const form = useForm({ namespace: '', includeSecret: false },
    { namespace: text => (!text.trim() || isNamespace(text.trim()) ? '' : words.namespaceWrong) });
  useEffect(() => () => setMade(null), []);
  const { backup } = project;
  if (backup.state === 'disabled') return html`<${Standing} project=${project} open=${() => {}} />`;
  const mayInclude = mayUse(who, backup.credentialId);
  const namespace = form.values.namespace.trim();
  const includeSecret = mayInclude && form.values.includeSecret;
  const wanted = JSON.stringify({ namespace, includeSecret });
  const make = form.submit(async () => {
    const body = { format: 'velero', includeSecret, ...(namespace && { namespace }) };
    const options = { body, accept: 'application/yaml' };
    const text = await api.post(`/projects/${project.id}/backup/manifests`, options);
    setMade({ text, hasSecret: includeSecret, wanted });
  });
  return html`<div class="cards">
    <form class="card form" onSubmit=${make} noValidate>
      <p class="soft">${words.about}</p>
      <div class="project-narrow">
        <${TextField} label=${words.namespace} isCode placeholder="velero" help=${words.namespaceHelp}
          ...${form.field('namespace')} /></div>
      ${mayInclude ? html`<${CheckField} label=${words.includeSecret} help=${words.includeSecretHelp}
          value=${form.values.includeSecret} onInput=${value => form.set('includeSecret', value)} />`
        : html`<p class="soft">${words.withoutSecret}</p>`}
      ${project.policyCount === 0
        && html`<p class="project-note"><${Icon} name="warning" /><span>${words.noPolicy}</span></p>`}
      <${Refusal} error=${form.problem} credential=${backup.credential} />
      <div class="page-actions"><${Button} kind="primary" type="submit" icon="file" isBusy=${form.isBusy}>
        ${made ? words.again : words.make}<//>
        <small>${words.recorded}</small></div>
    </form>
    ${made && html`<${Made} made=${made} file=${`coffer-project-${project.id}.yaml`}
      isStale=${made.wanted !== wanted} hide=${() => setMade(null)} />`}
  </div>`;
}
