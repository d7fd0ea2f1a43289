import {
  api, CheckField, Dialog, go, html, notify, OrganizationSelect, useForm,
} from '/console/assets/coffer.js';
import { BackupFields, backupBody, backupChecks, noCredential, refuseBackup } from './backup-fields.js';
import { whyNotDescription, whyNotName } from './checks.js';
import { Foot, ProjectFields, refuseName } from './dialogs.js';
import { Refusal } from './refusal.js';
import { useRetryKey } from './retry.js';
import { texts } from './texts.js';
import { addressOfProject, named } from './words.js';

const words = texts.create;
const checks = {
  name: whyNotName,
  description: whyNotDescription,
  organizationId: value => (value ? '' : texts.form.organizationMissing),
  ...backupChecks(values => values.enableBackup),
};

/** A new project, with its backup or without, in one step: both, or neither. */
export function CreateDialog({ organizationId = '', onClose }) {
  const form = useForm({
    organizationId, name: '', description: '', enableBackup: true, credential: noCredential, bucket: '',
    prefix: '', acceptFailing: false,
  }, checks);
  const keyFor = useRetryKey();
  const { values } = form;
  const create = form.submit(async () => {
    const body = {
      organizationId: Number(values.organizationId), name: values.name, description: values.description,
      ...(values.enableBackup && { enableBackup: true, ...backupBody(values) }),
    };
    try {
      const stored = await api.post('/projects', { body, idempotencyKey: keyFor(body) });
      notify(words.done(named(stored.name)));
      go(addressOfProject(stored.id));
    } catch (error) {
      if (!refuseName(form, error, values.name) && !refuseBackup(form, error)) throw error;
    }
  });
  const chooseOrganization = chosen => {
    form.set('organizationId', chosen);
    form.set('credential', noCredential); // it was another organization's
  };
  return html`<${Dialog} title=${words.title} onClose=${onClose} isWide>
    <form class="form" onSubmit=${create} noValidate>
    <${ProjectFields} form=${form} />
    <${OrganizationSelect} action="change" isRequired help=${texts.form.organizationHelp}
      ...${form.field('organizationId')} onChange=${chooseOrganization} />
    <${CheckField} label=${words.enable} help=${words.enableHelp} value=${values.enableBackup}
      onInput=${value => form.set('enableBackup', value)} />
    ${values.enableBackup && html`<${BackupFields} form=${form} organizationId=${values.organizationId} />`}
    <${Refusal} error=${form.problem} credential=${values.credential.credential} />
    <${Foot} form=${form} action=${words.action} onClose=${onClose} />
  </form><//>`;
}
