import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, fitsItsWidth } from './support/accessibility.js';
import { eventually, inBrowser, signIn } from './support/browser.js';
import { startDaemon } from './support/daemon.js';
import { gateway } from './support/gateway.js';
import { pictures } from './support/pictures.js';

const daemon = await startDaemon();
const acme = await daemon.addOrganization('Acme');
const globex = await daemon.addOrganization('Globex');
const partner = await daemon.addPrincipal('Paula', 'partner', acme);
const manager = await daemon.addPrincipal('Manfred', 'manager', acme);
await daemon.addPrincipal('Gert', 'viewer', globex);

async function open(page, view = '', token = daemon.token) {
  await signIn(page, token);
  await page.goto(`/console/organizations${view}`);
  await page.getByRole('heading', { name: 'Organizations and access' }).waitFor();
}
const rowOf = (page, name) => page.getByRole('row').filter({ hasText: name }).first();
const press = (where, name) => where.getByRole('button', { name, exact: true }).click();
const dialog = page => page.getByRole('dialog');
/** ... of the dialog that is open. */
const field = (page, label) => dialog(page).getByLabel(new RegExp(`^${label}( required)?$`));
const openRow = (page, name) => rowOf(page, name).getByRole('button', { name: `Show details of ${name}` }).click();
const person = async name => (await daemon.api.get('/principals?limit=500')).items.find(each => each.name === name);
/** What is shown once; it is gone from the page afterwards. */
const shownSecret = page => dialog(page).locator('code').last().innerText();

test('an organization is added and renamed', inBrowser(daemon, async ({ page }) => {
  await open(page);
  await press(page, 'Add organization');
  await press(dialog(page), 'Add organization');
  await page.getByText('A name has at least 3 characters.').waitFor();
  await field(page, 'Name').fill('Initech');
  await press(dialog(page), 'Add organization');
  await press(rowOf(page, 'Initech'), 'Rename');
  await field(page, 'Name').fill('Initrode');
  await press(dialog(page), 'Save the name');
  await rowOf(page, 'Initrode').waitFor();
  assert.equal((await daemon.api.get('/organizations')).items.filter(each => each.name === 'Initrode').length, 1);
  await accessible(page);
  await pictures(page, 'organizations');
}));

test('a name that is taken is refused in words, and what was typed stays', inBrowser(daemon, async ({ page }) => {
  await open(page);
  await press(page, 'Add organization');
  await field(page, 'Name').fill('ACME');
  await press(dialog(page), 'Add organization');
  await page.getByText('The name is taken').waitFor();
  assert.equal(await field(page, 'Name').inputValue(), 'ACME');
  await accessible(page);
}));

test('a rename over somebody else’s is shown as a conflict, not lost', inBrowser(daemon, async ({ page, newBrowser }) => {
  const id = await daemon.addOrganization('Umbrella');
  await open(page);
  await press(rowOf(page, 'Umbrella'), 'Rename');
  await field(page, 'Name').fill('Umbrella Limited');

  const { page: other } = await newBrowser();
  await open(other);
  await press(rowOf(other, 'Umbrella'), 'Rename');
  await field(other, 'Name').fill('Umbrella Corporation');
  await press(dialog(other), 'Save the name');
  await rowOf(other, 'Umbrella Corporation').waitFor();

  await press(dialog(page), 'Save the name');
  await page.getByText('administrator changed it while you typed. It is called “Umbrella Corporation” now.').waitFor();
  assert.equal((await daemon.api.get(`/organizations/${id}`)).name, 'Umbrella Corporation');
  assert.equal(await field(page, 'Name').inputValue(), 'Umbrella Limited');
  await accessible(page);
  await press(dialog(page), 'Save the name');
  await rowOf(page, 'Umbrella Limited').waitFor();
}));

test('what is in the way of deleting an organization is named, with where to find it', inBrowser(daemon, async ({ page }) => {
  await gateway.addCredential(daemon, globex, 'nightly');
  await open(page);
  await press(rowOf(page, 'Globex'), 'Delete');
  await press(dialog(page), 'Delete');
  await page.getByText('Globex cannot be deleted yet. To it belong:').waitFor();
  await page.getByRole('link', { name: 'Backup credentials (credential)' }).waitFor();
  await accessible(page);
  await pictures(page, 'organization-in-use');
  await page.getByRole('link', { name: '1 role of a person' }).click();
  await rowOf(page, 'Gert').waitFor();
  assert.equal(await dialog(page).count(), 0);
}));

test('an organization to which nothing belongs is deleted', inBrowser(daemon, async ({ page }) => {
  const id = await daemon.addOrganization('Hooli');
  await open(page);
  await press(rowOf(page, 'Hooli'), 'Delete');
  await press(dialog(page), 'Delete');
  await page.getByText('Hooli is deleted.').waitFor();
  await assert.rejects(daemon.api.get(`/organizations/${id}`), { status: 404 });
}));

test('somebody is added, gets a token that is shown once, and signs in with it', inBrowser(daemon, async ({ page, newBrowser }) => {
  await open(page, '/people');
  await press(page, 'Add person');
  await press(dialog(page), 'Add person');
  await page.getByText('Choose an organization.').waitFor();
  await field(page, 'Name of the person or program').fill('Ann Smith');
  await field(page, 'Role').selectOption('Manager');
  await field(page, 'Where it holds').selectOption('Acme');
  await press(dialog(page), 'Add person');

  await page.getByText('Ann Smith can sign in once there is a token.').waitFor(); // the new row is open
  await press(page, 'Make a token');
  await press(dialog(page), 'Make a token');
  await page.getByText('Say what it is for.').waitFor();
  await field(page, 'What it is for').fill('laptop');
  await field(page, 'Expires').selectOption('In 30 days');
  await press(dialog(page), 'Make a token');
  await page.getByText('it is shown this once').waitFor();
  const token = await shownSecret(page);
  await accessible(page);
  await page.keyboard.press('Escape');
  await page.getByText('it is shown this once').waitFor(); // not lost by a key
  await press(page, 'I have stored it');
  await rowOf(page, 'laptop').getByText('Valid').waitFor();
  assert.ok(!(await page.content()).includes(token), 'the token is gone from the page');
  assert.ok(!JSON.stringify(await page.evaluate(() => ({ ...localStorage, ...sessionStorage }))).includes(token));
  await pictures(page, 'person');

  const { page: hers } = await newBrowser();
  await hers.goto('/console/');
  await hers.getByLabel('Token', { exact: true }).fill(token);
  await press(hers, 'Sign in');
  await hers.getByText('Ann Smith').waitFor();
}));

test('a token is revoked after asking, and no longer works', inBrowser(daemon, async ({ page }) => {
  const token = await daemon.addPrincipal('Robin', 'viewer', acme);
  const { id } = await person('Robin');
  await open(page, `/people?open=${id}`);
  await press(page, 'Revoke test');
  await press(dialog(page), 'Cancel');
  await daemon.as(token).get('/whoami');
  await press(page, 'Revoke test');
  await press(dialog(page), 'Revoke');
  await rowOf(page, 'test').getByText('Revoked').waitFor();
  await assert.rejects(daemon.as(token).get('/whoami'), { status: 401 });
}));

test('roles are given and taken', inBrowser(daemon, async ({ page }) => {
  await daemon.addPrincipal('Rosa', 'viewer', acme);
  const { id } = await person('Rosa');
  await open(page, `/people?open=${id}`);
  await press(page, 'Add a role');
  await field(page, 'Role').selectOption('Auditor');
  await field(page, 'Where it holds').selectOption('All organizations, those yet to be made too');
  await press(dialog(page), 'Give the role');
  await page.getByRole('listitem').filter({ hasText: 'Auditor, all organizations' }).waitFor();
  await press(page, 'Take the role Viewer, Acme');
  await press(dialog(page), 'Take the role');
  await eventually(async () => assert.equal(await page.getByRole('listitem').filter({ hasText: 'Viewer, Acme' }).count(), 0));
  assert.deepEqual((await person('Rosa')).roles.map(role => role.role), ['auditor']);
  await accessible(page);
}));

test('the last administrator cannot be removed, and the refusal says what to do', inBrowser(daemon, async ({ page }) => {
  await open(page, '/people');
  await press(rowOf(page, 'administrator'), 'Delete');
  await page.getByText('This is you: you will be signed out.').waitFor();
  await press(dialog(page), 'Delete');
  await page.getByText('The last administrator must stay').waitFor();
  await page.getByText('Make another one first, and give it a token.').waitFor();
  await accessible(page);
}));

test('the use of a secret is granted by name, with a warning, and taken back', inBrowser(daemon, async ({ page }) => {
  const credential = await gateway.addCredential(daemon, acme, 'vault copy');
  await daemon.addPrincipal('Uwe', 'manager', acme);
  const { id } = await person('Uwe');
  await open(page, `/people?open=${id}`);
  await press(page, 'Grant by name');
  await page.getByText('Uwe will be able to obtain the secret key in plaintext').waitFor();
  await field(page, 'Find the credential').fill('vault');
  await page.getByRole('radio', { name: /vault copy/ }).check();
  await accessible(page);
  await press(dialog(page), 'Grant');
  const grants = async () => (await daemon.api.get(`/principals/${id}/grants`)).items.map(({ permission, object }) => [permission, object]);
  await page.getByRole('link', { name: 'vault copy' }).waitFor();
  assert.deepEqual(await grants(), [['backup-credentials:use', String(credential.id)]]);
  await press(page, 'Take back');
  await press(dialog(page), 'Take back');
  await page.getByText('Nothing is granted by name.').waitFor();
  assert.deepEqual(await grants(), []);
}));

test('a robot gets keys that are shown once and work, a new secret, and an end', inBrowser(daemon, async ({ page }) => {
  const worksWith = async (accessKeyId, secret) => (await fetch(`${daemon.url}/api/v1/whoami`, {
    headers: { Authorization: `Basic ${Buffer.from(`${accessKeyId}:${secret}`).toString('base64')}` } })).status === 200;
  await open(page, '/robots');
  await press(page, 'Add robot');
  await field(page, 'Name').fill('ci-runner');
  await field(page, 'Organization').selectOption('Acme');
  await press(dialog(page), 'Add robot');
  await page.getByText('it is shown this once').waitFor();
  const first = await shownSecret(page);
  await pictures(page, 'robot-secret');
  await press(page, 'I have stored it');
  const [{ accessKeyId }] = (await daemon.api.get('/robots')).items;
  assert.ok(await worksWith(accessKeyId, first));

  await press(rowOf(page, 'ci-runner'), 'New secret');
  await press(dialog(page), 'Make a new secret');
  await page.getByText('it is shown this once').waitFor();
  const second = await shownSecret(page);
  await press(page, 'I have stored it');
  assert.ok(!(await worksWith(accessKeyId, first)));
  assert.ok(await worksWith(accessKeyId, second));
  await eventually(async () => assert.ok(!(await page.content()).includes(second)));
  await accessible(page);
  await pictures(page, 'robots');

  await press(rowOf(page, 'ci-runner'), 'Delete');
  await press(dialog(page), 'Delete');
  await page.getByText('No robot yet').waitFor();
  assert.ok(!(await worksWith(accessKeyId, second)));
}));

test('a partner governs the people of the own organization, and is offered no more', inBrowser(daemon, async ({ page }) => {
  await open(page, '', partner);
  await rowOf(page, 'Acme').waitFor();
  assert.equal(await rowOf(page, 'Globex').count(), 0);
  for (const name of ['Add organization', 'Rename', 'Delete'])
    assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
  await page.getByRole('link', { name: 'People' }).click();
  await rowOf(page, 'Manfred').waitFor();
  assert.equal(await rowOf(page, 'Gert').count(), 0);
  await press(page, 'Add person');
  const optionsOf = async label => (await field(page, label).locator('option').allInnerTexts()).filter(Boolean);
  await eventually(async () => assert.deepEqual(await optionsOf('Where it holds'), ['Acme']));
  assert.deepEqual(await optionsOf('Role'), ['Partner', 'Manager', 'Viewer', 'Auditor']);
  await field(page, 'Name of the person or program').fill('Pia');
  await field(page, 'Where it holds').selectOption('Acme');
  await press(dialog(page), 'Add person');
  await page.getByText('Pia can sign in once there is a token.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Grant by name' }).count(), 0);
  await press(page, 'Take the role Viewer, Acme');
  await press(dialog(page), 'Take the role');
  await page.getByText('It is the principal\'s last role').waitFor();
}));

test('a manager operates robots and sees no people', inBrowser(daemon, async ({ page }) => {
  await open(page, '/people', manager); // not for managers: the first view instead
  await page.getByRole('table', { name: 'Organizations' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'People' }).count(), 0);
  await page.getByRole('link', { name: 'Robots' }).click();
  await press(page, 'Add robot');
  await field(page, 'Name').fill('manfreds-robot');
  await eventually(async () => assert.notEqual(await field(page, 'Organization').inputValue(), '')); // Acme is the only one
  await press(dialog(page), 'Add robot');
  await press(page, 'I have stored it');
  await rowOf(page, 'manfreds-robot').getByText('Acme').waitFor();
}));

test('one’s own tokens are made and revoked by oneself', inBrowser(daemon, async ({ page }) => {
  await open(page, '/mine', manager);
  await press(page, 'Make a token');
  await field(page, 'What it is for').fill('cron job');
  await field(page, 'Expires').selectOption('Never');
  await press(dialog(page), 'Make a token');
  await page.getByText('it is shown this once').waitFor();
  const token = await shownSecret(page);
  await press(page, 'I have stored it');
  assert.equal((await daemon.as(token).get('/whoami')).name, 'Manfred');
  await press(page, 'Revoke cron job');
  await press(dialog(page), 'Revoke');
  await rowOf(page, 'cron job').getByText('Revoked').waitFor();
  await assert.rejects(daemon.as(token).get('/whoami'), { status: 401 });
  await pictures(page, 'my-access');
}));

test('a session elsewhere is ended from here', inBrowser(daemon, async ({ page, newBrowser }) => {
  const token = await daemon.addPrincipal('Sara', 'manager', acme);
  const { page: elsewhere } = await newBrowser();
  await open(elsewhere, '/mine', token);
  await open(page, '/mine', token);
  const table = page.getByRole('table', { name: 'My sessions' });
  await table.getByText('This one').waitFor();
  assert.equal(await table.getByRole('row').count(), 3);
  await table.getByRole('button', { name: /Sign session \d+ out/ }).click();
  await press(dialog(page), 'Sign out there');
  await page.getByText('The session is ended.').waitFor();
  await accessible(page);
  await elsewhere.reload();
  await elsewhere.getByRole('heading', { name: 'Sign in to coffer' }).waitFor();
}));

test('names are text, whatever they look like', inBrowser(daemon, async ({ page }) => {
  for (const name of ['<script>alert(1)</script>', '漢'.repeat(30), '🦊🦊🦊 Fox & “Sons”']) {
    await daemon.addPrincipal(name, 'viewer', acme);
    await open(page, '/people');
    await rowOf(page, name).getByText(name, { exact: true }).waitFor();
    await openRow(page, name);
    await page.getByRole('link', { name: `Everything ${name} did` }).waitFor();
  }
}));

test('on a telephone people are cards, and all of it can be reached', inBrowser(daemon, { width: 360 }, async ({ page }) => {
  const { id } = await person('Paula');
  await open(page, `/people?open=${id}`);
  await rowOf(page, 'test').getByText('Valid').waitFor();
  await fitsItsWidth(page);
  await accessible(page);
}));
