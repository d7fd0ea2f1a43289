// What an opened row shows: how the credential stands and what to do, its particulars, its projects, and what
// happened to it.
import {
  api, Badge, Button, can, Confirm, Dialog, Details, html, Icon, IconButton, notify, Problem, setQuery,
  Skeleton, TextField, Time, useAddress, useEffect, useForm, useList, useRef, useState, useTask,
} from '/console/assets/coffer.js';
import { probe, ProjectName } from './actions.js';
import { texts } from './texts.js';
import { longCause } from './verdict.js';

const words = texts.row;
const pathOf = row => `/backup-credentials/${row.id}`;
const isProbe = record => /\.(probe|verdict-changed)$/.test(record.action)
  || Boolean(record.after?.validation);

/** Asks again when something about the row changed. */
function useFreshList(path, stamp, options) {
  const list = useList(path, {}, options);
  const first = useRef(stamp);
  useEffect(() => {
    if (first.current !== stamp) list.reload();
    first.current = stamp;
  }, [stamp]);
  return list;
}

function Standing({ row, onChanged }) {
  const { verdict, cause, saw, advice, failures } = row.validation;
  const isMild = verdict === 'valid' || verdict === 'unverified';
  const probing = useTask(async () => onChanged(await probe(row)));
  return html`
    ${row.locked && html`<div class="problem is-warning"><${Icon} name="lock" /><div>
      <b><bdi>${words.locked(row.lock)}</bdi>, <${Time} at=${row.lock.since} /></b>
      <p><bdi>${row.lock.reason}</bdi></p></div></div>`}
    ${cause && html`<div class=${`problem ${isMild ? 'is-warning' : ''}`}><${Icon} name="error" /><div>
      <b>${texts.trial.fails(longCause(cause))}</b>
      <p class="soft">${saw}${' '}
        ${failures > 1 && words.failures(failures)}${' '}
        ${verdict === 'valid' && words.stillCounts}</p>
      ${advice && html`<p>${advice}</p>`}
      ${can('change', row.organization.id)
        && html`<${Button} icon="probe" isBusy=${probing.isBusy} onClick=${probing.run}>
          ${texts.actions.probe}<//>`}
      <${Problem} error=${probing.error} /></div></div>`}`;
}

const byAndAt = (by, at) =>
  html`<${Time} at=${at} isPlain /> <span class="soft">${words.by}</span> <bdi>${by}</bdi>`;

function Particulars({ row }) {
  const { since } = row.validation;
  const code = text => html`<bdi class="is-code">${text}</bdi>`;
  return html`<${Details} items=${[
    [texts.columns.endpoint, code(row.endpoint)],
    [texts.columns.accessKeyId, code(row.accessKeyId)],
    [texts.columns.region, code(row.region)],
    [words.createdAt, byAndAt(row.createdBy, row.createdAt)],
    [words.modifiedAt, html`<${Time} at=${row.lastModifiedAt} isPlain />`],
    [words.modifiedBy, html`<bdi>${row.lastModifiedBy}</bdi>`],
    [words.probedAt, row.validation.when && html`<${Time} at=${row.validation.when} isPlain />`],
    [row.validation.verdict === 'valid' ? words.worksSince : words.failsSince,
      since && html`<${Time} at=${since} isPlain />`],
    [words.addressing, texts.fields.addressings[row.addressing]],
    [words.bucket, row.bucket && html`<bdi class="is-code">${row.bucket}</bdi>`],
    [words.caCertificate, row.caCertificate && words.caOwn],
    [words.fingerprint, html`<bdi class="is-code">${row.secretFingerprint}</bdi><br /><small>
      ${words.fingerprintHelp}</small>`],
  ]} />`;
}

function AssociateDialog({ row, onDone, onClose }) {
  const form = useForm({ id: '', name: '' }, {
    id: value => (!value.trim() ? words.projectIdEmpty : value.trim().length > 64 ? words.projectIdLong : ''),
    name: value => (value.trim() ? '' : words.projectNameEmpty),
  });
  const associate = form.submit(async ({ id, name }) => {
    await api.put(`${pathOf(row)}/projects/${encodeURIComponent(id.trim())}`,
      { body: { name: name.trim() } });
    notify(words.associated(name.trim()));
    onDone();
  });
  return html`<${Dialog} title=${words.associateTitle(row.name)} onClose=${onClose}>
    <form class="form" onSubmit=${associate} noValidate>
      <p class="soft">${words.associateHelp}</p>
      <${TextField} label=${words.projectId} help=${words.projectIdHelp} isRequired autofocus isCode
        ...${form.field('id')} />
      <${TextField} label=${words.projectName} help=${words.projectNameHelp} isRequired
        ...${form.field('name')} />
      <${Problem} error=${form.problem} />
      <div class="form-foot"><${Button} onClick=${onClose}>${texts.trial.cancel}<//>
        <${Button} kind="primary" type="submit" isBusy=${form.isBusy}>${words.associateAction}<//></div>
    </form><//>`;
}

function Projects({ row, onChanged }) {
  const list = useFreshList(`${pathOf(row)}/projects`, row.projectCount,
    { limit: 20, keyOf: project => `${project.owner} ${project.id}` });
  const [releasing, release] = useState(null);
  const [isAssociating, associate] = useState(false);
  const mayChange = can('change', row.organization.id);
  const refresh = async () => {
    list.reload();
    onChanged(await api.get(pathOf(row)));
  };
  const releaseIt = async () => {
    await api.remove(`${pathOf(row)}/projects/${encodeURIComponent(releasing.id)}`);
    notify(words.released(releasing.name));
    await refresh();
  };
  return html`<section>
    <div class="section-head"><h2>${words.projects}</h2>
      ${mayChange && html`<${Button} icon="add" disabled=${row.locked}
        title=${row.locked ? words.associateLocked : undefined}
        onClick=${() => associate(true)}>${words.associate}<//>`}</div>
    ${!list.isFresh && !list.rows.length && !list.error && row.projectCount > 0
      && html`<${Skeleton} lines=${Math.min(row.projectCount, 3)} />`}
    ${row.projectCount === 0 && html`<p class="soft">${words.noProjects}</p>`}
    <ul class="entries">${list.rows.map(project => html`<li key=${`${project.owner} ${project.id}`}>
      <span class="grows"><${ProjectName} project=${project} />
        <small class="is-code"><bdi>${project.id}</bdi></small></span>
      <span class="soft"><bdi>${project.owner === 'manual' ? words.manually : project.owner}</bdi>,${' '}
        <${Time} at=${project.associatedAt} />${' '}${words.by} <bdi>${project.associatedBy}</bdi></span>
      ${mayChange && html`<${IconButton} icon="close" label=${words.release(project.name)}
        reason=${project.owner === 'manual' ? undefined : words.elsewhere(project.owner)}
        onClick=${() => release(project)} />`}</li>`)}</ul>
    <${Problem} error=${list.error} retry=${list.reload} />
    ${list.hasMore && html`<${Button} isBusy=${list.isLoading} onClick=${list.more}>${words.more}<//>`}
    ${releasing && html`<${Confirm} title=${words.releaseTitle(releasing.name)} action=${words.releaseAction}
      act=${releaseIt} onClose=${() => release(null)}>
      <p>${words.releaseHelp}</p><//>`}
    ${isAssociating && html`<${AssociateDialog} row=${row} onClose=${() => associate(false)}
      onDone=${() => { associate(false); refresh(); }} />`}
  </section>`;
}

function valueInWords(name, value) {
  if (value === null || value === undefined || value === '') return words.none;
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (name === 'validation') return words.states[value] ?? value;
  if (name === 'cause') return value === 'none' ? words.none : longCause(value);
  return String(value);
}

/** What changed, name by name. All that a new one begins with is no change. */
function Changes({ record }) {
  if (record.action.endsWith('.create') || !record.after) return null;
  const isProbing = record.action.endsWith('.probe');
  const relevant = Object.keys(record.after)
    .filter(name => (isProbing ? name === 'cause' && !record.after.works : words.fieldNames[name]));
  if (!relevant.length) return null;
  return html`<ul class="changes">
    ${relevant.map(name => html`<li key=${name}><span class="soft">${words.fieldNames[name]}:</span>${' '}
    ${record.before && name in record.before
      && html`<bdi class="was">${valueInWords(name, record.before[name])}</bdi> → `}
    <bdi>${valueInWords(name, record.after[name])}</bdi></li>`)}</ul>`;
}

function Mark({ record }) {
  if (record.result !== 'success') return html`<${Icon} name="warning" />`;
  const works = record.after?.works
    ?? (record.after?.validation ? record.after.validation === 'valid' : undefined);
  if (works === undefined) return html`<${Icon} name="information" />`;
  return html`<span class=${works ? 'is-good' : 'is-bad'}>
    <${Icon} name=${works ? 'success' : 'error'} /></span>`;
}

function History({ list }) {
  const { query } = useAddress();
  const onlyProbes = query.history === 'validation';
  const records = onlyProbes ? list.rows.filter(isProbe) : list.rows;
  const tab = (value, text) =>
    html`<button type="button" role="tab" aria-selected=${onlyProbes === Boolean(value)}
      onClick=${() => setQuery({ history: value })}>${text}</button>`;
  return html`<section>
    <div class="section-head"><h2>${words.history}</h2>
      <div class="tabs" role="tablist" aria-label=${words.history}>
      ${tab('', words.everything)}${tab('validation', words.validation)}</div></div>
    ${!list.isFresh && !list.rows.length && !list.error && html`<${Skeleton} lines=${3} />`}
    <ul class="entries">${records.map(record => html`<li key=${record.sequence}>
      <${Mark} record=${record} />
      <span class="grows"><bdi>${record.summary}</bdi>
        ${record.result !== 'success' && html` <${Badge} kind="warning">${words[record.result]}<//>`}
        ${record.reason && !record.summary.includes(record.reason)
          && html`<small><bdi>${record.reason}</bdi></small>`}
        <${Changes} record=${record} /></span>
      <span class="soft"><${Time} at=${record.time} isPlain /></span></li>`)}</ul>
    ${list.isFresh && !records.length
      && html`<p class="soft">${onlyProbes ? words.noValidation : words.noHistory}</p>`}
    <${Problem} error=${list.error} retry=${list.reload} />
    ${list.hasMore && html`<${Button} isBusy=${list.isLoading} onClick=${list.more}>${words.more}<//>`}
  </section>`;
}

/** onChanged gets what the credential is now. */
export function OpenRow({ row, onChanged }) {
  const stamp = `${row.version} ${row.validation.when} ${row.default} ${row.projectCount}`;
  const history = useFreshList(`${pathOf(row)}/history`, stamp,
    { limit: 20, keyOf: record => record.sequence });
  return html`<div class="opened">
    <${Standing} row=${row} onChanged=${onChanged} />
    <${Particulars} row=${row} />
    <${Projects} row=${row} onChanged=${onChanged} />
    <${History} list=${history} />
  </div>`;
}
