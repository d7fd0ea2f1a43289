import { useState } from '../vendor/preact-hooks.js';
import { html } from '../frame/html.js';
import { Button, IconButton } from './button.js';
import { texts } from '../texts.js';

// The clipboard's own interface is there on https and loopback only; the older way works on plain http too.
async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

/** A button that copies `text`. `isIcon`: small, for beside a value; `label` should say of what then. */
export function Copy({ text, label = texts.copy, isIcon = false }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  if (isIcon) return html`<${IconButton} icon=${isCopied ? 'check' : 'copy'} label=${isCopied ? texts.copied : label} onClick=${copy} />`;
  return html`<${Button} icon=${isCopied ? 'check' : 'copy'} onClick=${copy} aria-live="polite">${isCopied ? texts.copied : label}<//>`;
}

/** A value in the typeface of keys and addresses, with a small button that copies it; `label` says what is copied. */
export function CopyValue({ text, label }) {
  return html`<span class="with-copy"><code>${text}</code><${Copy} isIcon text=${text} label=${label} /></span>`;
}
