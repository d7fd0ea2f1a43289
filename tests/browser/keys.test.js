import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, fitsItsWidth } from './support/accessibility.js';
import { inBrowser, signIn } from './support/browser.js';
import { startDaemon } from './support/daemon.js';
import { gateway } from './support/gateway.js';
import { pictures } from './support/pictures.js';
import { seedCredentials } from './support/seed.js';

async function open(page, daemon, token = daemon.token) {
  await signIn(page, token);
  await page.goto('/console/keys');
  await page.getByRole('heading', { name: 'Keys' }).waitFor();
}
const press = (where, name) => where.getByRole('button', { name, exact: true }).click();
const dialog = page => page.getByRole('dialog');
const next = page => page.getByRole('listitem').and(page.locator('[aria-current=step]'));
const version = (page, number) => page.getByRole('row').filter({ hasText: `Version ${number}` });

const daemon = await startDaemon();
const acme = await daemon.addOrganization('Acme');
const manager = await daemon.addPrincipal('Manfred', 'manager', acme);
const { id } = await gateway.addCredential(daemon, acme, 'nightly');

test('the data key is changed in three steps, each of which leads to the next', inBrowser(daemon, async ({ page }) => {
  await open(page, daemon);
  await page.getByText((await daemon.api.get('/keys')).keyEncryptionKeyId).waitFor();
  await next(page).getByText('1. Rotate').waitFor();
  await page.getByText('No old version is left.').waitFor();
  await accessible(page);
  await pictures(page, 'keys');

  await press(page, 'Rotate');
  await dialog(page).getByText('Version 1 seals what is stored now.').waitFor();
  await press(dialog(page), 'Rotate');
  await next(page).getByText('2. Rewrap').waitFor();
  await version(page, 1).getByText('Old', { exact: true }).waitFor();
  await page.getByText('An old version still seals secrets: rewrap first.').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Destroy/ }).count(), 0);

  await press(page, 'Rewrap');
  await dialog(page).getByText('1 secret lie').waitFor();
  await press(dialog(page), 'Rewrap');
  await next(page).getByText('3. Destroy the old version').waitFor();
  await page.getByText('Sealed again under version 2: 1 secret').waitFor();
  await accessible(page);
  await pictures(page, 'keys-rewrapped');

  await press(page, 'Destroy version 1');
  await dialog(page).getByText('can never be opened again').waitFor();
  await press(dialog(page), 'Destroy version 1');
  await page.getByText('Type the version’s number: 1.').waitFor();
  assert.equal((await daemon.api.get('/keys')).versions[0].state, 'retiring');
  await accessible(page);
  await pictures(page, 'keys-destroy');
  await dialog(page).getByLabel('Type 1 to confirm').fill('1');
  await press(dialog(page), 'Destroy version 1');
  await version(page, 1).getByText('Destroyed', { exact: true }).waitFor();
  await next(page).getByText('1. Rotate').waitFor();
  const { validation } = await daemon.api.post(`/backup-credentials/${id}/probe`);
  assert.ok(validation === undefined || validation.state !== 'failing'); // the secret opens under the new version
}));

test('a version that somebody else destroyed meanwhile is said to be gone', inBrowser(daemon, async ({ page }) => {
  await daemon.api.post('/keys/rotate');
  await daemon.api.post('/keys/rewrap');
  await open(page, daemon);
  await press(page, 'Destroy version 2');
  await daemon.api.remove('/keys/2');
  await dialog(page).getByLabel('Type 2 to confirm').fill('2');
  await press(dialog(page), 'Destroy version 2');
  await dialog(page).getByText('The key version is retired already').waitFor();
}));

test('who does not administer has no page of keys', inBrowser(daemon, async ({ page }) => {
  await signIn(page, manager);
  await page.goto('/console/keys');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
}));

test('on a telephone the steps stand below each other', inBrowser(daemon, { width: 360 }, async ({ page }) => {
  await open(page, daemon);
  await page.getByText('3. Destroy the old version').waitFor();
  await fitsItsWidth(page);
  await accessible(page);
}));

const damaged = await startDaemon();
await seedCredentials(damaged, [await damaged.addOrganization('Acme')], 20_000); // their secrets do not open

test('a rewrap shows how far it is, and what it means that a secret did not open', inBrowser(damaged, async ({ page }) => {
  await damaged.api.post('/keys/rotate');
  await open(page, damaged);
  let isSeen = false; // until then it runs, however fast the daemon is
  await page.route('**/api/v1/keys', async route => {
    const response = await route.fetch();
    const keys = await response.json();
    if (keys.rewrap && !isSeen) keys.rewrap.running = true;
    await route.fulfill({ response, json: keys });
  });
  await press(page, 'Rewrap');
  await press(dialog(page), 'Rewrap');
  await page.getByRole('progressbar').waitFor();
  isSeen = true;
  await page.getByText(/secrets did not open/).waitFor();
  await page.getByText('and that version cannot be destroyed').waitFor();
  await accessible(page);
  await pictures(page, 'keys-failed');
}));
