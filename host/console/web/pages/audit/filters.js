// What the log is narrowed to. All of it stands in the address.
import {
  Button, html, OrganizationSelect, SelectField, setQuery, TextField, useEffect, useMemo, useRef, useState,
} from '/console/assets/coffer.js';
import { texts } from './texts.js';

const { filters: words } = texts;
const milliseconds = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 };
const further = ['objectType', 'objectId', 'requestId'];
const plain = ['action', 'principal', 'result', 'organizationId', ...further]; // called as the API has them
const everyFilter = ['when', 'from', 'to', ...plain];
const pause = 250;

// To begin with; the API takes any, and with a * at the end what begins like it.
const actions = [
  'backup-credential.*', 'backup-credential.use', 'project.*', 'principal.*', 'principal.grant', 'organization.*',
  'token.*', 'robot.*', 'session.*', 'login.failed', 'key.*', 'plugin.*',
];
const objectTypes = ['backup-credential', 'project', 'principal', 'organization', 'robot', 'plugin', 'key'];

/** What the API is asked for. It stays the same object until the address, or `round`, changes. */
export function useFilters(address, round) {
  const { when, ...query } = address;
  const key = JSON.stringify([...everyFilter.map(name => address[name]), round]);
  return useMemo(() => ({
    ...Object.fromEntries(plain.map(name => [name, query[name]])),
    ...(when === 'between' ? { from: query.from, to: query.to } : {}),
    ...(milliseconds[when] ? { from: new Date(Date.now() - milliseconds[when]).toISOString() } : {}),
  }), [key]);
}

export const isFiltered = address => everyFilter.some(name => address[name]);
const clear = () => setQuery(Object.fromEntries(everyFilter.map(name => [name, ''])));

/** A text that goes to the address when there was a pause; what the back button brings comes back into it. */
function FilterText({ name, address, suggestions = [], ...others }) {
  const [text, setText] = useState(address[name] ?? '');
  const timer = useRef();
  const sent = useRef(address[name] ?? '');
  useEffect(() => {
    const now = address[name] ?? '';
    if (now !== sent.current) setText(now);
    sent.current = now;
  }, [address[name]]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = next => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      sent.current = next.trim();
      setQuery({ [name]: next.trim() }, { replace: true });
    }, pause);
  };
  const list = suggestions.length ? `suggestions-${name}` : undefined;
  return html`<div><${TextField} value=${text} onInput=${type} list=${list} ...${others} />
    ${list &&
      html`<datalist
        id=${list}>${suggestions.map(each => html`<option key=${each} value=${each} />`)}</datalist>`}</div>`;
}

// What a control for local time takes and gives, and what the API takes.
const toLocal = text => {
  const date = new Date(text ?? '');
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
const fromLocal = text => (text ? new Date(text).toISOString() : '');

function Between({ address }) {
  const field = (name, label) =>
    html`<${TextField} label=${label} type="datetime-local" value=${toLocal(address[name])}
    onInput=${value => setQuery({ [name]: fromLocal(value) }, { replace: true })} />`;
  return html`${field('from', words.from)}${field('to', words.to)}`;
}

/** Whether the rarer filters are shown: when one of them is set, and when somebody wants to set one. */
export function useMoreFilters(address) {
  const [isWanted, want] = useState(false);
  return [isWanted || further.some(name => address[name]), want];
}

export function Filters({ address, names, isMore }) {
  const choose = (name, options) =>
    html`<${SelectField} label=${words[name]} value=${address[name] ?? ''} options=${options}
    onInput=${value =>
      setQuery(name === 'when' && value !== 'between' ? { when: value, from: '', to: '' }
        : { [name]: value })} />`;
  return html`
    <div class="filters" role="search" aria-label=${words.label}>
      ${choose('when', Object.entries(words.whens).map(([value, text]) => ({ value, text })))}
      ${address.when === 'between' && html`<${Between} address=${address} />`}
      <${FilterText} name="action" address=${address} label=${words.action} placeholder=${words.anyAction}
        suggestions=${actions} />
      <${FilterText} name="principal" address=${address} label=${words.who} placeholder=${words.anybody}
        suggestions=${names} />
      ${choose('result',
        [{ value: '', text: words.anyResult },
          ...Object.entries(texts.results).map(([value, text]) => ({ value, text }))])}
      <${OrganizationSelect} isFilter isLabelHidden=${false} value=${address.organizationId ?? ''}
        onChange=${value => setQuery({ organizationId: value })} />
      ${isMore && html`
        <${FilterText} name="objectType" address=${address} label=${words.objectType}
          placeholder=${words.objectTypeHelp} suggestions=${objectTypes} />
        <${FilterText} name="objectId" address=${address} label=${words.objectId} />
        <${FilterText} name="requestId" address=${address} label=${words.requestId} isCode />`}
    </div>`;
}

export function FilterButtons({ address, isMore, showMore }) {
  return html`${isFiltered(address) &&
    html`<${Button} kind="quiet" icon="close" onClick=${clear}>${words.clear}<//>`}
    <${Button} kind="quiet" icon="filter" aria-expanded=${isMore}
      onClick=${() => showMore(!isMore)}>${isMore ? words.fewer : words.more}<//>`;
}
