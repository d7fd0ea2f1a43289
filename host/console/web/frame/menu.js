import { useState } from '../vendor/preact-hooks.js';
import { Link, useAddress } from './address.js';
import { html } from './html.js';
import { signOut, useSession } from './session.js';
import { IconButton, Button } from '../parts/button.js';
import { Icon } from '../parts/icon.js';
import { useTask } from '../parts/problem.js';
import { texts } from '../texts.js';

const themes = ['system', 'light', 'dark'];
const iconOfTheme = { system: 'monitor', light: 'sun', dark: 'moon' };

function ThemeButton() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme);
  const next = () => {
    const chosen = themes[(themes.indexOf(theme) + 1) % themes.length];
    localStorage.setItem('coffer-theme', chosen);
    document.documentElement.dataset.theme = chosen;
    setTheme(chosen);
  };
  return html`<${IconButton} icon=${iconOfTheme[theme]} label=${texts.menu.theme[theme]} onClick=${next} />`;
}

function Who() {
  const { who, version } = useSession();
  const leaving = useTask(signOut);
  const roles = [...new Set(who.roles.map(role => (role.organizationName ? `${role.role}, ${role.organizationName}` : role.role)))];
  return html`<div class="who">
    <div class="who-name"><b><bdi>${who.name}</bdi></b><span title=${roles.join('; ')}><bdi>${roles[0] ?? ''}${roles.length > 1 ? ` +${roles.length - 1}` : ''}</bdi></span></div>
    <div class="who-actions">
      <${ThemeButton} />
      <${IconButton} icon="sign-out" label=${texts.menu.signOut} onClick=${leaving.run} />
    </div>
    <small>${texts.menu.version(version)}</small>
  </div>`;
}

/** At the side of a wide screen; behind a button on a narrow one. */
export function Menu({ isOpen, open }) {
  const { pages } = useSession();
  const { page } = useAddress();
  const closeOnEscape = event => event.key === 'Escape' && open(false);
  return html`
    <header class="top" onKeyDown=${closeOnEscape}>
      <${Button} kind="quiet" icon="menu" aria-expanded=${isOpen} aria-controls="menu" aria-label=${isOpen ? texts.menu.close : texts.menu.open}
        onClick=${() => open(!isOpen)} />
      <span class="product">${texts.product}</span>
    </header>
    <div id="menu" class=${isOpen ? 'menu is-open' : 'menu'} onKeyDown=${closeOnEscape}>
      <div class="product"><img src="/console/assets/coffer.svg" alt="" width="26" height="26" />${texts.product}</div>
      <nav aria-label=${texts.menu.label}>
        <ul>${pages.map(each => html`<li key=${each.path}>
          <${Link} href=${`/console/${each.path}`} aria-current=${each.path === page ? 'page' : undefined}>
            <${Icon} name=${each.icon} /><span>${each.title}</span><//></li>`)}</ul>
      </nav>
      <${Who} />
    </div>
    ${isOpen && html`<div class="menu-shade" onClick=${() => open(false)}></div>`}`;
}
