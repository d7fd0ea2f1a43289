// The table of backup credentials. What is searched, filtered, sorted and open stands in the address.
import {
  api, Badge, Button, canSomewhere, CheckField, DataTable, Empty, go, html, Icon, OrganizationSelect,
  PageHead, Problem, SearchField, SelectField, setQuery, useAddress, useEffect, useList, useState,
} from '/console/assets/coffer.js';
import { ActionDialog, Actions, ProjectName } from './actions.js';
import { AddDialog } from './add.js';
import { OpenRow } from './row.js';
import { texts } from './texts.js';
import { Status } from './verdict.js';

const shownProjects = 2;
const filterNames = ['search', 'organization', 'status', 'locked', 'default'];

function Projects({ row }) {
  const shown = row.projects.slice(0, shownProjects);
  const more = row.projectCount - shown.length;
  if (!row.projectCount) return html`<span class="soft">${texts.noProjects}</span>`;
  return html`${shown.map(project => html`
      <div key=${project.owner + project.id} class="one-line" title=${project.name}>
        <${ProjectName} project=${project} /></div>`)}
    ${more > 0 && html`<div class="soft">+${more.toLocaleString()}</div>`}`;
}

/** Breaks addresses between their parts, not in the middle of one. */
const breakable = text =>
  text.split(/(?<=[./:-])/).map((part, index) => html`${index > 0 && html`<wbr />`}${part}`);

function columnsOf(actions) {
  const names = texts.columns;
  const code = text => html`<bdi class="is-code">${text}</bdi>`;
  return [
    { title: names.id, sort: 'id', class: 'is-number if-wide', cell: row => row.id },
    { title: names.organization, width: '88px',
      cell: ({ organization: { name } }) => html`<bdi class="two-lines" title=${name}>${name}</bdi>` },
    { title: names.name, sort: 'name', class: 'is-title', width: '98px',
      cell: row => html`<bdi>${row.name}</bdi>` },
    { title: names.accessKeyId, sort: 'accessKeyId', class: 'if-wide', width: '96px',
      cell: row => code(row.accessKeyId) },
    { title: names.endpoint, sort: 'endpoint', width: '118px', cell: row => code(breakable(row.endpoint)) },
    { title: names.region, sort: 'region', class: 'if-wide', width: '66px',
      cell: row => code(breakable(row.region)) },
    { title: names.projects, width: '86px', cell: row => html`<${Projects} row=${row} />` },
    { title: names.status, width: '122px', cell: row => html`<${Status} row=${row} />` },
    { title: names.isDefault,
      cell: row => row.default && html`<${Badge} kind="accent" icon="star" title=${texts.defaultHelp}>
        <span class="dense-hides">${texts.isDefault}</span><//>` },
    ...(actions ? [{ title: names.actions, class: 'is-actions', cell: actions }] : []),
  ];
}

/** What a link opened although it is not on the first page: it stands above the others. */
function useOpened(open, list) {
  const [opened, setOpened] = useState({});
  const isListed = list.rows.some(row => String(row.id) === open);
  const isMissing = Boolean(open) && list.isFresh && !isListed;
  useEffect(() => {
    if (!isMissing || !/^\d+$/.test(open)) return undefined;
    const gone = new AbortController();
    api.get(`/backup-credentials/${open}`, { signal: gone.signal })
      .then(row => setOpened({ row }), error => !gone.signal.aborted && setOpened({ error, id: open }));
    return () => gone.abort();
  }, [open, isMissing]);
  const row = isMissing && String(opened.row?.id) === open ? opened.row : undefined;
  const error = isMissing && opened.id === open ? opened.error : undefined;
  return { row, error, set: changed => setOpened({ row: changed }) };
}

/**
 * The list in the order asked for. A search that matches more than 1,000 is listed by id only, and refused in
 * another order: then it is asked again without, and isSortOff.
 */
function useCredentials({ sort, ...filters }) {
  const key = JSON.stringify(filters);
  const [refused, setRefused] = useState('');
  const list = useList('/backup-credentials', { ...filters, sort: refused === key ? undefined : sort });
  const isRefused = Boolean(sort) && refused !== key
    && (list.error?.errors ?? []).some(each => each.code === 'too_many_matches');
  useEffect(() => {
    if (isRefused) setRefused(key);
  }, [isRefused, key]);
  const hasTooMany = Boolean(filters.search) && list.isFresh && list.totalIsExact === false;
  return { list: isRefused ? { ...list, error: undefined } : list, isSortOff: refused === key || hasTooMany };
}

function Toolbar({ query, list, isSortOff }) {
  const choose = name => value => setQuery({ [name]: value });
  const options = entries => Object.entries(entries).map(([value, text]) => ({ value, text }));
  const { filters } = texts;
  return html`
    <div class="toolbar">
      <${SearchField} label=${texts.search} placeholder=${texts.searchHint} value=${query.search ?? ''}
        onSearch=${search => setQuery({ search }, { replace: true })} />
      <${OrganizationSelect} isFilter value=${query.organization ?? ''} onChange=${choose('organization')} />
    </div>
    <div class="toolbar">
      <${SelectField} label=${filters.status} isLabelHidden value=${query.status ?? ''}
        onInput=${choose('status')} options=${options(filters.statuses)} />
      <${SelectField} label=${filters.lock} isLabelHidden value=${query.locked ?? ''}
        onInput=${choose('locked')} options=${options(filters.locks)} />
      <${SelectField} label=${filters.order} isLabelHidden value=${isSortOff ? 'id' : query.sort ?? 'id'}
        onInput=${choose('sort')} options=${options(filters.orders)}
        disabled=${isSortOff} title=${isSortOff ? filters.sortOff : undefined} />
      <${CheckField} label=${filters.isDefault} value=${query.default === 'true'}
        onInput=${isOn => setQuery({ default: isOn ? 'true' : '' })} />
      <span class="end">${list.total !== undefined && texts.count(list.total, list.totalIsExact)}</span>
    </div>`;
}

function Nothing({ isFiltered }) {
  if (isFiltered)
    return html`<${Empty} icon="search" title=${texts.empty.nothingFound}>
      <p>${texts.empty.nothingFoundHelp}</p>
      <${Button} onClick=${() => setQuery(Object.fromEntries(filterNames.map(name => [name, ''])))}>
        ${texts.filters.clear}<//><//>`;
  const mayAdd = canSomewhere('change');
  return html`<${Empty} icon="key" title=${texts.empty.title}>
    <p>${mayAdd ? texts.empty.help : texts.empty.viewer}</p>
    ${mayAdd && html`<${Button} icon="add" onClick=${() => setQuery({ add: 1 })}>${texts.add}<//>`}<//>`;
}

export default function Page({ rest }) {
  const { query } = useAddress();
  const [dialog, setDialog] = useState(null);
  const { list, isSortOff } = useCredentials({
    search: query.search, organizationId: query.organization, validation: query.status, locked: query.locked,
    default: query.default, sort: query.sort,
  });
  const opened = useOpened(query.open, list);
  const isFiltered = filterNames.some(name => query[name]);
  useEffect(() => {
    if (/^\d+$/.test(rest)) go(`/console/backup-credentials?open=${rest}`, { replace: true });
  }, [rest]);

  const replace = row => {
    list.replace(row);
    if (opened.row?.id === row.id) opened.set(row);
  };
  const changed = (row, isDefaultMoved = false) => {
    setDialog(null);
    replace(row);
    if (isDefaultMoved)
      for (const other of list.rows)
        if (other.default && other.id !== row.id && other.organization.id === row.organization.id)
          replace({ ...other, default: false });
  };
  const removed = row => {
    setDialog(null);
    list.remove(row);
    if (query.open === String(row.id)) setQuery({ open: '' }, { replace: true });
  };
  const stored = row => {
    setQuery({ add: '', open: row.id }, { replace: true });
    list.reload();
  };

  const actions = row => html`<${Actions} row=${row} open=${(kind, of) => setDialog({ kind, row: of })}
    onChanged=${changed}
    onFailed=${(title, error) => setDialog({ kind: 'failed', title, error })} />`;
  const shown = opened.row ? { ...list, rows: [opened.row, ...list.rows] } : list;
  return html`
    <${PageHead} title=${texts.title}
      actions=${canSomewhere('change')
        && html`<${Button} kind="primary" icon="add" onClick=${() => setQuery({ add: 1 })}>${texts.add}<//>`}>
      ${texts.about}<//>
    <${Toolbar} query=${query} list=${list} isSortOff=${isSortOff} />
    ${opened.error && html`<div class="toolbar"><div class="problem is-warning" role="alert">
      <${Icon} name="unknown" /><div>
      ${opened.error.status === 404
        ? html`<b>${texts.gone(query.open)}</b><p>${texts.goneHelp}</p>`
        : html`<${Problem} error=${opened.error} />`}
      <${Button} onClick=${() => setQuery({ open: '' })}>${texts.close}<//></div></div></div>`}
    <${DataTable} isDense label=${texts.title} list=${shown}
      columns=${columnsOf(canSomewhere('change') ? actions : null)}
      sort=${isSortOff ? 'id' : query.sort ?? 'id'}
      onSort=${sort => setQuery({ sort })} sortOff=${isSortOff ? texts.filters.sortOff : undefined}
      nameOf=${row => row.name} classOf=${row => (row.default ? 'is-marked' : '')}
      expand=${row => html`<${OpenRow} row=${row} onChanged=${replace} />`} open=${query.open}
      onOpen=${open => setQuery({ open, history: '' })}
      empty=${html`<${Nothing} isFiltered=${isFiltered} />`} />
    ${query.add && html`<${AddDialog} organizationId=${query.organization ?? ''} onStored=${stored}
      onClose=${() => setQuery({ add: '' })} />`}
    ${dialog && html`<${ActionDialog} ...${dialog} onChanged=${changed} onRemoved=${removed}
      onClose=${() => setDialog(null)} />`}`;
}
