// The one way to the daemon. The session's cookie goes along by itself; what changes something carries the CSRF token.
import { createStore } from './store.js';

const base = '/api/v1';
// A probe of a slow endpoint answers within 15 s or so; what takes longer than this will not come.
const longestWait = 60_000;

/** What the daemon refused: an RFC 9457 problem. `body` holds its further members. */
export class ApiProblem extends Error {
  constructor(status, body, retryAfter) {
    super(body.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? 'unknown';
    this.title = this.message;
    this.detail = body.detail ?? '';
    this.errors = body.errors ?? [];
    this.requestId = body.requestId ?? '';
    this.retryAfter = retryAfter;
    this.body = body;
  }
}

/** The daemon did not answer. */
export class Unreachable extends Error {
  constructor() {
    super('The daemon cannot be reached');
  }
}

/** Whether the last request found the daemon. */
export const reachable = createStore(true);
/** Counts up when the daemon answers again, or knows again who is calling: what failed until then is worth another try. */
export const returns = createStore(0);
/** Called when the daemon says that it no longer knows who is calling. */
export const whenSessionEnds = { call: () => {} };
let csrfToken = '';
export function setCsrfToken(token) {
  csrfToken = token;
}

/** For a POST that may be sent again: the same key has its effect once. */
export function newIdempotencyKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

export function addressOf(path, query = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') parameters.set(name, value);
  const text = parameters.toString();
  return base + path + (text ? `?${text}` : '');
}

async function send(method, path, { query, body, ifMatch, idempotencyKey, accept = 'application/json', signal } = {}) {
  const headers = { Accept: accept };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  // With every request: a browser that sees a challenge for Basic would open a window of its own, and none is sent to who shows this header.
  headers['X-CSRF-Token'] = csrfToken || 'none';
  if (ifMatch !== undefined) headers['If-Match'] = `"${ifMatch}"`;
  if (idempotencyKey) headers['Idempotency-Key'] = idempotencyKey;
  const tooLong = AbortSignal.timeout(longestWait);
  try {
    const response = await fetch(addressOf(path, query), {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, tooLong]) : tooLong, cache: 'no-store',
    });
    const text = await response.text();
    if (!reachable.get()) returns.set(returns.get() + 1);
    reachable.set(true);
    return { response, text };
  } catch (error) {
    if (signal?.aborted) throw error; // whoever asked is gone
    reachable.set(false);
    throw new Unreachable();
  }
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null; // a proxy's page in place of an answer
  }
}

async function call(method, path, options) {
  const { response, text } = await send(method, path, options);
  if (response.ok && options?.accept) return text;
  const body = parsed(text);
  if (response.ok) return body;
  const problem = new ApiProblem(response.status, body ?? {}, Number(response.headers.get('Retry-After')) || undefined);
  const asksWho = problem.status === 401 && path !== '/sessions';
  if (asksWho) whenSessionEnds.call(problem);
  throw problem;
}

/**
 * Each gives the answer's body, or throws ApiProblem or Unreachable. Options: query (an object; empty values are left out), body, ifMatch (a
 * version), idempotencyKey, signal, accept (another type than JSON: the answer is its text). Paths are below /api/v1; parts of them that people write go through encodeURIComponent().
 */
export const api = {
  get: (path, options) => call('GET', path, options),
  post: (path, options) => call('POST', path, options),
  put: (path, options) => call('PUT', path, options),
  patch: (path, options) => call('PATCH', path, options),
  remove: (path, options) => call('DELETE', path, options),
  /** Where a link or download points. */
  address: addressOf,
};
