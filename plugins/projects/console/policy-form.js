import {
  api, Combobox, Dialog, html, notify, SelectField, TextField, useForm,
} from '/console/assets/coffer.js';
import { namesIn, whyNotName, whyNotNamespaces, whyNotRetention } from './checks.js';
import { Foot, refuseName } from './dialogs.js';
import { Refusal } from './refusal.js';
import { useRetryKey } from './retry.js';
import { offsetOf, ownZone } from './runs.js';
import { inWords, retentionParts, whyNotSchedule } from './schedule.js';
import { texts } from './texts.js';
import { Settle, useVersion } from './version.js';
import { named } from './words.js';

const words = texts.policyForm;
const mostZones = 40;
const zones = [...new Set([ownZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])];

const checks = {
  name: whyNotName,
  cron: whyNotSchedule,
  timeZone: text => (zones.includes(text) ? '' : text ? words.timeZoneUnknown(text) : words.timeZoneMissing),
  retention: (count, { unit }) => whyNotRetention(count.trim(), unit),
  includedNamespaces: (text, { excludedNamespaces }) =>
    (namesIn(text + excludedNamespaces).length ? whyNotNamespaces(text) : words.oneNeeded),
  excludedNamespaces: (text, { includedNamespaces }) => whyNotNamespaces(text, namesIn(includedNamespaces)),
};

const valuesOf = policy => ({
  name: policy.name,
  cron: policy.cron,
  timeZone: policy.timeZone,
  retention: retentionParts(policy.retention).count,
  unit: retentionParts(policy.retention).unit,
  includedNamespaces: policy.includedNamespaces.join(', '),
  excludedNamespaces: policy.excludedNamespaces.join(', '),
});
const atFirst = {
  name: '', cron: '30 2 * * *', timeZone: ownZone, retention: '', unit: 'd',
  includedNamespaces: '', excludedNamespaces: '',
};

const bodyOf = ({ name, cron, timeZone, retention, unit, includedNamespaces, excludedNamespaces }) => ({
  name, cron: cron.trim(), timeZone, ...(retention.trim() && { retention: retention.trim() + unit }),
  includedNamespaces: namesIn(includedNamespaces), excludedNamespaces: namesIn(excludedNamespaces),
});

function zonesLike(text) {
  const wanted = text.toLowerCase().replaceAll(' ', '_');
  const found = zones.includes(text) ? zones : zones.filter(zone => zone.toLowerCase().includes(wanted));
  return found.slice(0, mostZones).map(zone => ({
    value: zone,
    text: zone,
    detail: zone === ownZone ? `${words.yourZone} · ${offsetOf(zone)}` : offsetOf(zone),
  }));
}

function ScheduleFields({ form }) {
  const { cron } = form.values;
  const chosen = words.presets.some(preset => preset.value === cron) ? cron : '';
  const presets = [...words.presets, { value: '', text: words.ownPreset, disabled: chosen !== '' }];
  const said = inWords(cron);
  return html`<div class="form-row">
      <${SelectField} label=${words.preset} value=${chosen} onInput=${value => form.set('cron', value)}
        options=${presets} />
      <${TextField} label=${words.cron} isRequired isCode
        help=${said ? html`<b>${words.cronSays(said)}</b> ${words.cronHelp}` : words.cronHelp}
          ...${form.field('cron')} />
    </div>
    <${Combobox} label=${words.timeZone} isRequired help=${words.timeZoneHelp} ...${form.field('timeZone')}
      options=${zonesLike(form.values.timeZone)} noneText=${words.noZone} />`;
}

const titles = {
  name: texts.form.name, cron: words.cron, timeZone: words.timeZone, retention: words.retention,
  unit: words.unit, includedNamespaces: words.included, excludedNamespaces: words.excluded,
};

/** Adds a policy, or changes `policy`. `path` is that of the project's policies. */
export function PolicyDialog({ path, policy, onClose, onStored }) {
  const form = useForm(policy ? valuesOf(policy) : atFirst, checks);
  const version = useVersion(`${path}/${policy?.id}`, policy ?? {});
  const keyFor = useRetryKey();
  const { values } = form;
  const store = async body => {
    if (!policy) return api.post(path, { body, idempotencyKey: keyFor(body) });
    return version.send(ifMatch => api.patch(`${path}/${policy.id}`, { body, ifMatch }));
  };
  const save = form.submit(async () => {
    try {
      const stored = await store(bodyOf(values));
      if (!stored) return;
      onStored(stored);
      notify((policy ? words.saved : words.added)(named(stored.name)));
      onClose();
    } catch (error) {
      if (!refuseName(form, error, values.name)) throw error;
    }
  });
  return html`<${Dialog} title=${policy ? words.titleEdit : words.titleAdd} onClose=${onClose} isWide>
    <form class="form" onSubmit=${save} noValidate>
    <${TextField} label=${texts.form.name} isRequired autofocus help=${words.nameHelp}
      ...${form.field('name')} />
    <${ScheduleFields} form=${form} />
    <div class="form-row">
      <${TextField} label=${words.retention} inputmode="numeric"
        help=${policy ? words.retentionHelpEdit : words.retentionHelp} ...${form.field('retention')} />
      <${SelectField} label=${words.unit} value=${values.unit} onInput=${unit => form.set('unit', unit)}
        options=${Object.entries(words.units).map(([value, text]) => ({ value, text }))} />
    </div>
    <div class="form-row">
      <${TextField} label=${words.included} isCode help=${words.includedHelp}
        ...${form.field('includedNamespaces')} />
      <${TextField} label=${words.excluded} isCode help=${words.excludedHelp}
        ...${form.field('excludedNamespaces')} />
    </div>
    <${Refusal} error=${form.problem} />
    ${version.theirs ? html`<${Settle} version=${version} form=${form} valuesOf=${valuesOf}
      titles=${titles} />`
      : html`<${Foot} form=${form} action=${policy ? words.actionEdit : words.actionAdd}
        onClose=${onClose} />`}
  </form><//>`;
}
