import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { accessible, fitsItsWidth } from './support/accessibility.js';
import { eventually, inBrowser, signIn } from './support/browser.js';
import { startDaemon } from './support/daemon.js';
import { pictures } from './support/pictures.js';
import { sourceFolder } from './support/places.js';

const daemon = await startDaemon([], ['mailboxes']);
const acme = await daemon.addOrganization('Acme');
const viewer = await daemon.addPrincipal('Vera', 'viewer', acme);

const menu = page => page.getByRole('navigation', { name: 'Pages' });
const entries = page => menu(page).getByRole('link').allInnerTexts();
const current = page => menu(page).getByRole('link').and(page.locator('[aria-current=page]'));
/** Light letters stand on something dark. */
const scheme = page => page.evaluate(() => {
  const [red, green, blue] = getComputedStyle(document.body).color.match(/[\d.]+/g).map(Number);
  return (red + green + blue) / 3 < 128 ? 'light' : 'dark';
});

async function open(page, token, address = '/console/') {
  await signIn(page, token);
  await page.goto(address);
}

const work = ['Backup credentials', 'Mailboxes', 'Projects']; // a third party's page stands where it wants to, by its order
for (const [role, organization, shown] of [
  ['viewer', acme, [...work, 'Organizations and access']],
  ['manager', acme, [...work, 'Audit log', 'Organizations and access', 'Rules']],
  ['partner', acme, [...work, 'Audit log', 'Organizations and access', 'Rules']],
  ['auditor', acme, ['Audit log', 'Organizations and access']],
  ['administrator', null, [...work, 'Audit log', 'Organizations and access', 'Plugins', 'Keys', 'Rules', 'Broken', 'Throws']],
])
  test(`the menu shows the ${role} what a ${role} may see`, inBrowser(daemon, async ({ page }) => {
    await open(page, await daemon.addPrincipal(`one ${role}`, role, organization));
    await menu(page).waitFor();
    assert.deepEqual(await entries(page), shown);
    await page.getByText(`one ${role}`).first().waitFor(); // the audit log may name them too
    await eventually(async () => assert.equal(await current(page).innerText(), shown[0], 'the first page opens by itself'));
  }));

test('who has several roles sees what any of them shows', inBrowser(daemon, async ({ page }) => {
  const token = await daemon.addPrincipal('Both', 'viewer', acme);
  const { id } = await daemon.as(token).get('/whoami');
  await daemon.api.post(`/principals/${id}/roles`, { role: 'auditor', organizationId: acme });
  await open(page, token);
  await menu(page).waitFor();
  assert.deepEqual(await entries(page), [...work, 'Audit log', 'Organizations and access']);
}));

test('who has no role is told whom to ask', inBrowser(daemon, async ({ page }) => {
  const { id } = await daemon.api.post('/principals', { name: 'Nora' });
  const { token } = await daemon.api.post(`/principals/${id}/tokens`, { name: 'test' });
  await open(page, token);
  await page.getByText('Nothing here for you yet').waitFor();
  await accessible(page);
}));

test('a page that is not there, or not for this role, is said to be missing, with a way on', inBrowser(daemon, async ({ page }) => {
  await open(page, viewer, '/console/no-such-page');
  for (const address of ['/console/no-such-page', '/console/keys', '/console/<script>alert(1)</script>']) {
    await page.goto(address);
    await page.getByText('There is no such page').waitFor();
  }
  await accessible(page);
  await pictures(page, 'no-such-page');
  await page.getByRole('link', { name: 'To the first page' }).click();
  await eventually(async () => assert.equal(await current(page).innerText(), 'Backup credentials'));
}));

test('an address that cannot be decoded is a missing page too', inBrowser(daemon, async ({ page }) => {
  await open(page, viewer, '/console/%E0%A4');
  await page.getByText('There is no such page').waitFor();
}));

test('the menu, the address, the title and the back button agree', inBrowser(daemon, async ({ page }) => {
  await open(page, viewer);
  const isAt = (path, title) => eventually(async () => {
    assert.equal(new URL(page.url()).pathname, path);
    assert.equal(await current(page).innerText(), title);
    assert.match(await page.title(), new RegExp(`^${title}`));
  });
  await isAt('/console/backup-credentials', 'Backup credentials');
  await menu(page).getByRole('link', { name: 'Projects' }).click();
  await isAt('/console/projects', 'Projects');
  await page.goBack();
  await isAt('/console/backup-credentials', 'Backup credentials');
  await page.goForward();
  await isAt('/console/projects', 'Projects');
  await page.reload();
  await isAt('/console/projects', 'Projects');
}));

test('the way to the content is the first stop of the keyboard', inBrowser(daemon, async ({ page }) => {
  await open(page, viewer);
  await menu(page).waitFor();
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await eventually(async () => assert.ok(await skip.evaluate(link => link === document.activeElement)));
  assert.ok(await skip.isVisible());
  await page.keyboard.press('Enter');
  await eventually(async () => assert.ok(await page.getByRole('main').evaluate(main => main === document.activeElement)));
  const before = page.url();
  await page.keyboard.press('Shift+Tab'); // the last stop before it is in the menu
  assert.equal(page.url(), before);
}));

test('the menu is walked with the keyboard', inBrowser(daemon, async ({ page }) => {
  await open(page, viewer);
  const projects = menu(page).getByRole('link', { name: 'Projects' });
  await projects.waitFor();
  await eventually(async () => {
    await page.keyboard.press('Tab');
    assert.ok(await projects.evaluate(link => link === document.activeElement));
  });
  await page.keyboard.press('Enter');
  await eventually(async () => assert.equal(await current(page).innerText(), 'Projects'));
}));

test('the frame is accessible, light and dark, wide and narrow', inBrowser(daemon, async ({ page }) => {
  await open(page, daemon.token);
  await menu(page).waitFor();
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await accessible(page);
  }
  await pictures(page, 'frame');
}));

test('on a telephone the menu waits behind a button', inBrowser(daemon, { width: 360, height: 740 }, async ({ page }) => {
  await open(page, daemon.token);
  const openMenu = page.getByRole('button', { name: 'Open the menu' });
  await openMenu.waitFor();
  assert.equal(await menu(page).getByRole('link', { name: 'Projects' }).isVisible(), false);
  await fitsItsWidth(page);
  await openMenu.click();
  await menu(page).getByRole('link', { name: 'Projects' }).waitFor();
  await fitsItsWidth(page);
  await accessible(page);
  await page.keyboard.press('Escape');
  await menu(page).getByRole('link', { name: 'Projects' }).waitFor({ state: 'hidden' });
  await openMenu.click();
  await menu(page).getByRole('link', { name: 'Projects' }).click();
  await eventually(() => assert.match(page.url(), /\/console\/projects$/));
  await menu(page).getByRole('link', { name: 'Projects' }).waitFor({ state: 'hidden' });
}));

test('colours are those of the system, until others are chosen, and stay chosen', inBrowser(daemon, async ({ page }) => {
  await open(page, viewer);
  const colours = page.getByRole('button', { name: /^Colours/ });
  await colours.waitFor();
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    await eventually(async () => assert.equal(await scheme(page), colorScheme));
  }
  await eventually(async () => {
    await colours.click();
    assert.equal(await colours.getAttribute('aria-label'), 'Colours: dark');
  });
  await eventually(async () => assert.equal(await scheme(page), 'dark'));
  await page.reload();
  await colours.waitFor();
  await eventually(async () => assert.equal(await scheme(page), 'dark'));
}));

test('a name is shown as it was written, whatever it looks like', inBrowser(daemon, async ({ page }) => {
  for (const name of ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '"\'&amp;</bdi>', '🦊🗝️ キー', 'شركة', '漢'.repeat(30)]) {
    await page.context().clearCookies();
    await open(page, await daemon.addPrincipal(name, 'viewer', acme));
    await page.getByText(name, { exact: true }).waitFor();
    await fitsItsWidth(page);
  }
}));

test('a plugin that is disabled leaves the menu, and comes back', inBrowser(daemon, async ({ page }) => {
  await open(page, daemon.token, '/console/plugins');
  await menu(page).getByRole('link', { name: 'Projects' }).waitFor();
  const comeBack = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await daemon.api.post('/plugins/projects/disable');
  try {
    await comeBack();
    await menu(page).getByRole('link', { name: 'Projects' }).waitFor({ state: 'detached' });
    await page.goto('/console/projects');
    await page.getByText('There is no such page').waitFor();
  } finally {
    await daemon.api.post('/plugins/projects/enable');
  }
  await comeBack();
  await menu(page).getByRole('link', { name: 'Projects' }).waitFor();
}));

test('a page that cannot be fetched says so, and another try brings it', inBrowser(daemon, async ({ page, expectFault }) => {
  expectFault(/ERR_FAILED/);
  await signIn(page, viewer);
  await page.route('**/projects/page.js*', route => route.abort());
  await page.goto('/console/projects');
  await page.getByText('This page could not be loaded').waitFor();
  await accessible(page);
  await page.unroute('**/projects/page.js*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('This page could not be loaded').waitFor({ state: 'hidden' });
}));

test('a third party’s page works beside ours, with the parts that ours are made of', inBrowser(daemon, async ({ page }) => {
  await open(page, viewer);
  await menu(page).getByRole('link', { name: 'Mailboxes' }).click();
  await page.getByRole('heading', { name: 'Mailboxes' }).waitFor();
  await page.getByText('First: <b>post@example.org</b>').waitFor();
  assert.match(await page.title(), /^Mailboxes/);
  await page.getByRole('link', { name: 'Further in' }).click();
  await page.getByText('Rest: a b/c').waitFor();
  await page.reload();
  await page.getByText('Rest: a b/c').waitFor();
  await accessible(page);
  await pictures(page, 'third-party');
}));

test('the guide shows the very page that is tried here', () => {
  const read = name => fs.readFileSync(path.join(sourceFolder, name), 'utf8');
  assert.ok(read('sdk/docs/CONSOLE.md').includes(read('tests/browser/mailboxes/console/page.js')));
});

test('a page that comes late does not take the place of the one that was asked for after it', inBrowser(daemon, async ({ page }) => {
  let release;
  const released = new Promise(resolve => { release = resolve; });
  await page.route('**/backup-credentials/page.js', async route => {
    await released;
    await route.continue();
  });
  await open(page, viewer);
  await menu(page).getByRole('link', { name: 'Mailboxes' }).click();
  await page.getByRole('heading', { name: 'Mailboxes' }).waitFor();
  const late = page.waitForResponse('**/backup-credentials/*.js');
  release();
  await (await late).finished();
  await page.waitForFunction(() => import('/console/plugin-assets/backup-credentials/page.js').then(() => true));
  await page.getByRole('heading', { name: 'Mailboxes' }).waitFor();
}));

test('a page that breaks leaves the frame and the other pages standing', inBrowser(daemon, async ({ page, expectFault }) => {
  expectFault(/on purpose/);
  for (const name of ['broken', 'throws']) {
    await open(page, daemon.token, `/console/mailboxes-${name}`);
    await page.getByText('This page could not be loaded').waitFor();
    await page.getByText(`${name} on purpose`).waitFor();
    await menu(page).getByRole('link', { name: 'Mailboxes' }).click();
    await page.getByText('First: ').waitFor();
  }
}));
