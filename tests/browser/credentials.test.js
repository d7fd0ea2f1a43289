// The table of backup credentials: finding, opening, and what can be done with each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible } from './support/accessibility.js';
import { eventually, inBrowser, signIn } from './support/browser.js';
import { startDaemon } from './support/daemon.js';
import { gateway } from './support/gateway.js';
import { pictures } from './support/pictures.js';

const daemon = await startDaemon();
const acme = await daemon.addOrganization('Acme');
const globex = await daemon.addOrganization('Globex');
const manager = await daemon.addPrincipal('Mona', 'manager', acme);
const viewer = await daemon.addPrincipal('Vera', 'viewer', acme);
const nightly = await gateway.addCredential(daemon, acme, 'nightly');
await gateway.addCredential(daemon, acme, 'weekly archive');
await gateway.addCredential(daemon, globex, 'offsite');

const rowOf = (page, name) =>
  page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) }).first();
const action = (page, name, what) => rowOf(page, name).getByRole('button', { name: what, exact: true });
const inDialog = (page, what) => page.getByRole('dialog').getByRole('button', { name: what, exact: true });
const open = async (page, token, address = '') => {
  await signIn(page, token);
  await page.goto(`/console/backup-credentials${address}`);
  await page.getByRole('heading', { name: 'Backup credentials', exact: true }).waitFor();
};
const namesIn = page => page.getByRole('row').evaluateAll(rows =>
  rows.map(row => row.querySelector('td.is-title')?.textContent.trim()).filter(Boolean));
const get = id => daemon.api.get(`/backup-credentials/${id}`);

test('the table shows what each credential is, whose, and how it stands',
  inBrowser(daemon, async ({ page }) => {
  await open(page, daemon.token);
  const titles = await page.getByRole('columnheader').allTextContents();
  assert.deepEqual(titles.map(title => title.trim()).slice(1),
    ['ID', 'Organization', 'S3 Name', 'S3 Access Key ID', 'S3 Endpoint', 'Region', 'Associated Projects',
    'Status', 'Default', 'Actions']);
  const row = await rowOf(page, 'nightly').textContent();
  for (const part of [String(nightly.id), 'Acme', gateway.accessKeyId, gateway.endpoint, gateway.region,
    'None', 'Works', 'since'])
    assert.ok(row.includes(part), part);
  await page.getByText('3 credentials').waitFor();
  await accessible(page);
}));

test('a search filters as one types; it stands in the address, and the back button takes back a choice',
  inBrowser(daemon, async ({ page }) => {
  await open(page, daemon.token);
  await rowOf(page, 'offsite').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('arch');
  await eventually(async () => assert.deepEqual(await namesIn(page), ['weekly archive']));
  await eventually(() => assert.match(page.url(), /search=arch/));
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await rowOf(page, 'offsite').waitFor();
  await page.getByLabel('Organization', { exact: true }).selectOption('Globex');
  await eventually(async () => assert.deepEqual(await namesIn(page), ['offsite']));
  await page.goBack();
  await eventually(async () => assert.equal((await namesIn(page)).length, 3));
  await page.getByLabel('Search').fill('no such thing');
  await page.getByText('Nothing matches').waitFor();
  await page.getByRole('button', { name: 'Clear search and filters' }).click();
  await rowOf(page, 'nightly').waitFor();
}));

test('columns sort, and a shared address shows the same view',
  inBrowser(daemon, async ({ page, newBrowser }) => {
  await open(page, daemon.token);
  await page.getByRole('button', { name: 'S3 Name' }).click();
  await page.getByRole('button', { name: 'S3 Name' }).click();
  await eventually(async () =>
    assert.deepEqual(await namesIn(page), ['weekly archive', 'offsite', 'nightly']));
  await rowOf(page, 'nightly').getByRole('button', { name: 'Show details of nightly' }).click();
  await page.getByText('Secret’s fingerprint').waitFor();
  const { page: other } = await newBrowser();
  await signIn(other, daemon.token);
  await other.goto(page.url());
  await other.getByText('Secret’s fingerprint').waitFor();
  assert.deepEqual(await namesIn(other), ['weekly archive', 'offsite', 'nightly']);
  assert.equal(await other.getByRole('columnheader', { name: 'S3 Name' }).getAttribute('aria-sort'),
    'descending');
}));

test('an opened row shows who made it, who changed it, its projects and its history',
  inBrowser(daemon, async ({ page }) => {
  const { id } = await gateway.addCredential(daemon, acme, 'history of it');
  await daemon.api.patch(`/backup-credentials/${id}`, { name: 'has a history' });
  await daemon.api.put(`/backup-credentials/${id}/projects/wiki-1`, { name: 'Wiki' });
  await open(page, manager, `?open=${id}`);
  await page.getByText('administrator changed it').waitFor();
  await page.getByText('history of it').waitFor();
  await page.getByText('wiki-1').waitFor();
  await accessible(page);
  await page.getByRole('tab', { name: 'Validation' }).click();
  assert.equal(await page.getByText('administrator changed it').count(), 0);
  await page.getByText('administrator created it').waitFor();
  await page.getByRole('button', { name: 'Release Wiki' }).click();
  await inDialog(page, 'Release').click();
  await page.getByText('No project uses it.').waitFor();
  assert.equal((await get(id)).projectCount, 0);
}));

test('a project is associated by hand', inBrowser(daemon, async ({ page }) => {
  const { id } = await gateway.addCredential(daemon, acme, 'takes a project');
  await open(page, manager, `?open=${id}`);
  await page.getByRole('button', { name: 'Associate a project by hand' }).click();
  await inDialog(page, 'Associate').click();
  await page.getByText('Give its ID.').waitFor();
  await page.getByLabel('Project’s ID').fill('shop-7');
  await page.getByLabel('Project’s name').fill('Shop <b>seven</b>');
  await inDialog(page, 'Associate').click();
  await page.getByRole('listitem').getByText('Shop <b>seven</b>').first().waitFor();
  await rowOf(page, 'takes a project').getByText('Shop <b>seven</b>').waitFor();
}));

test('another becomes the default, and the one before loses it', inBrowser(daemon, async ({ page }) => {
  await daemon.api.put(`/backup-credentials/${nightly.id}/default`);
  await open(page, manager);
  await rowOf(page, 'nightly').getByText('Default', { exact: true }).waitFor();
  await action(page, 'weekly archive', 'Make default').click();
  await page.getByText('“weekly archive” is the default of Acme').waitFor();
  await rowOf(page, 'weekly archive').getByText('Default', { exact: true }).waitFor();
  assert.equal(await rowOf(page, 'nightly').getByText('Default', { exact: true }).count(), 0);
  await action(page, 'weekly archive', 'Clear default').click();
  await page.getByText('Acme has no default now').waitFor();
}));

test('a change made while the list loads is kept', inBrowser(daemon, async ({ page }) => {
  const { id } = await gateway.addCredential(daemon, acme, 'changed meanwhile');
  await open(page, manager);
  await rowOf(page, 'changed meanwhile').waitFor();
  let take, release;
  const taken = new Promise(resolve => { take = resolve; });
  const released = new Promise(resolve => { release = resolve; });
  await page.route('**/api/v1/backup-credentials?*', async route => {
    const older = await route.fetch();
    take();
    await released;
    await route.fulfill({ response: older });
  }, { times: 1 });
  await page.getByLabel('Search').fill('meanwhile');
  await taken;
  await action(page, 'changed meanwhile', 'Make default').click();
  await rowOf(page, 'changed meanwhile').getByText('Default', { exact: true }).waitFor();
  assert.equal((await get(id)).default, true);
  release();
  await page.locator('table[aria-busy=false]').waitFor();
  assert.deepEqual(await namesIn(page), ['changed meanwhile']);
  assert.equal(await rowOf(page, 'changed meanwhile').getByText('Default', { exact: true }).count(), 1);
}));

test('a locked credential says why, and cannot be edited, deleted or made the default until it is unlocked',
  inBrowser(daemon, async ({ page }) => {
  const { id } = await gateway.addCredential(daemon, acme, 'to be locked');
  await open(page, manager, `?search=locked&open=${id}`);
  await action(page, 'to be locked', 'Lock').click();
  await inDialog(page, 'Lock').click();
  await page.getByText('Say why').waitFor();
  await page.getByLabel('Reason').fill('keys are rotated <on> Friday');
  await inDialog(page, 'Lock').click();
  await page.getByText('keys are rotated <on> Friday').first().waitFor();
  await rowOf(page, 'to be locked').getByText('Locked', { exact: true }).waitFor();
  for (const what of ['Edit', 'Delete', 'Make default']) {
    const button = action(page, 'to be locked', what);
    assert.equal(await button.getAttribute('aria-disabled'), 'true', what);
    assert.match(await button.getAttribute('aria-description'), /keys are rotated/);
    await button.click({ force: true });
  }
  assert.equal(await page.getByRole('dialog').count(), 0);
  await accessible(page);
  await action(page, 'to be locked', 'Unlock').click();
  await inDialog(page, 'Unlock').click();
  await page.getByText('“to be locked” is unlocked').waitFor();
  assert.equal((await get(id)).locked, false);
}));

test('a probe finds that the keys no longer work, says why and what to do, and that they work again',
  inBrowser(daemon, async ({ page }) => {
  const robin = gateway.addUser('suspended');
  const { id } = await gateway.addCredential(daemon, acme, 'suspended soon', robin);
  await gateway.change(daemon, robin, 'suspend');
  await open(page, manager, `?open=${id}&search=suspended`);
  await action(page, 'suspended soon', 'Probe now').click();
  await rowOf(page, 'suspended soon').getByText('Account suspended').waitFor();
  await page.getByText('Invalid S3 credentials: the account of these keys is suspended').waitFor();
  await page.getByText('operator to enable the account again').waitFor();
  await accessible(page);
  await pictures(page, 'credentials-suspended');
  await page.getByLabel('Status').selectOption('Keys refused');
  await eventually(async () => assert.deepEqual(await namesIn(page), ['suspended soon']));
  await gateway.change(daemon, robin, 'enable');
  await action(page, 'suspended soon', 'Probe now').click();
  await rowOf(page, 'suspended soon').getByText('Works').waitFor();
}));

test('a credential in use is not deleted: the projects in the way are named, with links',
  inBrowser(daemon, async ({ page }) => {
  const { id } = await gateway.addCredential(daemon, acme, 'in use');
  const project = await daemon.api.post('/projects',
    { organizationId: acme, name: 'Web shop', enableBackup: true, credentialId: id, bucket: 'backups' });
  await open(page, manager, '?search=in+use');
  await action(page, 'in use', 'Delete').click();
  await inDialog(page, 'Delete').click();
  await page.getByText('It cannot be deleted yet: a project uses it').waitFor();
  await accessible(page);
  await pictures(page, 'credentials-in-use');
  const link = page.getByRole('dialog').getByRole('link', { name: 'Web shop' });
  assert.equal(await link.getAttribute('href'), `/console/projects/${project.id}`);
  await daemon.api.remove(`/projects/${project.id}?disableBackup=true`);
  await inDialog(page, 'Delete').click();
  await page.getByText('“in use” is deleted').waitFor();
  await eventually(async () => assert.equal(await rowOf(page, 'in use').count(), 0));
  await assert.rejects(get(id), { status: 404 });
}));

test('a viewer sees everything and is offered nothing', inBrowser(daemon, async ({ page }) => {
  await open(page, viewer, `?open=${nightly.id}`);
  await page.getByText('Secret’s fingerprint').waitFor();
  for (const name of ['Add credentials', 'Make default', 'Lock', 'Edit', 'Delete', 'Probe now',
    'Associate a project by hand'])
    assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
  assert.equal(await page.getByRole('columnheader', { name: 'Actions' }).count(), 0);
  assert.equal(await page.getByLabel('Organization', { exact: true }).count(), 0);
  assert.equal(await rowOf(page, 'offsite').count(), 0);
}));

test('a link to what is not in the list opens it above; what is not there is said',
  inBrowser(daemon, async ({ page }) => {
  await open(page, manager, `?search=weekly&open=${nightly.id}`);
  await rowOf(page, 'nightly').waitFor();
  await page.getByText('Secret’s fingerprint').waitFor();
  await page.goto(`/console/backup-credentials/${nightly.id}`);
  await page.waitForURL(`**/backup-credentials?open=${nightly.id}`);
  await page.goto('/console/backup-credentials?open=987654');
  await page.getByText('There is no credential 987654 here').waitFor();
}));

test('hostile names are text, and fit on a telephone', inBrowser(daemon, { width: 360 }, async ({ page }) => {
  const hostile = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '漢'.repeat(30),
    '🚀🎉👩‍👩‍👧 backups', 'عربي ثم English'];
  for (const name of hostile) await gateway.addCredential(daemon, globex, name);
  await open(page, daemon.token, `?organization=${globex}`);
  for (const name of hostile) await rowOf(page, name).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  await page.getByRole('button', { name: `Show details of ${hostile[2]}` }).click();
  await page.getByText('Secret’s fingerprint').waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  await accessible(page);
  await pictures(page, 'credentials-hostile');
}));

test('no width makes the page scroll sideways', inBrowser(daemon, async ({ page }) => {
  await open(page, daemon.token, `?open=${nightly.id}`);
  await page.getByText('Secret’s fingerprint').waitFor();
  for (const width of [320, 360, 560, 768, 901, 1024, 1061, 1180, 1262, 1280, 1340, 1500, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0,
      String(width));
  }
  await pictures(page, 'credentials');
}));

test('an empty console says what to do first', inBrowser(daemon, async ({ page }) => {
  const initech = await daemon.addOrganization('Initech');
  await open(page, await daemon.addPrincipal('Peter', 'manager', initech));
  await page.getByText('No backup credentials yet').waitFor();
  await accessible(page);
  await pictures(page, 'credentials-empty');
  await page.getByRole('button', { name: 'Add credentials' }).last().click();
  await page.getByRole('dialog').waitFor();
  await page.goBack();
  await eventually(async () => assert.equal(await page.getByRole('dialog').count(), 0));
}));

test('a list on its way has its place; without the daemon what was shown stays', inBrowser(daemon,
  async ({ page, expectFault }) => {
    expectFault(/Failed to load resource|ERR_/);
    let release;
    const held = new Promise(resolve => { release = resolve; });
    await page.route('**/api/v1/backup-credentials?*', async route => { await held; await route.continue(); },
      { times: 1 });
    await open(page, manager);
    await page.locator('table[aria-busy=true]').waitFor();
    release();
    await rowOf(page, 'nightly').waitFor();
    await page.route('**/api/v1/**', route => route.abort());
    await action(page, 'nightly', 'Probe now').click();
    await page.getByRole('dialog').getByText('The daemon cannot be reached').waitFor();
    await inDialog(page, 'Close').first().click();
    await rowOf(page, 'nightly').waitFor();
    await page.unroute('**/api/v1/**');
    await page.getByText('What is shown may be out of date').waitFor({ state: 'detached' });
  }));
