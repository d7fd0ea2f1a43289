// What is done to one project, each in a dialog over the page. onChanged gets its new state, onGone is
// called when it is no more.
import {
  api, AreaField, Button, Confirm, Dialog, html, notify, TextField, useForm,
} from '/console/assets/coffer.js';
import { BackupFields, backupBody, backupChecks, noCredential, refuseBackup } from './backup-fields.js';
import { whyNotDescription, whyNotName } from './checks.js';
import { Refusal } from './refusal.js';
import { texts } from './texts.js';
import { Settle, useVersion, withVersion } from './version.js';
import { named } from './words.js';

const pathOf = project => `/projects/${project.id}`;

/** The fields that adding and editing have in common. */
export function ProjectFields({ form }) {
  return html`<${TextField} label=${texts.form.name} isRequired autofocus help=${texts.form.nameHelp}
    ...${form.field('name')} />
    <${AreaField} label=${texts.form.description} help=${texts.form.descriptionHelp}
      ...${form.field('description')} />`;
}

/** A name that is taken is said at the field; false when the error is another. */
export function refuseName(form, error, name) {
  if (error.code !== 'name_taken') return false;
  form.refuse({ name: texts.form.nameTaken(name) });
  return true;
}

export function Foot({ form, action, isBusy = form.isBusy, onClose }) {
  return html`<div class="form-foot"><${Button} onClick=${onClose}>${texts.cancel}<//>
    <${Button} kind="primary" type="submit" isBusy=${isBusy}>${action}<//></div>`;
}

const editable = ({ name, description }) => ({ name, description });
const editTitles = { name: texts.form.name, description: texts.form.description };

function EditDialog({ project, onClose, onChanged }) {
  const form = useForm(editable(project), { name: whyNotName, description: whyNotDescription });
  const version = useVersion(pathOf(project), project);
  const save = form.submit(async values => {
    try {
      const stored = await version.send(ifMatch => api.patch(pathOf(project), { body: values, ifMatch }));
      if (!stored) return;
      onChanged(stored);
      notify(texts.edit.done(named(stored.name)));
      onClose();
    } catch (error) {
      if (!refuseName(form, error, values.name)) throw error;
    }
  });
  return html`<${Dialog} title=${texts.edit.title} onClose=${onClose}>
    <form class="form" onSubmit=${save} noValidate>
    <${ProjectFields} form=${form} />
    <${Refusal} error=${form.problem} />
    ${version.theirs ? html`<${Settle} version=${version} form=${form} valuesOf=${editable}
      titles=${editTitles} />`
      : html`<${Foot} form=${form} action=${texts.edit.action} onClose=${onClose} />`}
  </form><//>`;
}

/** What the project has now, in the form's shape. */
function backupValues({ backup, organization }) {
  return {
    organizationId: organization.id,
    credential: backup.credential
      ? { credential: backup.credential, text: backup.credential.name } : noCredential,
    bucket: backup.bucket ?? '',
    prefix: backup.prefix ?? '',
    acceptFailing: backup.overridden,
  };
}

const backupTitles = { credential: texts.credential, bucket: texts.bucket, prefix: texts.enable.prefix };
const backupTexts = ({ credential, bucket, prefix }) => ({ credential: credential.text, bucket, prefix });

function BackupDialog({ project, onClose, onChanged }) {
  const words = texts.enable;
  const isEnabled = project.backup.credentialId !== null;
  const form = useForm(backupValues(project), backupChecks());
  const version = useVersion(pathOf(project), project);
  const save = form.submit(async values => {
    try {
      const body = backupBody(values);
      const stored = await version.send(ifMatch => api.put(`${pathOf(project)}/backup`, { body, ifMatch }));
      if (!stored) return;
      onChanged(stored);
      notify((isEnabled ? words.changed : words.enabled)(named(stored.name)));
      onClose();
    } catch (error) {
      if (!refuseBackup(form, error)) throw error;
    }
  });
  return html`<${Dialog} title=${isEnabled ? words.titleChange : words.titleEnable} onClose=${onClose} isWide>
    <form class="form" onSubmit=${save} noValidate>
    <p class="soft">${words.intro}</p>
    <${BackupFields} form=${form} organizationId=${project.organization.id} project=${project} />
    <${Refusal} error=${form.problem} credential=${form.values.credential.credential} />
    ${version.theirs ? html`<${Settle} version=${version} form=${form} valuesOf=${backupValues}
      textsOf=${backupTexts} titles=${backupTitles} />`
      : html`<${Foot} form=${form} action=${isEnabled ? words.actionChange : words.actionEnable}
        onClose=${onClose} />`}
  </form><//>`;
}

const credentialOf = ({ backup }) =>
  html`<b><bdi>${backup.credential?.name ?? texts.credentialId(backup.credentialId)}</bdi></b>`;

function DisableDialog({ project, onClose, onChanged }) {
  const words = texts.disable;
  const act = async () => {
    onChanged(await withVersion(pathOf(project), project, onChanged,
      ifMatch => api.remove(`${pathOf(project)}/backup`, { ifMatch })));
    notify(words.done(named(project.name)));
  };
  return html`<${Confirm} title=${words.title(named(project.name))} action=${words.action} kind="danger"
    act=${act} onClose=${onClose} explain=${error => html`<${Refusal} error=${error} />`}>
    <p>${words.body(credentialOf(project))}</p><p>${words.kept}</p>
    <p>${words.cluster} <code>${words.clusterCommand(project.id)}</code></p><//>`;
}

function DeleteDialog({ project, onClose, onChanged, onGone }) {
  const words = texts.remove;
  const isEnabled = project.backup.credentialId !== null;
  const act = async () => {
    let done = words.done;
    try {
      await withVersion(pathOf(project), project, onChanged,
        ifMatch => api.remove(pathOf(project), { ifMatch, query: isEnabled ? { disableBackup: true } : {} }));
    } catch (error) {
      if (error.status !== 404) throw error;
      done = words.gone;
    }
    notify(done(named(project.name)));
    onGone();
  };
  return html`<${Confirm} title=${words.title(named(project.name))}
    action=${isEnabled ? words.actionWithBackup : words.action} kind="danger" act=${act} onClose=${onClose}
    explain=${error => html`<${Refusal} error=${error} />`}>
    <p>${words.body} ${project.policyCount > 0 && words.policies(project.policyCount)}</p>
    ${isEnabled && html`<p>${words.backup(credentialOf(project))}</p>`}
    <p>${words.kept}</p><//>`;
}

const dialogs = { edit: EditDialog, backup: BackupDialog, disable: DisableDialog, delete: DeleteDialog };

/** kind: 'edit', 'backup', 'disable', 'delete', or nothing. */
export function ProjectDialog({ kind, ...others }) {
  const Shown = dialogs[kind];
  return Shown ? html`<${Shown} ...${others} />` : null;
}
