// Who is signed in, and what they may do. What is hidden here is refused by the server as well; this only spares people the refusal.
import { api, returns, setCsrfToken, whenSessionEnds } from './api.js';
import { createStore } from './store.js';

/** state: 'starting', 'unreachable', 'signed out', 'signed in', or 'ended' (it was signed in, and the page behind stays). */
const session = createStore({ state: 'starting', who: null, pages: [], version: '' });

/** { state, who: { id, name, roles, permissions }, pages, version } */
export const useSession = () => session.use();

// As the SDK's Authorization.h has it.
const rolesThatMay = {
  read: ['administrator', 'partner', 'manager', 'viewer'],
  change: ['administrator', 'partner', 'manager'],
  override: ['administrator'],
  administer: ['administrator'],
  govern: ['administrator', 'partner'],
  operate: ['administrator', 'partner', 'manager'],
  audit: ['administrator', 'partner', 'manager', 'auditor'],
};

/** Whether the one who is signed in may do `action` in this organization. */
export function can(action, organizationId) {
  return (session.get().who?.roles ?? []).some(
    role => rolesThatMay[action].includes(role.role) &&
      (role.organizationId === null || role.organizationId === organizationId));
}

/** ... in some organization. */
export function canSomewhere(action) {
  return (session.get().who?.permissions ?? []).includes(`*:${action}`);
}

async function enter(current) {
  setCsrfToken(current.csrfToken);
  const [who, consoleOf] = await Promise.all([api.get('/whoami'), api.get('/console')]);
  // Somebody else than before must not find the page that the one before had open.
  const before = session.get();
  if (before.who && before.who.id !== who.id) location.assign('/console/');
  session.set({ state: 'signed in', who, pages: consoleOf.pages, version: consoleOf.version });
  if (before.state === 'ended') returns.set(returns.get() + 1);
}

/** Is there a session already? */
export async function begin() {
  try {
    await enter(await api.get('/sessions/current'));
  } catch (problem) {
    session.set({ ...session.get(), state: problem.status === 401 ? 'signed out' : 'unreachable' });
  }
}

export async function signIn(token) {
  await enter(await api.post('/sessions', { body: { token } }));
}

export async function signOut() {
  await api.remove('/sessions/current');
  location.assign('/console/'); // nothing that was shown stays in memory
}

/** The menu changes when a plugin comes or goes. */
export async function refreshPages() {
  const { pages, version } = await api.get('/console');
  session.set({ ...session.get(), pages, version });
}

whenSessionEnds.call = () => {
  if (session.get().state === 'signed in') session.set({ ...session.get(), state: 'ended' });
};
