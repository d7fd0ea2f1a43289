import {
  Badge, Button, DataTable, Empty, html, PageHead, setQuery, Time, useAddress, useList, useMemo,
  useOrganizations, useSession, useState,
} from '/console/assets/coffer.js';
import { Download, SignedHead } from './audit/dialogs.js';
import { FilterButtons, Filters, isFiltered, useFilters, useMoreFilters } from './audit/filters.js';
import { Follow, useFollow, useInSight, useIsFollowing } from './audit/follow.js';
import { Record } from './audit/record.js';
import { texts as words } from './audit/texts.js';

const kindOfResult = { success: 'good', refused: 'warning', failed: 'bad' };

/** What an organization is called; who may not list them knows those of their own roles. */
function useOrganizationName() {
  const organizations = useOrganizations();
  const { who } = useSession();
  const names = new Map(who.roles.map(role => [role.organizationId, role.organizationName]));
  for (const { id, name } of organizations) names.set(id, name);
  return id => names.get(id) ?? words.organization(id);
}

/** 'principal.grant-role', which may break where it has a dot. */
function Action({ of }) {
  const [object, ...verb] = of.split('.');
  return html`<code class="action">${object}${verb.length > 0 && html`.<wbr />${verb.join('.')}`}</code>`;
}

// The log's own records are about a log with a long id; the whole of it is its tooltip.
const longestId = 24;
function ObjectOf({ record: { objectType, objectId } }) {
  const isLong = objectId.length > longestId;
  const shown = isLong ? `${objectId.slice(0, 12)}…` : objectId;
  return html`<bdi title=${isLong ? objectId : undefined}>${objectType} ${shown}</bdi>`;
}

const Result = ({ record: { result, reason } }) => html`<span class="result">
  <${Badge} kind=${kindOfResult[result]}>${words.results[result]}<//>
  ${reason && html`<small><bdi>${reason}</bdi></small>`}</span>`;

function columnsFor(organizationName, hasSeveral) {
  const { columns } = words;
  const organizationOf = ({ organizationId: id }) => id > 0 && html`<bdi>${organizationName(id)}</bdi>`;
  return [
    { title: columns.time, cell: row => html`<${Time} at=${row.time} hasSeconds />`, class: 'is-time' },
    { title: columns.action, cell: row => html`<${Action} of=${row.action} />`, class: 'is-title' },
    { title: columns.who, cell: row => html`<bdi>${row.principal || words.nobody}</bdi>` },
    { title: columns.object, cell: row => row.objectType && html`<${ObjectOf} record=${row} />` },
    hasSeveral && { title: columns.organization, cell: organizationOf, class: 'if-wide' },
    { title: columns.address, cell: row => row.address && html`<bdi>${row.address}</bdi>`, class: 'if-wide' },
    { title: columns.result, cell: row => html`<${Result} record=${row} />` },
  ].filter(Boolean);
}

export default function Audit() {
  const { query: address } = useAddress();
  const [round, setRound] = useState(0);
  const [dialog, open] = useState('');
  const close = () => open('');
  const [isMore, showMore] = useMoreFilters(address);
  const filters = useFilters(address, round);
  const list = useList('/audit', filters, { keyOf: row => row.sequence });
  const [top, isAtTop] = useInSight();
  const { arrived, isFailing } = useFollow(list, filters, useIsFollowing(address, isAtTop));
  const organizationName = useOrganizationName();
  const hasSeveral = list.rows.some(row => row.organizationId !== list.rows[0].organizationId);
  const names = useMemo(() => [...new Set(list.rows.map(row => row.principal))].filter(Boolean).sort(), [list.rows]);
  // The API does not count what is further down.
  const counted = { ...list, total: list.hasMore ? undefined : list.rows.length, totalIsExact: true };
  return html`
    <${PageHead} title=${words.title} actions=${html`
      <${Button} icon="shield" onClick=${() => open('head')}>${words.signed.action}<//>
      <${Button} icon="download" onClick=${() => open('download')}>${words.download.action}<//>`}>
      ${words.head}<//>
    <${Filters} address=${address} names=${names} isMore=${isMore} />
    <div ref=${top}><${Follow} address=${address} isAtTop=${isAtTop} isFailing=${isFailing}>
      <span class="end"><${FilterButtons} address=${address} isMore=${isMore} showMore=${showMore} />
        <${Button} kind="quiet" icon="refresh" onClick=${() => setRound(round + 1)}>${words.refresh}<//></span><//></div>
    <${DataTable} label=${words.list} list=${counted} columns=${columnsFor(organizationName, hasSeveral)}
      nameOf=${words.nameOf} keyOf=${row => row.sequence} open=${address.open} onOpen=${key => setQuery({ open: key })}
      expand=${row => html`<${Record} record=${row} organizationName=${organizationName} />`}
      classOf=${row => (arrived.has(row.sequence) ? 'is-new' : '')}
      empty=${html`<${Empty} icon="list" title=${words.empty}>${isFiltered(address) && words.emptyHelp}<//>`} />
    ${dialog === 'head' && html`<${SignedHead} onClose=${close} />`}
    ${dialog === 'download' &&
      html`<${Download} filters=${filters} isFiltered=${isFiltered(address)} onClose=${close} />`}`;
}
