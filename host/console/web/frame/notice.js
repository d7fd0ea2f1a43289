// Short messages that something was done. What failed stands where it was asked for, and stays.
import { html } from './html.js';
import { createStore } from './store.js';
import { Icon } from '../parts/icon.js';
import { IconButton } from '../parts/button.js';

const shownFor = 6000;
const notices = createStore([]);
let last = 0;

const dismiss = id => notices.set(notices.get().filter(notice => notice.id !== id));

/** kind: 'success', 'information' or 'warning'. */
export function notify(text, kind = 'success') {
  const id = ++last;
  notices.set([...notices.get().slice(-2), { id, text, kind }]);
  setTimeout(() => dismiss(id), shownFor);
}

export function Notices() {
  return html`<div class="notices" role="status" aria-live="polite">
    ${notices.use().map(notice => html`<div key=${notice.id} class=${`notice is-${notice.kind}`}>
      <${Icon} name=${notice.kind} /><span>${notice.text}</span>
      <${IconButton} icon="close" label="Dismiss" onClick=${() => dismiss(notice.id)} />
    </div>`)}
  </div>`;
}
