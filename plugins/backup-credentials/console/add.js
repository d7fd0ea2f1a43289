import {
  api, Button, can, CheckField, Dialog, html, newIdempotencyKey, notify, OrganizationSelect, Problem,
  Unreachable, useForm, useRef, useState,
} from '/console/assets/coffer.js';
import {
  AccessKeyField, Advanced, checks, EndpointField, NameField, probed, RegionField, SecretKeyField, sent,
} from './fields.js';
import { texts } from './texts.js';
import { Asking, hostOf, useTrial } from './trial.js';

const empty = {
  organizationId: '', name: '', endpoint: '', region: '', accessKeyId: '', secretAccessKey: '',
  addressing: 'auto', bucket: '', caCertificate: '', makeDefault: false,
};

/**
 * The same attempt has the same key, so that a repeated Save after a lost answer stores nothing twice; any
 * answer ends it.
 */
function useAttempt() {
  const attempt = useRef({});
  return {
    keyOf(body) {
      const text = JSON.stringify(body);
      if (attempt.current.text !== text) attempt.current = { text, key: newIdempotencyKey() };
      return attempt.current.key;
    },
    end: () => { attempt.current = {}; },
  };
}

async function makeDefault(stored) {
  try {
    return await api.put(`/backup-credentials/${stored.id}/default`);
  } catch (error) {
    notify(texts.addedNotDefault(stored.name, error.detail || error.message), 'warning');
    return null;
  }
}

/** onStored gets the credential as it was stored. */
export function AddDialog({ organizationId, onStored, onClose }) {
  const form = useForm({ ...empty, organizationId }, checks);
  const trial = useTrial(form);
  const attempt = useAttempt();
  const [doing, setDoing] = useState('');
  const [unverified, setUnverified] = useState(false);
  const { values } = form;
  const mayOverride = trial.verdict && !trial.verdict.works && !trial.isStale
    && can('override', Number(values.organizationId));
  const storeUnverified = Boolean(mayOverride && unverified);
  const keys = () => ({
    ...sent(values), name: undefined, endpoint: values.endpoint.trim(), region: values.region.trim(),
    secretAccessKey: values.secretAccessKey,
  });

  const test = form.submit(async () => {
    setDoing('test');
    trial.forget();
    trial.show(await api.post('/backup-credentials/probe', { body: keys() }), values);
  }, probed);

  const save = form.submit(async () => {
    setDoing('save');
    setUnverified(false);
    trial.forget();
    const body = {
      ...keys(), ...sent(values), organizationId: Number(values.organizationId),
      storeUnverified: storeUnverified || undefined,
    };
    let stored;
    try {
      stored = await api.post('/backup-credentials', { body, idempotencyKey: attempt.keyOf(body) });
    } catch (error) {
      if (!(error instanceof Unreachable)) attempt.end();
      if (error.code === 'invalid_s3_credentials') return trial.show(error.body, values, true);
      if (error.code === 'name_taken') return form.refuse({ name: error.detail });
      throw error;
    }
    const chosen = values.makeDefault ? await makeDefault(stored) : stored;
    const isAccepted = stored.validation.verdict === 'valid';
    if (chosen) notify(isAccepted ? texts.added(stored.name) : texts.addedUnverified(stored.name));
    onStored(chosen ?? stored);
  });

  const host = hostOf(values.endpoint);
  const isLost = form.problem instanceof Unreachable && doing === 'save';
  return html`<${Dialog} title=${texts.add} onClose=${onClose} isWide>
    <form class="form is-explained" onSubmit=${save} noValidate>
      <${OrganizationSelect} label=${texts.fields.organization} help=${texts.fields.organizationHelp}
        isRequired action="change" value=${values.organizationId}
        onChange=${value => form.set('organizationId', value)} error=${form.field('organizationId').error} />
      <${NameField} form=${form} autofocus />
      <${EndpointField} form=${form} remedy=${trial.remedy} />
      <${RegionField} form=${form} remedy=${trial.remedy} />
      <${AccessKeyField} form=${form} />
      <${SecretKeyField} form=${form} isRequired />
      <${CheckField} label=${texts.fields.makeDefault} help=${texts.defaultHelp} value=${values.makeDefault}
        onInput=${value => form.set('makeDefault', value)} />
      <${Advanced} form=${form} remedy=${trial.remedy} />
      ${form.isBusy
        ? html`<${Asking} doing=${doing === 'save' ? texts.trial.saving(host) : texts.trial.asking(host)} />`
        : trial.panel}
      ${mayOverride && !form.isBusy
        && html`<${CheckField} label=${texts.trial.storeAnyway} help=${texts.trial.storeAnywayHelp}
          value=${unverified} onInput=${setUnverified} />`}
      <${Problem} error=${form.problem}>${isLost && html`<p>${texts.trial.lost}</p>`}<//>
      <div class="form-foot">
        <${Button} onClick=${onClose}>${texts.trial.cancel}<//>
        <${Button} icon="probe" onClick=${test} isBusy=${form.isBusy && doing === 'test'}
          disabled=${form.isBusy && doing === 'save'}>${texts.trial.test}<//>
        <${Button} kind="primary" type="submit" isBusy=${form.isBusy && doing === 'save'}
          disabled=${form.isBusy && doing === 'test'}>${texts.trial.save}<//>
      </div>
    </form>
  <//>`;
}
