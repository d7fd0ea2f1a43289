// What a probe found, in words: for the table, for an open row, and while keys are typed.
import { Badge, Button, html, Icon, Time } from '/console/assets/coffer.js';
import { texts } from './texts.js';

const wordsOf = cause => texts.causes[cause] ?? texts.unknownCause;
export const shortCause = cause => wordsOf(cause)[0];
export const longCause = cause => wordsOf(cause)[1];

const fieldOfCause = {
  wrong_secret: 'secretAccessKey', secret_or_rights: 'secretAccessKey', unknown_key: 'accessKeyId',
  suspended: 'accessKeyId', wrong_region: 'region', too_few_rights: 'bucket', tls: 'endpoint',
  unresolvable: 'endpoint', refused: 'endpoint', silent: 'endpoint', not_s3: 'endpoint',
  address_denied: 'endpoint', endpoint_unavailable: 'endpoint',
};

/** { field: sentence } for the field that the cause is about; nothing for a cause that is about none. */
export function marksOf(verdict) {
  const field = verdict.works ? undefined : fieldOfCause[verdict.cause];
  return field ? { [field]: texts.atField[verdict.cause] } : {};
}

/** The verdict's remedy, with the button's words, if the form has that field: { field, value, label }. */
export function remedyOf({ remedy }, values) {
  if (!remedy || !(remedy.field in values)) return null;
  return { ...remedy, label: texts.trial.remedies[remedy.field](remedy.value) };
}

/** A verdict with what to do. `isStale`: something changed since. `isRefusal`: of a save. */
export function Verdict({ verdict, isStale, isRefusal, remedy, onRemedy }) {
  const kind = isStale ? 'is-warning' : verdict.works ? 'is-good' : '';
  const icon = isStale ? 'information' : verdict.works ? 'success' : 'error';
  return html`<div class=${`problem ${kind}`} role=${verdict.works ? 'status' : 'alert'}>
    <${Icon} name=${icon} />
    <div><b>${verdict.works ? texts.trial.works : texts.trial.fails(longCause(verdict.cause))}</b>
      ${isStale ? html`<p>${texts.trial.stale}</p>` : html`
        <p class="soft">${verdict.saw}${' '}
          ${verdict.tookMilliseconds !== undefined && texts.trial.took(verdict.tookMilliseconds)}${' '}
          ${isRefusal && texts.trial.notStored}</p>
        ${verdict.advice && html`<p>${verdict.advice}</p>`}
        ${remedy && html`<${Button} icon="check" onClick=${onRemedy}>${remedy.label}<//>`}`}
    </div></div>`;
}

/** How a credential stands, for a table's cell. */
export function Status({ row }) {
  const { verdict, cause, saw, advice, when, since } = row.validation;
  const hint = [saw, advice].filter(Boolean).join(' ');
  const works = verdict === 'valid';
  const badge = works
    ? html`<${Badge} kind="good" icon="success" title=${hint}>${texts.status.works}<//>`
    : html`<${Badge} kind=${verdict === 'unverified' ? 'warning' : 'bad'}
      icon=${verdict === 'unverified' ? 'warning' : 'error'} title=${hint}>
        ${cause ? shortCause(cause) : texts.status.unverified}<//>`;
  return html`<div class="stack">
    ${badge}
    ${row.locked && html`<${Badge} icon="lock" title=${texts.status.lockedBy(row.lock)}>
      <span class="dense-hides">${texts.status.locked}</span><//>`}
    <small>${works && cause && html`${texts.status.lastProbe} ${shortCause(cause)}, `}
      ${since && !(works && cause) ? html`${texts.status.since} <${Time} at=${since} isShort />`
        : when ? html`${!(works && cause) && texts.status.probed} <${Time} at=${when} isShort />`
          : texts.status.neverProbed}</small>
  </div>`;
}
