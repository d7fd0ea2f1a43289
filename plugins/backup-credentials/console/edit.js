import {
  api, Button, can, CheckField, Conflict, Details, Dialog, html, notify, Problem, useForm, useState,
} from '/console/assets/coffer.js';
import { AccessKeyField, Advanced, checks, NameField, probed, SecretKeyField, sent } from './fields.js';
import { texts } from './texts.js';
import { Asking, hostOf, useTrial } from './trial.js';

const words = texts.edit;
const editable = ['name', 'accessKeyId', 'addressing', 'bucket', 'caCertificate'];
const titles = {
  name: texts.fields.name, accessKeyId: texts.fields.accessKeyId, secretAccessKey: texts.fields.secret,
  addressing: texts.fields.addressing, bucket: texts.fields.bucket, caCertificate: texts.fields.caCertificate,
};
const shown = credential => Object.fromEntries(editable.map(name => [name, credential[name] ?? '']));
// Without a new secret the stored one stays.
const editChecks = {
  ...checks, organizationId: undefined, endpoint: undefined, region: undefined,
  secretAccessKey: value => (value ? checks.secretAccessKey(value) : ''),
};

/** What is different from `base`, as PATCH takes it. */
function changesFrom(base, values) {
  const [now, before] = [sent(values), sent(shown(base))];
  const changed = editable.filter(name => now[name] !== before[name]);
  const changes = Object.fromEntries(changed.map(name => [name, now[name]]));
  if (values.secretAccessKey) changes.secretAccessKey = values.secretAccessKey;
  return changes;
}

/** What a conflict compares. Of secrets only their fingerprints are known, so they differ in words. */
const compared = (credential, secret) => ({
  ...shown(credential), addressing: texts.fields.addressings[credential.addressing], secretAccessKey: secret,
});

/** onSaved gets the credential as it is now. */
export function EditDialog({ row, onSaved, onClose }) {
  const [base, setBase] = useState(row);
  const [theirs, setTheirs] = useState(null);
  const [isGone, setGone] = useState(false);
  const form = useForm({ ...shown(row), secretAccessKey: '' }, editChecks);
  const trial = useTrial(form);
  const [doing, setDoing] = useState('');
  const [unverified, setUnverified] = useState(false);
  const { values } = form;
  const path = `/backup-credentials/${row.id}`;
  const mayOverride = trial.verdict && !trial.verdict.works && !trial.isStale
    && can('override', row.organization.id);

  const test = form.submit(async () => {
    setDoing('test');
    trial.forget();
    const body = {
      ...sent(values), name: undefined, endpoint: base.endpoint, region: base.region,
      secretAccessKey: values.secretAccessKey,
    };
    trial.show(await api.post('/backup-credentials/probe', { body }), values);
  }, probed);

  const save = form.submit(async () => {
    setDoing('save');
    setUnverified(false);
    trial.forget();
    const changes = changesFrom(base, values);
    if (!Object.keys(changes).length) {
      notify(words.unchanged, 'information');
      return onClose();
    }
    try {
      const body = { ...changes, storeUnverified: (mayOverride && unverified) || undefined };
      const saved = await api.patch(path, { body, ifMatch: base.version });
      notify(words.saved(saved.name));
      onSaved(saved);
    } catch (error) {
      const isConflict = error.code === 'version_mismatch' || error.code === 'changed_meanwhile';
      if (isConflict) return setTheirs(await api.get(path));
      if (error.code === 'invalid_s3_credentials') return trial.show(error.body, values, true);
      if (error.code === 'name_taken') return form.refuse({ name: error.detail });
      setGone(error.status === 404);
      throw error;
    }
  });

  // A secret that is not typed is nobody's choice; one that somebody else replaced meanwhile is.
  const isSecretTheirs = theirs && theirs.secretFingerprint !== base.secretFingerprint;
  const theirSecret = isSecretTheirs && values.secretAccessKey ? words.anotherSecret : '';
  const decided = taken => {
    for (const name of taken) form.set(name, name === 'secretAccessKey' ? '' : shown(theirs)[name]);
    setBase(theirs);
    setTheirs(null);
  };
  const isProbed = Object.keys(changesFrom(base, values)).some(name => name !== 'name');
  const host = hostOf(base.endpoint);
  const saving = isProbed ? texts.trial.saving(host) : texts.trial.storing;
  const isNewKey = values.accessKeyId !== base.accessKeyId && !values.secretAccessKey;
  return html`<${Dialog} title=${html`<bdi>${words.title(row.name)}</bdi>`} onClose=${onClose} isWide>
    <p class="soft">${words.about}</p>
    <${Details} items=${[
      [texts.columns.id, base.id],
      [texts.columns.organization, html`<bdi>${base.organization.name}</bdi>`],
      [texts.columns.endpoint, html`<bdi class="is-code">${base.endpoint}</bdi>`],
      [texts.columns.region, html`<bdi class="is-code">${base.region}</bdi>`],
    ]} />
    <form class="form is-explained" onSubmit=${save} noValidate>
      <${NameField} form=${form} autofocus />
      <${AccessKeyField} form=${form} />
      <${SecretKeyField} form=${form} help=${isNewKey ? words.secretLikely : words.secretHelp}
        placeholder=${words.secretKept} />
      <${Advanced} form=${form} remedy=${trial.remedy} />
      ${theirs && html`<${Conflict} stored=${theirs} before=${compared(base, '')}
        theirs=${compared(theirs, theirSecret)}
        mine=${compared(values, values.secretAccessKey && words.newSecret)} titles=${titles}
        onDecided=${decided}>
        ${theirs.locked && !base.locked && html`<p>${words.conflictLocked(theirs.lock)}</p>`}<//>`}
      ${form.isBusy
        ? html`<${Asking} doing=${doing === 'test' ? texts.trial.asking(host) : saving} />`
        : trial.panel}
      ${mayOverride && !form.isBusy
        && html`<${CheckField} label=${texts.trial.storeAnyway} help=${texts.trial.storeAnywayHelp}
          value=${unverified} onInput=${setUnverified} />`}
      <${Problem} error=${form.problem}>${isGone && html`<p>${words.gone}</p>`}<//>
      <div class="form-foot">
        <${Button} onClick=${onClose}>${texts.trial.cancel}<//>
        <${Button} icon="probe" onClick=${test} isBusy=${form.isBusy && doing === 'test'}
          title=${values.secretAccessKey ? undefined : words.testNeedsSecret}
          disabled=${!values.secretAccessKey || Boolean(theirs) || (form.isBusy && doing === 'save')}>
            ${texts.trial.test}<//>
        <${Button} kind="primary" type="submit" isBusy=${form.isBusy && doing === 'save'}
          disabled=${Boolean(theirs) || (form.isBusy && doing === 'test')}>
          ${texts.trial.save}<//>
      </div>
    </form>
  <//>`;
}
