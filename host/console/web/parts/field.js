import { useEffect, useId, useRef, useState } from '../vendor/preact-hooks.js';
import { html } from '../frame/html.js';
import { ApiProblem } from '../frame/api.js';
import { IconButton } from './button.js';
import { Icon } from './icon.js';
import { texts } from '../texts.js';

/**
 * Label, help and error around a control: `children(attributes)` draws it with the attributes that tie them together. `remedy` stands behind the error: a button
 * that puts it right.
 */
export function Field({ label, help, error, remedy, isRequired, isLabelHidden, children }) {
  const id = useId();
  const describedBy = [error && `${id}-error`, help && `${id}-help`].filter(Boolean).join(' ') || undefined;
  return html`<div class=${error ? 'field has-error' : 'field'}>
    <label for=${id} class=${isLabelHidden ? 'only-read' : ''}>${label}${isRequired && html` <i>${texts.required}</i>`}</label>
    ${children({ id, 'aria-describedby': describedBy, 'aria-invalid': error ? 'true' : undefined, required: isRequired })}
    <div class="field-error" id=${`${id}-error`} role="alert">${error && html`<${Icon} name="error" /><span>${error}</span>`}${error && remedy}</div>
    ${help && html`<div class="field-help" id=${`${id}-help`}>${help}</div>`}
  </div>`;
}

// What people type here is no business of the browser's memory, spelling services or password managers.
export const privately = { autocomplete: 'off', autocapitalize: 'off', autocorrect: false, spellcheck: false, 'data-1p-ignore': '', 'data-lpignore': 'true' };

// The attribute is for a dialog, which gives the focus to what has it when it opens.
function useFocusAtFirst(wanted) {
  const control = useRef();
  useEffect(() => { if (wanted) control.current?.focus(); }, []);
  return control;
}

/** A line of text. onInput gets the text. `isCode`: in the typeface of keys and addresses. Further attributes go to the input. */
export function TextField({ label, help, error, remedy, isRequired, isLabelHidden, value, onInput, isCode, autofocus, ...others }) {
  const control = useFocusAtFirst(autofocus);
  return html`<${Field} ...${{ label, help, error, remedy, isRequired, isLabelHidden }}>${attributes => html`
    <input ref=${control} type="text" class=${isCode ? 'is-code' : ''} value=${value} onInput=${event => onInput(event.target.value)}
      autofocus=${autofocus} ...${privately} ...${others} ...${attributes} />`}<//>`;
}

/** Several lines of text; otherwise as TextField. */
export function AreaField({ label, help, error, remedy, isRequired, value, onInput, isCode, autofocus, ...others }) {
  const control = useFocusAtFirst(autofocus);
  return html`<${Field} ...${{ label, help, error, remedy, isRequired }}>${attributes => html`
    <textarea ref=${control} class=${isCode ? 'is-code' : ''} value=${value} onInput=${event => onInput(event.target.value)}
      autofocus=${autofocus} ...${privately} ...${others} ...${attributes}></textarea>`}<//>`;
}

/** A secret: dots unless whoever types wants to see it. Not type=password, which browsers offer to keep. */
export function SecretField({ label, help, error, remedy, isRequired, value, onInput, autofocus, ...others }) {
  const [isShown, show] = useState(false);
  const control = useFocusAtFirst(autofocus);
  return html`<${Field} ...${{ label, help, error, remedy, isRequired }}>${attributes => html`<div class="with-button">
    <input ref=${control} type="text" class=${isShown ? 'is-code' : 'is-code is-hidden'} value=${value} onInput=${event => onInput(event.target.value)}
      autofocus=${autofocus} ...${privately} ...${others} ...${attributes} />
    <${IconButton} icon=${isShown ? 'hide' : 'show'} label=${isShown ? texts.hide : texts.show} aria-pressed=${isShown} onClick=${() => show(!isShown)} />
  </div>`}<//>`;
}

/** One of `options`: [{ value, text }]. */
export function SelectField({ label, help, error, remedy, isRequired, isLabelHidden, value, onInput, options, ...others }) {
  return html`<${Field} ...${{ label, help, error, remedy, isRequired, isLabelHidden }}>${attributes => html`
    <select value=${value} onChange=${event => onInput(event.target.value)} ...${others} ...${attributes}>
      ${options.map(option => html`<option key=${option.value} value=${option.value} selected=${option.value === value} disabled=${option.disabled}>${option.text}</option>`)}
    </select>`}<//>`;
}

/** Yes or no. onInput gets a boolean. */
export function CheckField({ label, help, value, onInput, ...others }) {
  const id = useId();
  return html`<div class="field is-check"><input type="checkbox" id=${id} checked=${value} aria-describedby=${help ? `${id}-help` : undefined}
      onChange=${event => onInput(event.target.checked)} ...${others} />
    <label for=${id}>${label}</label>${help && html`<div class="field-help" id=${`${id}-help`}>${help}</div>`}</div>`;
}

// Long enough for two key strokes of somebody who types fast, short enough to feel like nothing.
const pause = 120;

/** A search that answers while one types; onSearch gets the text when there was a moment's pause. '/' anywhere on the page goes to it. */
export function SearchField({ label, value, onSearch, placeholder }) {
  const [text, setText] = useState(value);
  const timer = useRef();
  const control = useRef();
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) setText(value); // the back button, not the keyboard
    sent.current = value;
  }, [value]);
  useEffect(() => {
    const keys = event => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || document.querySelector('dialog[open]')) return;
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName)) return;
      event.preventDefault();
      control.current.focus();
    };
    addEventListener('keydown', keys);
    return () => { removeEventListener('keydown', keys); clearTimeout(timer.current); };
  }, []);
  const send = next => {
    clearTimeout(timer.current);
    sent.current = next;
    onSearch(next);
  };
  const type = next => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => send(next), pause);
  };
  return html`<div class="search" role="search"><${Icon} name="search" />
    <input ref=${control} type="search" aria-label=${label} placeholder=${placeholder ?? label} value=${text} ...${privately}
      onInput=${event => type(event.target.value)} onKeyDown=${event => event.key === 'Enter' && send(text)} />
    ${text && html`<${IconButton} icon="close" label=${texts.clearSearch} onClick=${() => { setText(''); send(''); control.current.focus(); }} />`}
  </div>`;
}

/**
 * What a form holds: `values`, set(name, value), field(name) (value, onInput and error for a field of this name), submit(action, names) (a handler for onSubmit
 * or onClick; with `names` only these fields have to be right), problem, isBusy, refuse({ name: sentence }). `checks` maps names to (value, values) => sentence
 * or ''. A field is checked from the first change on; all of them before anything is sent. What the server says of a field is shown at that field.
 */
export function useForm(initial, checks = {}) {
  const [values, setValues] = useState(initial);
  const [touched, setTouched] = useState({});
  const [refused, setRefused] = useState({});
  const [state, setState] = useState({ isBusy: false, problem: null });
  const running = useRef(false);
  const set = (name, value) => {
    setValues(before => ({ ...before, [name]: value }));
    setTouched(before => ({ ...before, [name]: true }));
    setRefused(before => ({ ...before, [name]: undefined }));
  };
  const check = name => checks[name]?.(values[name] ?? '', values) ?? '';
  const field = name => ({
    value: values[name] ?? '',
    onInput: value => set(name, value),
    error: refused[name] || (touched[name] ? check(name) : '') || undefined,
  });
  const allowed = (names = Object.keys({ ...values, ...checks })) => {
    setTouched(before => ({ ...before, ...Object.fromEntries(names.map(name => [name, true])) }));
    return names.every(name => !check(name));
  };
  const submit = (action, names) => async event => {
    event?.preventDefault();
    const form = event?.currentTarget.closest('form');
    if (running.current) return;
    if (!allowed(names)) {
      requestAnimationFrame(() => form?.querySelector('[aria-invalid=true]')?.focus());
      return;
    }
    running.current = true;
    setState({ isBusy: true, problem: null });
    let problem = null;
    try {
      await action(values);
    } catch (error) {
      const named = (error instanceof ApiProblem ? error.errors : []).filter(each => each.field in values);
      setRefused(Object.fromEntries(named.map(each => [each.field, each.detail])));
      // What every field has said already need not be said again below.
      if (!named.length || named.length < error.errors.length) problem = error;
    }
    running.current = false;
    setState({ isBusy: false, problem });
  };
  return { values, set, field, submit, allowed, refuse: setRefused, ...state, clear: () => setState({ isBusy: false, problem: null }) };
}
