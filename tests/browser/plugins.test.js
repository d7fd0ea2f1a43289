import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { accessible, fitsItsWidth } from './support/accessibility.js';
import { inBrowser, signIn } from './support/browser.js';
import { startDaemon } from './support/daemon.js';
import { pictures } from './support/pictures.js';
import { buildFolder } from './support/places.js';

const daemon = await startDaemon();
const manager = await daemon.addPrincipal('Manfred', 'manager', await daemon.addOrganization('Acme'));

async function open(page, token = daemon.token) {
  await signIn(page, token);
  await page.goto('/console/plugins');
  await page.getByRole('heading', { name: 'Plugins' }).waitFor();
}
const card = (page, name) => page.getByRole('article', { name, exact: true });
const press = (where, name) => where.getByRole('button', { name, exact: true }).click();
const dialog = page => page.getByRole('dialog');
const inMenu = (page, title) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: title, exact: true });

test('a plugin says how it is, what it is, and what it registered', inBrowser(daemon, async ({ page }) => {
  await open(page);
  const shown = card(page, 'backup-credentials');
  await shown.getByText('Running').waitFor();
  await shown.getByText('Healthy').waitFor();
  const { sha256, version, sdkVersion, registered } = await daemon.api.get('/plugins/backup-credentials');
  for (const text of [sha256, version, sdkVersion, 'background probes'])
    await shown.getByText(text, { exact: true }).first().waitFor();
  await shown.getByRole('button', { name: 'Copy the hash' }).waitFor();
  await shown.getByText(`${registered.routes.length} routes`).click();
  await shown.getByText(registered.routes[0], { exact: true }).waitFor();
  await accessible(page);
  await pictures(page, 'plugins');
}));

test('who disables a plugin is told what stops working, and its page leaves the menu', inBrowser(daemon, async ({ page }) => {
  await open(page);
  await inMenu(page, 'Projects').waitFor();
  await press(card(page, 'backup-credentials'), 'Disable');
  await dialog(page).getByText('These plugins need it, and find it gone: projects.').waitFor();
  await dialog(page).getByText('It stays disabled over restarts').waitFor();
  await accessible(page);
  await pictures(page, 'plugin-disable');
  await press(dialog(page), 'Cancel');

  await press(card(page, 'projects'), 'Disable');
  await press(dialog(page), 'Disable');
  await card(page, 'projects').getByText('Disabled by administrator. It stays so after a restart.').waitFor();
  await inMenu(page, 'Projects').waitFor({ state: 'hidden' });
  await assert.rejects(daemon.api.get('/projects'), { status: 503 });
  await accessible(page);

  await daemon.stop();
  await daemon.start();
  await page.reload();
  await press(card(page, 'projects'), 'Enable');
  await press(dialog(page), 'Enable');
  await card(page, 'projects').getByText('Running').waitFor();
  await inMenu(page, 'Projects').waitFor();
  await daemon.api.get('/projects');
}));

test('what somebody else did meanwhile is refused in words', inBrowser(daemon, async ({ page }) => {
  await open(page);
  await press(card(page, 'projects'), 'Disable');
  await daemon.api.post('/plugins/projects/disable');
  await press(dialog(page), 'Disable');
  await dialog(page).getByRole('alert').getByText('disabled').first().waitFor();
  await press(dialog(page), 'Cancel');
  await press(card(page, 'projects'), 'Enable'); // how it stands now is shown behind
  await press(dialog(page), 'Enable');
  await card(page, 'projects').getByText('Running').waitFor();
}));

test('who does not administer has no page of plugins', inBrowser(daemon, async ({ page }) => {
  await signIn(page, manager);
  await page.goto('/console/plugins');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
}));

test('on a telephone all of it can be read', inBrowser(daemon, { width: 360 }, async ({ page }) => {
  await open(page);
  await card(page, 'projects').waitFor();
  await fitsItsWidth(page);
  await accessible(page);
}));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coffer-plugins.'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
fs.copyFileSync(path.join(buildFolder, 'lib/coffer/plugins/backup-credentials.so'), path.join(folder, 'backup-credentials.so'));
fs.writeFileSync(path.join(folder, 'projects.so'), 'not a library');
const broken = await startDaemon([`--plugins.directory=${folder}`]);

test('a plugin in quarantine says why, and what to do', inBrowser(broken, async ({ page }) => {
  await open(page, broken.token);
  const shown = card(page, 'projects');
  await shown.getByText('Quarantined').waitFor();
  await shown.getByText(/is too short for a shared library; install the plugin again/).waitFor();
  await shown.getByText('restart the daemon, which tries again').waitFor();
  assert.equal(await shown.getByRole('button', { name: /^(Enable|Disable)$/ }).count(), 0);
  await accessible(page);
  await pictures(page, 'plugin-quarantined');
}));
