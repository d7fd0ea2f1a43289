import { useEffect, useId, useRef, useState } from '../vendor/preact-hooks.js';
import { html } from '../frame/html.js';
import { Field, privately } from './field.js';
import { texts } from '../texts.js';

// What people have to replace by their own in a suggestion: https://<account-id>.example.com
const placeholder = /<[^<>]+>/;

/**
 * A line of text with suggestions below it (the editable combobox of the ARIA practices). Whoever uses it
 * decides which: `options`, [{ value, text, detail, isOff }], are those that fit what is typed now. onInput
 * gets what is typed; onChoose the chosen option, after onInput got its value. Arrows walk, Enter chooses,
 * Escape closes. A part of a chosen value in angle brackets is selected, to be typed over. `isLoading`: more
 * may come. One that `isOff` is shown, its `detail` says why, and cannot be chosen.
 */
export function Combobox({
  label, help, error, remedy, isRequired, isLabelHidden, value, onInput, onChoose, options, isLoading, isCode,
  noneText, ...others
}) {
  const [isOpen, open] = useState(false);
  const [at, setAt] = useState(-1);
  const control = useRef();
  const list = useRef();
  const id = useId();
  const active = isOpen && at >= 0 && at < options.length ? at : -1;
  useEffect(() => {
    if (active >= 0) list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  // In a dialog there may be less room below than the list needs: it scrolls.
  useEffect(() => { if (isOpen) list.current.scrollIntoView({ block: 'nearest' }); },
    [isOpen, options.length]);

  const close = () => {
    open(false);
    setAt(-1);
  };
  const choose = option => {
    if (option.isOff) return;
    onInput(option.value);
    onChoose?.(option);
    close();
    control.current.focus();
    const part = option.value.match(placeholder);
    if (part) requestAnimationFrame(() =>
      control.current?.setSelectionRange(part.index, part.index + part[0].length));
  };
  const walk = step => {
    open(true);
    if (!options.length) return;
    if (at < 0) setAt(step > 0 ? 0 : options.length - 1);
    else setAt((at + step + options.length) % options.length);
  };
  const keys = event => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      walk(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter' && active >= 0) {
      event.preventDefault(); // chooses; the form is not sent
      choose(options[active]);
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation(); // closes the list; the dialog stays
      close();
    } else if (event.key === 'Tab') close();
  };
  const option = (each, index) =>
    html`<li key=${each.value + each.text} id=${`${id}-${index}`} role="option"
      aria-selected=${index === active} aria-disabled=${each.isOff || undefined}
      class=${index === active ? 'is-active' : ''} onMouseDown=${event => event.preventDefault()}
      onClick=${() => choose(each)}>
    <bdi>${each.text}</bdi>${each.detail
      && html`<small class=${isCode ? 'is-code' : ''}><bdi>${each.detail}</bdi></small>`}</li>`;

  // While somebody looks for a suggestion, what is typed is not finished: nothing is wrong with it yet.
  return html`<${Field} ...${{ label, help, isRequired, isLabelHidden, error: isOpen ? undefined : error,
    remedy }}>${attributes => html`
    <div class="combobox">
      <input ref=${control} type="text" role="combobox" class=${isCode ? 'is-code' : ''} value=${value}
        aria-expanded=${isOpen} aria-autocomplete="list"
        aria-controls=${`${id}-list`} aria-activedescendant=${active >= 0 ? `${id}-${active}` : undefined}
        ...${privately} ...${others} ...${attributes}
        onInput=${event => { onInput(event.target.value); open(true); setAt(-1); }} onKeyDown=${keys}
        onClick=${() => open(true)} onBlur=${close} />
      <ul ref=${list} id=${`${id}-list`} role="listbox" aria-label=${texts.suggestions}
        hidden=${!isOpen || (!options.length && !isLoading && !noneText)}>
        ${options.map(option)}
        ${!options.length && html`<li class="soft" role="option" aria-disabled="true" aria-selected="false">
          ${isLoading ? texts.loading : noneText}</li>`}
      </ul>
    </div>`}<//>`;
}
