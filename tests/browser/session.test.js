import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, fitsItsWidth } from './support/accessibility.js';
import { eventually, inBrowser, signIn } from './support/browser.js';
import { startDaemon } from './support/daemon.js';
import { pictures } from './support/pictures.js';

const daemon = await startDaemon();
const acme = await daemon.addOrganization('Acme');
const viewer = await daemon.addPrincipal('Vera', 'viewer', acme);
const wrong = viewer.slice(0, -4) + 'AAAA';

const tokenField = page => page.getByLabel('Token', { exact: true });
const signInButton = page => page.getByRole('button', { name: 'Sign in' });
const signOutButton = page => page.getByRole('button', { name: 'Sign out' });
const menu = page => page.getByRole('navigation', { name: 'Pages' });

async function signInByHand(page, token) {
  await tokenField(page).fill(token);
  await signInButton(page).click();
}

/** Somebody comes back to the tab: the page asks the daemon what is new. */
const comeBack = page => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));

/** A token of the test's own, and how to revoke it. */
async function revocableToken(name) {
  const token = await daemon.addPrincipal(name, 'viewer', acme);
  const [{ id }] = (await daemon.as(token).get('/whoami/tokens')).items;
  return { token, revoke: () => daemon.as(token).remove(`/whoami/tokens/${id}`) };
}

test('who is not signed in is asked for a token, whatever page was asked for', inBrowser(daemon, async ({ page }) => {
  for (const address of ['/console/', '/console/audit?search=x', '/console/no/such/page']) {
    await page.goto(address);
    await page.getByRole('heading', { name: 'Sign in to coffer' }).waitFor();
    assert.equal(await menu(page).count(), 0);
  }
  await accessible(page);
  await pictures(page, 'sign-in');
}));

test('a wrong token is refused in words, beside the field', inBrowser(daemon, async ({ page }) => {
  await page.goto('/console/');
  await signInByHand(page, wrong);
  await page.getByText('This token is not valid').waitFor();
  assert.equal(await tokenField(page).getAttribute('aria-invalid'), 'true');
  assert.match(await tokenField(page).evaluate(field => field.getAttribute('aria-describedby').split(' ')
    .map(id => document.getElementById(id).textContent).join(' ')), /This token is not valid/);
  await accessible(page);
  await pictures(page, 'sign-in-refused');
}));

test('no token at all is asked for, and nothing is sent', inBrowser(daemon, async ({ page }) => {
  await page.goto('/console/');
  await tokenField(page).waitFor();
  let sent = 0;
  page.on('request', () => { ++sent; });
  await signInButton(page).click();
  await page.getByText('Paste your token.').waitFor();
  assert.equal(sent, 0);
}));

test('after a wrong token, the right one signs in', inBrowser(daemon, async ({ page }) => {
  await page.goto('/console/');
  await signInByHand(page, wrong);
  await page.getByText('This token is not valid').waitFor();
  await signInByHand(page, `  ${viewer}\n`); // as it was copied
  await menu(page).waitFor();
  await page.getByText('Vera').waitFor();
}));

test('signing in leads to the page that was asked for, with its query', inBrowser(daemon, async ({ page }) => {
  await page.goto('/console/projects?search=shop');
  await signInByHand(page, viewer);
  await menu(page).getByRole('link', { name: 'Projects', exact: true }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/console/projects');
  assert.equal(new URL(page.url()).searchParams.get('search'), 'shop');
}));

test('a reload keeps the session', inBrowser(daemon, async ({ page }) => {
  await page.goto('/console/');
  await signInByHand(page, viewer);
  await menu(page).waitFor();
  await page.reload();
  await menu(page).waitFor();
  assert.equal(await tokenField(page).count(), 0);
}));

test('signing out ends the session, and the way back shows nothing', inBrowser(daemon, async ({ page }) => {
  await page.goto('/console/');
  await signInByHand(page, viewer);
  await signOutButton(page).click();
  await tokenField(page).waitFor();
  const answer = await page.request.get('/api/v1/whoami');
  assert.equal(answer.status(), 401);
  await page.goBack();
  await tokenField(page).waitFor();
  assert.equal(await menu(page).count(), 0);
}));

test('signing out in one tab is noticed in the other', inBrowser(daemon, async ({ page, context }) => {
  await signIn(page, viewer);
  await page.goto('/console/');
  await menu(page).waitFor();
  const other = await context.newPage();
  await other.goto('/console/');
  await signOutButton(other).click();
  await tokenField(other).waitFor();
  await comeBack(page);
  await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
}));

test('a session whose token was revoked ends, and the page says so', inBrowser(daemon, async ({ page }) => {
  const { token, revoke } = await revocableToken('Ted');
  await signIn(page, token);
  await page.goto('/console/projects?search=shop');
  await menu(page).waitFor();
  await revoke();
  await comeBack(page);
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.waitFor();
  await accessible(page);
  await pictures(page, 'session-ended');
  await page.keyboard.press('Escape');
  assert.ok(await dialog.isVisible(), 'there is nothing behind it that could be used');
  await signInByHand(page, token);
  await page.getByText('This token is not valid').waitFor();
}));

test('who signs in where the session of somebody else ended does not find the page of the one before', inBrowser(daemon, async ({ page, context }) => {
  await signIn(page, daemon.token);
  await page.goto('/console/keys');
  await menu(page).waitFor();
  await context.clearCookies();
  await comeBack(page);
  await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
  await signInByHand(page, viewer);
  await page.waitForURL('**/console/backup-credentials'); // the first page: not the one that was open
  await page.getByText('Vera').waitFor();
  await menu(page).waitFor();
  assert.equal(await menu(page).getByRole('link', { name: 'Keys' }).count(), 0);
}));

test('signing in again goes on where the session ended', inBrowser(daemon, async ({ page, context }) => {
  await signIn(page, viewer);
  await page.goto('/console/projects');
  const search = page.getByRole('searchbox');
  await search.waitFor();
  await page.evaluate(() => { document.querySelector('main').dataset.asBefore = 'yes'; });
  await context.clearCookies();
  await search.fill('shop');
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.waitFor();
  await signInByHand(page, viewer);
  await dialog.waitFor({ state: 'hidden' });
  await eventually(() => assert.match(page.url(), /\/console\/projects\?.*search=shop/));
  assert.equal(await search.inputValue(), 'shop');
  assert.equal(await page.getByRole('main').getAttribute('data-as-before'), 'yes', 'it was not loaded anew');
  await eventually(async () => assert.equal(await page.getByRole('alert').getByRole('button').count(), 0, 'what was refused was asked again'));
}));

test('a daemon that stopped is said to be unreachable, and comes back by itself', inBrowser(daemon, async ({ page, expectFault }) => {
  expectFault(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
  await signIn(page, viewer);
  await page.goto('/console/projects');
  const search = page.getByRole('searchbox');
  await search.waitFor();
  const complaints = page.getByText('The daemon cannot be reached');
  await daemon.stop();
  try {
    await search.fill('shop');
    await page.getByRole('alert').filter({ has: complaints }).first().waitFor();
    await accessible(page);
    await pictures(page, 'unreachable');
  } finally {
    await daemon.start();
  }
  await eventually(async () => assert.equal(await complaints.count(), 0));
  assert.ok(await menu(page).isVisible(), 'the session goes on');
  assert.equal(await search.inputValue(), 'shop');
}));

test('a page whose module could not be fetched comes with the daemon', inBrowser(daemon, async ({ page, expectFault }) => {
  expectFault(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|Failed to fetch dynamically imported module/);
  await signIn(page, viewer);
  await page.goto('/console/backup-credentials');
  await page.getByRole('heading', { name: 'Backup credentials', exact: true }).waitFor();
  await daemon.stop();
  try {
    await menu(page).getByRole('link', { name: 'Projects' }).click();
    await page.getByText('This page could not be loaded').waitFor();
    await comeBack(page);
    await page.getByText('The daemon cannot be reached').waitFor();
  } finally {
    await daemon.start();
  }
  await page.getByRole('heading', { name: 'Projects', exact: true }).waitFor();
}));

test('a page that is opened while the API does not answer waits for it', inBrowser(daemon, async ({ page, expectFault }) => {
  expectFault(/ERR_FAILED/);
  await signIn(page, viewer);
  await page.route('**/api/**', route => route.abort());
  await page.goto('/console/projects');
  await page.getByRole('alert').filter({ hasText: 'The daemon cannot be reached' }).waitFor();
  await accessible(page);
  await page.unroute('**/api/**');
  await menu(page).waitFor();
}));

test('whatever /console/ serves forbids scripts of others', inBrowser(daemon, async ({ page }) => {
  await signIn(page, daemon.token);
  const served = [];
  page.on('response', response => {
    if (new URL(response.url()).pathname.startsWith('/console/')) served.push(response);
  });
  await page.goto('/console/');
  await menu(page).waitFor();
  assert.ok(served.length > 5);
  for (const response of served) {
    const policy = (await response.headerValue('content-security-policy')) ?? '';
    assert.match(policy, /default-src 'none'/, response.url());
    assert.doesNotMatch(policy, /unsafe-|\*|https?:/, response.url());
    assert.equal(await response.headerValue('x-content-type-options'), 'nosniff', response.url());
  }
}));

test('the session is out of reach of every script', inBrowser(daemon, async ({ page, context }) => {
  await page.goto('/console/');
  await signInByHand(page, viewer);
  await menu(page).waitFor();
  const cookies = await context.cookies();
  assert.equal(cookies.length, 1);
  const [{ value, httpOnly, sameSite }] = cookies;
  assert.deepEqual({ httpOnly, sameSite }, { httpOnly: true, sameSite: 'Strict' });
  const kept = await page.evaluate(async () => JSON.stringify([
    document.cookie, { ...localStorage }, { ...sessionStorage }, location.href, history.state, window.name,
    await indexedDB.databases(), await caches.keys(),
    [...document.querySelectorAll('input')].map(input => input.value), document.documentElement.outerHTML,
  ]));
  const { csrfToken } = await (await page.request.get('/api/v1/sessions/current')).json();
  for (const secret of [viewer, value, csrfToken]) assert.ok(!kept.includes(secret), kept);
}));

test('the token is hidden until it is asked for, and no password manager keeps it', inBrowser(daemon, async ({ page }) => {
  await page.goto('/console/');
  await tokenField(page).fill('something');
  const isHidden = () => tokenField(page).evaluate(
    field => field.type === 'password' || getComputedStyle(field).webkitTextSecurity !== 'none');
  assert.ok(await isHidden());
  assert.match(await tokenField(page).getAttribute('autocomplete'), /^(off|new-password|one-time-code)$/);
  await page.getByRole('button', { name: 'Show' }).click();
  assert.ok(!await isHidden());
  await page.getByRole('button', { name: 'Hide' }).click();
  assert.ok(await isHidden());
}));

test('the keyboard alone signs in and out', inBrowser(daemon, async ({ page }) => {
  await page.goto('/console/');
  await eventually(async () => assert.ok(await tokenField(page).evaluate(field => field === document.activeElement)));
  await page.keyboard.insertText(viewer);
  await page.keyboard.press('Enter');
  await menu(page).waitFor();
  await eventually(async () => {
    await page.keyboard.press('Tab');
    assert.ok(await signOutButton(page).evaluate(button => button === document.activeElement));
  });
  await page.keyboard.press('Enter');
  await tokenField(page).waitFor();
}));

test('on a telephone nothing is scrolled sideways', inBrowser(daemon, { width: 360 }, async ({ page }) => {
  await page.goto('/console/');
  await tokenField(page).waitFor();
  await fitsItsWidth(page);
  await signInByHand(page, wrong);
  await page.getByText('This token is not valid').waitFor();
  await fitsItsWidth(page);
  await signInByHand(page, viewer);
  await page.getByRole('button', { name: 'Open the menu' }).waitFor();
  await fitsItsWidth(page);
}));
