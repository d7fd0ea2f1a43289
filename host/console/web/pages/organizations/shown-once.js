import { Button, Copy, Dialog, html, Icon } from '/console/assets/coffer.js';
import { texts } from './texts.js';

const words = texts.shownOnce;

/**
 * Secrets that nobody can show again: values: [[what, text], ...]. Closed by nothing but saying that it is
 * stored; whoever opened it forgets them then.
 */
export function ShownOnce({ title, values, onClose, children }) {
  const foot = html`<${Button} kind="primary" icon="check" onClick=${onClose}>${words.stored}<//>`;
  return html`<${Dialog} title=${title} isClosable=${false} actions=${foot}>
    <div class="problem is-warning"><${Icon} name="warning" /><div>${children}</div></div>
    ${values.map(([what, text]) => html`<div class="shown-once" key=${what}>
      <span class="soft">${what}</span>
      <div><code>${text}</code><${Copy} text=${text} label=${words.copy(what)} /></div></div>`)}
  <//>`;
}
