import { Fragment } from '../vendor/preact.js';
import { useEffect, useRef, useState } from '../vendor/preact-hooks.js';
import { api } from '../frame/api.js';
import { html } from '../frame/html.js';
import { Button } from './button.js';
import { Icon } from './icon.js';
import { Problem } from './problem.js';
import { texts } from '../texts.js';

const rowsAtOnce = 50;

/**
 * A list of the API, page after page: { rows, total, totalIsExact, isLoading, isFresh, error, more, hasMore, reload, prepend, replace, remove }.
 * `query` (an object) is asked again whenever it changes; what was shown stays until the answer is there, and an answer that comes too late is dropped.
 * The list also drops an answer requested before prepend, replace or remove changed the rows, and asks again: it may be stale.
 */
export function useList(path, query, { limit = rowsAtOnce, keyOf = row => row.id } = {}) {
  const [state, setState] = useState({ rows: [], total: undefined, isLoading: true, isFresh: false });
  const [round, setRound] = useState(0);
  const asked = useRef({});
  const key = path + JSON.stringify(query);

  const ask = async cursor => {
    asked.current.gone?.abort();
    const gone = new AbortController();
    const question = { gone, isOutdated: false };
    asked.current = question;
    setState(before => ({ ...before, isLoading: true, error: undefined }));
    try {
      const page = await api.get(path, { query: { ...query, limit, cursor }, signal: gone.signal });
      if (question.isOutdated) return ask(cursor);
      setState(before => {
        const known = new Set(cursor ? before.rows.map(keyOf) : []);
        return {
          key, rows: cursor ? [...before.rows, ...page.items.filter(row => !known.has(keyOf(row)))] : page.items,
          cursor: page.nextCursor, total: page.totalCount, totalIsExact: page.totalIsExact, isLoading: false, isFresh: true,
        };
      });
    } catch (error) {
      // Rows that answered another question would be taken for the answer to this one.
      if (!gone.signal.aborted) setState(before => ({ ...before, ...(before.key !== key && { rows: [], cursor: null }), isLoading: false, error }));
    }
  };
  useEffect(() => {
    setState(before => ({ ...before, isFresh: false }));
    ask();
    return () => asked.current.gone?.abort();
  }, [key, round]);

  const change = next => {
    asked.current.isOutdated = true;
    setState(next);
  };

  return {
    ...state,
    hasMore: Boolean(state.cursor),
    more: () => { if (state.cursor && !state.isLoading) ask(state.cursor); },
    reload: () => setRound(round + 1),
    /** Puts rows that are not there yet at the top: what was just made, or came in the meantime. */
    prepend: rows => change(before => {
      const known = new Set(before.rows.map(keyOf));
      const unknown = rows.filter(row => !known.has(keyOf(row)));
      return unknown.length ? { ...before, rows: [...unknown, ...before.rows], total: before.total + unknown.length } : before;
    }),
    /** Puts a row's new state where it stood. */
    replace: row => change(before => ({ ...before, rows: before.rows.map(each => (keyOf(each) === keyOf(row) ? row : each)) })),
    remove: row => change(before => ({
      ...before, rows: before.rows.filter(each => keyOf(each) !== keyOf(row)), total: Math.max(0, before.total - 1),
    })),
  };
}

function Head({ column, sort, onSort, sortOff }) {
  const attributes = { role: 'columnheader', scope: 'col', class: column.class, style: column.width && { minWidth: column.width } };
  if (!column.sort)
    return html`<th ...${attributes}>${column.isTitleHidden ? html`<span class="only-read">${column.title}</span>` : column.title}</th>`;
  const isSorted = sort === column.sort || sort === `-${column.sort}`;
  const isDown = sort === `-${column.sort}`;
  if (sortOff)
    return html`<th ...${attributes}><button type="button" class="sort is-off" aria-disabled="true" title=${sortOff} aria-description=${sortOff}>
      ${column.title}</button></th>`;
  return html`<th ...${attributes} aria-sort=${isSorted ? (isDown ? 'descending' : 'ascending') : undefined}>
    <button type="button" class="sort" onClick=${() => onSort(isSorted && !isDown ? `-${column.sort}` : column.sort)}>
      ${column.title}<${Icon} name=${isDown ? 'sort-down' : 'sort-up'} /></button></th>`;
}

function Row({ row, columns, nameOf, expand, isOpen, toggle, classOf }) {
  const name = nameOf(row);
  return html`<${Fragment}>
    <tr role="row" class=${`${classOf?.(row) ?? ''} ${isOpen ? 'is-open' : ''}`}>
      ${expand && html`<td role="cell" class="expander">
        <button type="button" class="icon-button" aria-expanded=${isOpen} aria-label=${isOpen ? texts.table.collapse(name) : texts.table.expand(name)}
          onClick=${toggle}><${Icon} name="chevron-right" /></button></td>`}
      ${columns.map(column => html`<td role="cell" class=${column.class} data-title=${column.isTitleHidden ? '' : column.title}>
        <div>${column.cell(row)}</div></td>`)}
    </tr>
    ${isOpen && html`<tr role="row" class="expanded"><td role="cell" colspan=${columns.length + 1}>${expand(row)}</td></tr>`}
  <//>`;
}

/** Asks for more when the end of the table comes into sight; the button is for the keyboard and for who reads by ear. */
function More({ list }) {
  const end = useRef();
  const latest = useRef();
  latest.current = list.more;
  useEffect(() => {
    const watcher = new IntersectionObserver(entries => entries[0].isIntersecting && latest.current(), { rootMargin: '600px' });
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [list.rows.length]);
  return html`<div class="table-more" ref=${end}><${Button} isBusy=${list.isLoading} onClick=${list.more}>${texts.table.more}<//></div>`;
}

/**
 * list: of useList(). columns: [{ title, cell: row => ..., sort (the API's name of the order), class, width (at least), isTitleHidden }]. sort and onSort: the order now, and what
 * is called with another; sortOff: why it cannot be changed now. nameOf(row): what a row is called by ear. expand(row): what an open row shows; `open` and
 * onOpen hold the key of the one that is. On a narrow screen each row becomes a card, with the columns' titles beside their values. isDense: for
 * many columns. `empty` stands there when nothing is found.
 */
export function DataTable({ label, list, columns, sort, onSort, sortOff, nameOf, keyOf = row => row.id, expand, open, onOpen, classOf, isDense, empty }) {
  const isFirst = !list.isFresh && list.rows.length === 0;
  const isEmpty = list.isFresh && list.rows.length === 0;
  return html`<div class="table-frame">
    <table role="table" aria-label=${label} aria-busy=${list.isLoading} class=${`${isDense ? 'is-dense' : ''} ${list.isLoading && !isFirst ? 'is-loading' : ''}`}>
      <thead role="rowgroup"><tr role="row">
        ${expand && html`<th role="columnheader" scope="col" class="expander"><span class="only-read">${texts.table.details}</span></th>`}
        ${columns.map(column => html`<${Head} key=${column.title} column=${column} sort=${sort} onSort=${onSort} sortOff=${sortOff} />`)}
      </tr></thead>
      <tbody role="rowgroup">
        ${isFirst && !list.error && Array.from({ length: 8 }, (_, index) => html`<tr role="row" class="waiting" key=${`waiting ${index}`}>
          ${expand && html`<td role="cell" class="expander"></td>`}${columns.map(column => html`<td role="cell" class=${column.class}><span></span></td>`)}</tr>`)}
        ${list.rows.map(row => html`<${Row} key=${keyOf(row)} row=${row} columns=${columns} nameOf=${nameOf} expand=${expand} classOf=${classOf}
          isOpen=${Boolean(expand) && String(keyOf(row)) === String(open)}
          toggle=${() => onOpen(String(keyOf(row)) === String(open) ? '' : String(keyOf(row)))} />`)}
      </tbody>
    </table>
    <${Problem} error=${list.error} retry=${list.reload} />
    ${isEmpty && !list.error && empty}
    ${((isFirst && !list.error) || list.total !== undefined) && html`<div class="table-foot"><span role="status">
      ${!isFirst && texts.table.shown(list.rows.length, list.total, list.totalIsExact)}</span></div>`}
    ${list.hasMore && html`<${More} list=${list} />`}
  </div>`;
}
