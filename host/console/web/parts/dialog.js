import { useEffect, useId, useRef } from '../vendor/preact-hooks.js';
import { html } from '../frame/html.js';
import { Button, IconButton } from './button.js';
import { Problem, useTask } from './problem.js';
import { texts } from '../texts.js';

/**
 * Over the page; the browser keeps the keyboard inside, and gives the focus back afterwards. Escape and the cross call onClose, unless isClosable is
 * false. `actions` stand at its foot; a form puts its own there by wrapping the dialog's children.
 */
export function Dialog({ title, onClose, actions, isClosable = true, isWide = false, children }) {
  const dialog = useRef();
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  const cancel = event => {
    event.preventDefault();
    if (isClosable) onClose?.();
  };
  // Chromium closes at the second Escape whatever cancel says.
  const keys = event => event.key === 'Escape' && cancel(event);
  return html`<dialog ref=${dialog} class=${isWide ? 'is-wide' : ''} aria-labelledby=${heading} onCancel=${cancel} onKeyDown=${keys}>
    <div class="dialog-head"><h2 id=${heading}>${title}</h2>
      ${isClosable && html`<${IconButton} icon="close" label=${texts.close} onClick=${onClose} />`}</div>
    <div class="dialog-body">${children}</div>
    ${actions && html`<div class="dialog-foot">${actions}</div>`}
  </dialog>`;
}

/** Asks before something is done. `act` may throw: the dialog stays and says why; `explain(error)` may show more than the problem's own words. */
export function Confirm({ title, action, kind = 'primary', act, onClose, explain, children }) {
  const task = useTask(async () => {
    await act();
    onClose();
  });
  const foot = html`<${Button} onClick=${onClose}>${texts.cancel}<//>
    <${Button} kind=${kind} isBusy=${task.isBusy} onClick=${task.run}>${action}<//>`;
  return html`<${Dialog} title=${title} onClose=${onClose} actions=${foot}>
    ${children}
    ${task.error && (explain?.(task.error) ?? html`<${Problem} error=${task.error} />`)}
  <//>`;
}

/** The foot of a form in a dialog: what went wrong, Cancel, and the button that sends it. `form` is of useForm(). */
export function FormFoot({ form, action, kind = 'primary', onClose }) {
  return html`<${Problem} error=${form.problem} />
    <div class="form-foot"><${Button} onClick=${onClose}>${texts.cancel}<//>
      <${Button} kind=${kind} type="submit" isBusy=${form.isBusy}>${action}<//></div>`;
}
