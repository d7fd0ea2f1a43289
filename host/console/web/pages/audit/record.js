// One record, opened: what changed, and where to look further.
import { CopyValue, Details, exactTime, html, Link } from '/console/assets/coffer.js';
import { texts } from './texts.js';

const { record: words } = texts;

/** { a: { b: 1 } } is [['a.b', '1']]: every value by its path. */
function flat(value, path = []) {
  if (value === null) return [[path.join('.'), '']];
  if (typeof value !== 'object') return [[path.join('.'), String(value)]];
  if (Array.isArray(value) && value.every(each => typeof each !== 'object')) return [[path.join('.'), value.join(', ')]];
  return Object.entries(value).flatMap(([name, inner]) => flat(inner, [...path, name]));
}

/** [[path, before, after]] in the order of the record; undefined where one side has none. */
export function differenceOf({ before, after }) {
  const [old, next] = [before, after].map(each => new Map(each ? flat(each) : []));
  return [...new Set([...old.keys(), ...next.keys()])].map(path => [path, old.get(path), next.get(path)]);
}

function Value({ as, side, children }) {
  const text = children === '' ? words.none : children;
  return html`<${as}><span class="only-read">${side}: </span><bdi>${text}</bdi><//>`;
}

function Difference({ record }) {
  const rows = differenceOf(record);
  if (!rows.length) return html`<p class="soft">${words.nothing}</p>`;
  const isChange = record.before && record.after;
  return html`<dl class="difference">${rows.map(([path, old, next]) => html`<div key=${path}><dt>${path}</dt>
    <dd>${isChange && old === next
      ? html`<span class="is-same"><bdi>${next}</bdi></span>`
      : html`${old !== undefined && html`<${Value} as="del" side=${words.before}>${old}<//>`}
        ${old !== undefined && next !== undefined && html`<span aria-hidden="true">→</span>`}
        ${next !== undefined &&
          html`<${Value} as="ins" side=${words.after}>${next}<//>`}`}</dd></div>`)}</dl>`;
}

const toLog = query => `/console/audit?${new URLSearchParams(query)}`;

export function Record({ record, organizationName }) {
  const { principal, principalId, objectType, objectId, requestId } = record;
  return html`<div class="record">
    <div><h3 class="section">${words.changes}</h3><${Difference} record=${record} /></div>
    <${Details} items=${[
      [words.reason, record.reason || null],
      [texts.columns.time, exactTime(record.time)],
      [texts.columns.organization,
        record.organizationId ? html`<bdi>${organizationName(record.organizationId)}</bdi>`
          : texts.wholeDaemon],
      [words.principalId, principalId || null],
      [words.request, requestId ? html`<${CopyValue} text=${requestId} label=${words.copyRequest} />` : null],
      [words.sequence, String(record.sequence)],
      [words.mac, html`<${CopyValue} text=${record.mac} label=${words.copyMac} />`],
    ]} />
    <div class="record-links">
      ${requestId && html`<${Link} href=${toLog({ requestId })}>${words.ofRequest}<//>`}
      ${principal && html`<${Link} href=${toLog({ principal })}>${words.ofWho(principal)}<//>`}
      ${objectId && html`<${Link} href=${toLog({ objectType, objectId })}>${words.ofObject}<//>`}
    </div>
  </div>`;
}
