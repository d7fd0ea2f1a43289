import {
  api, Button, can, CheckField, Details, Dialog, html, notify, Problem, Time, useForm, useState,
} from '/console/assets/coffer.js';
import { AccessKeyField, Advanced, checks, NameField, probed, SecretKeyField, sent } from './fields.js';
import { texts } from './texts.js';
import { Asking, hostOf, InSight, useTrial } from './trial.js';

const words = texts.edit;
const editable = ['name', 'accessKeyId', 'addressing', 'bucket', 'caCertificate'];
const shown = credential => Object.fromEntries(editable.map(name => [name, credential[name] ?? '']));
// Without a new secret the stored one stays.
const editChecks = { ...checks, organizationId: undefined, endpoint: undefined, region: undefined, secretAccessKey: value => (value ? checks.secretAccessKey(value) : '') };

/** What is different from `base`, as PATCH takes it. */
function changesFrom(base, values) {
  const [now, before] = [sent(values), sent(shown(base))];
  const changes = Object.fromEntries(editable.filter(name => now[name] !== before[name]).map(name => [name, now[name]]));
  if (values.secretAccessKey) changes.secretAccessKey = values.secretAccessKey;
  return changes;
}

/** What somebody else changed: [{ name, theirs, mine }]; `mine` only where this form changed it as well, to something else. */
function differences(base, theirs, values) {
  const [before, now] = [shown(base), shown(theirs)];
  const both = editable.filter(name => before[name] !== now[name]).map(name =>
    ({ name, theirs: now[name], mine: values[name] !== before[name] && values[name] !== now[name] ? values[name] : undefined }));
  if (base.secretFingerprint !== theirs.secretFingerprint && values.secretAccessKey)
    both.push({ name: 'secretAccessKey', theirs: words.anotherSecret, mine: words.newSecret });
  return both;
}

function Difference({ difference, choice, choose }) {
  const label = { ...texts.fields, secretAccessKey: texts.fields.secret }[difference.name];
  const option = (value, who, text) => html`<label class="choice"><input type="radio" name=${`choice-${difference.name}`} checked=${choice === value}
    onChange=${() => choose(value)} /><span><small>${who}</small><bdi class="is-code">${text || words.nothing}</bdi></span></label>`;
  return html`<fieldset class="choices"><legend>${label}</legend>
    ${option('mine', words.mine, difference.mine)}${option('theirs', words.theirs, difference.theirs)}</fieldset>`;
}

/** Somebody else saved first: theirs and mine, to choose from. */
function Conflict({ base, theirs, values, onDecided }) {
  const all = differences(base, theirs, values);
  const open = all.filter(each => each.mine !== undefined);
  const [choices, setChoices] = useState({});
  const decide = () => onDecided(Object.fromEntries(all
    .filter(each => each.mine === undefined || choices[each.name] === 'theirs')
    .map(each => [each.name, each.name === 'secretAccessKey' ? '' : each.theirs])));
  return html`<div class="problem is-warning" role="alert"><div>
    <b><bdi>${words.conflict(theirs.lastModifiedBy)}</bdi>, <${Time} at=${theirs.lastModifiedAt} /></b>
    <p>${words.conflictHelp}</p>
    ${theirs.locked && !base.locked && html`<p>${words.conflictLocked(theirs.lock)}</p>`}
    ${open.map(each => html`<${Difference} key=${each.name} difference=${each} choice=${choices[each.name] ?? 'mine'}
      choose=${value => setChoices({ ...choices, [each.name]: value })} />`)}
    ${all.length > open.length && html`<p class="soft">${words.onlyTheirs}</p>`}
    <${Button} kind="primary" onClick=${decide}>${words.goOn}<//>
  </div></div>`;
}

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
  const mayOverride = trial.verdict && !trial.verdict.works && !trial.isStale && can('override', row.organization.id);

  const test = form.submit(async () => {
    setDoing('test');
    trial.forget();
    const body = { ...sent(values), name: undefined, endpoint: base.endpoint, region: base.region, secretAccessKey: values.secretAccessKey };
    trial.show(await api.post('/backup-credentials/probe', { body }), values);
  }, probed);

  const save = form.submit(async () => {
    setDoing('save');
    trial.forget();
    const changes = changesFrom(base, values);
    if (!Object.keys(changes).length) {
      notify(words.unchanged, 'information');
      return onClose();
    }
    try {
      const saved = await api.patch(path, { body: { ...changes, storeUnverified: (mayOverride && unverified) || undefined }, ifMatch: base.version });
      notify(words.saved(saved.name));
      onSaved(saved);
    } catch (error) {
      if (error.code === 'version_mismatch' || error.code === 'changed_meanwhile') return setTheirs(await api.get(path));
      if (error.code === 'invalid_s3_credentials') return trial.show(error.body, values, true);
      if (error.code === 'name_taken') return form.refuse({ name: error.detail });
      setGone(error.status === 404);
      throw error;
    }
  });

  const decided = taken => {
    for (const [name, value] of Object.entries(taken)) form.set(name, value);
    setBase(theirs);
    setTheirs(null);
  };
  const isProbed = Object.keys(changesFrom(base, values)).some(name => name !== 'name');
  const busyWords = doing === 'test' ? texts.trial.asking(hostOf(base.endpoint)) : isProbed ? texts.trial.saving(hostOf(base.endpoint)) : texts.trial.storing;
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
      <${SecretKeyField} form=${form} help=${isNewKey ? words.secretLikely : words.secretHelp} placeholder=${words.secretKept} />
      <${Advanced} form=${form} remedy=${trial.remedy} />
      ${theirs && html`<${InSight}><${Conflict} base=${base} theirs=${theirs} values=${values} onDecided=${decided} /><//>`}
      ${form.isBusy ? html`<${Asking} doing=${busyWords} />` : trial.panel}
      ${mayOverride && !form.isBusy && html`<${CheckField} label=${texts.trial.storeAnyway} help=${texts.trial.storeAnywayHelp} value=${unverified} onInput=${setUnverified} />`}
      <${Problem} error=${form.problem}>${isGone && html`<p>${words.gone}</p>`}<//>
      <div class="form-foot">
        <${Button} onClick=${onClose}>${texts.trial.cancel}<//>
        <${Button} icon="probe" onClick=${test} isBusy=${form.isBusy && doing === 'test'} title=${values.secretAccessKey ? undefined : words.testNeedsSecret}
          disabled=${!values.secretAccessKey || Boolean(theirs) || (form.isBusy && doing === 'save')}>${texts.trial.test}<//>
        <${Button} kind="primary" type="submit" isBusy=${form.isBusy && doing === 'save'} disabled=${Boolean(theirs) || (form.isBusy && doing === 'test')}>
          ${texts.trial.save}<//>
      </div>
    </form>
  <//>`;
}
