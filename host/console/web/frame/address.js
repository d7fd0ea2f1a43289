// The address bar holds what is shown: /console/<page>/<rest>?<query>. Back and forward work, and a view can be shared.
import { html } from './html.js';
import { createStore } from './store.js';

const base = '/console/';

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // not UTF-8: there is no such page, and the frame says so
  }
}

function current() {
  const [page = '', ...rest] = location.pathname.slice(base.length).split('/').map(decoded);
  return { page, rest: rest.join('/'), query: Object.fromEntries(new URLSearchParams(location.search)), href: location.href };
}

const address = createStore(current());
addEventListener('popstate', () => address.set(current()));

/** { page, rest, query (an object of texts) } */
export const useAddress = () => address.use();

/** Goes to an address of the console: '/console/projects?search=x'. */
export function go(href, { replace = false } = {}) {
  if (replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  address.set(current());
}

/** Changes some of the query; empty values go. `replace` for what should not be a step of the back button: typing. */
export function setQuery(changes, { replace = false } = {}) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes))
    if (value === undefined || value === null || value === '') query.delete(name);
    else query.set(name, value);
  const text = query.toString();
  go(location.pathname + (text ? `?${text}` : ''), { replace });
}

/** A link inside the console. */
export function Link({ href, children, ...others }) {
  const follow = event => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return html`<a href=${href} onClick=${follow} ...${others}>${children}</a>`;
}
