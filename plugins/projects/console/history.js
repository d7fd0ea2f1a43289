import {
  Badge, DataTable, Details, Empty, html, setQuery, Time, useAddress, useList,
} from '/console/assets/coffer.js';
import { texts } from './texts.js';

const words = texts.history;

function shown(value) {
  if (value === null || value === undefined || value === '') return words.nothing;
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  return Array.isArray(value) ? value.join(', ') || words.nothing : String(value);
}

/** What changed, field by field; of a thing that came or went, one side alone. */
function Changes({ before, after }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return html`<ul class="changes">
    ${names.map(name => html`<li key=${name}><span class="soft">${words.fields[name] ?? name}:</span>${' '}
      ${before && html`<bdi class=${after ? 'was' : ''}>${shown(before[name])}</bdi>`}
      ${before && after && ' → '}
      ${after && html`<bdi>${shown(after[name])}</bdi>`}</li>`)}</ul>`;
}

function Expanded({ record }) {
  return html`<div class="project-changes">
    ${(record.before || record.after) && html`<${Changes} before=${record.before} after=${record.after} />`}
    <${Details} items=${[
      [words.reason, record.reason],
      [words.request, record.requestId && html`<code>${record.requestId}</code>`],
      [words.sequence, record.sequence],
    ]} />
  </div>`;
}

const columns = [
  { title: words.when, cell: record => html`<${Time} at=${record.time} isPlain />` },
  { title: words.what, class: 'is-title', cell: record => html`<bdi>${record.summary}</bdi>
    ${record.result !== 'success' && html` <${Badge} kind="bad">${words[record.result]}<//>`}` },
];

/** What happened to a project, from the audit log, newest first. */
export function History({ project }) {
  const list = useList(`/projects/${project.id}/history`, {}, { keyOf: record => record.sequence });
  const { query } = useAddress();
  return html`<${DataTable} label=${words.label} list=${list} columns=${columns}
    nameOf=${record => record.summary} keyOf=${record => record.sequence}
    expand=${record => html`<${Expanded} record=${record} />`} open=${query.record ?? ''}
    onOpen=${record => setQuery({ record })}
    empty=${html`<${Empty} icon="list" title=${words.none} />`} />`;
}
