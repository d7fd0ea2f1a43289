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
const manager = await daemon.addPrincipal('Petra', 'manager', acme);
const viewer = await daemon.addPrincipal('Vera', 'viewer', acme);

const nightly = await gateway.addCredential(daemon, acme, 'nightly');
const archive = await gateway.addCredential(daemon, acme, 'archive');
await daemon.api.put(`/backup-credentials/${nightly.id}/default`);
const locked = await gateway.addCredential(daemon, acme, 'in rotation');
await daemon.api.put(`/backup-credentials/${locked.id}/lock`, { reason: 'rotation on Friday' });
await failingCredential('worn out');

/** One whose user was suspended at its endpoint after it had been stored. */
async function failingCredential(name) {
  const user = gateway.addUser(name.replace(' ', '-'));
  const credential = await gateway.addCredential(daemon, acme, name, user);
  await gateway.change(daemon, user, 'suspend');
  await daemon.api.post(`/backup-credentials/${credential.id}/probe`);
  return credential;
}

const addProject = (name, more = {}) => daemon.api.post('/projects', { organizationId: acme, name, ...more });
const backedUp = { enableBackup: true, bucket: 'backups' };
const row = (page, name) => page.getByRole('row').filter({ has: page.getByRole('link',
  { name, exact: true }) });
const credentialField = page => page.getByRole('combobox', { name: 'Credential' });
const says = (page, text) => page.getByText(text).first().waitFor();

test('a project is added with the default credential filled in, and says what to do next until all is said',
  inBrowser(daemon, async ({ page }) => {
    await signIn(page, manager);
    await page.goto('/console/projects');
    await page.getByRole('button', { name: 'Add project' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Web shop');
    await dialog.getByText('The default of Acme').waitFor();
    assert.equal(await credentialField(dialog).inputValue(), 'nightly');
    await accessible(page);
    await pictures(page, 'projects-add');
    await dialog.getByRole('button', { name: 'Add project' }).click();

    await says(page, 'No bucket is named');
    await page.getByRole('button', { name: 'Name a bucket' }).click();
    await page.getByLabel('Bucket').fill('backups');
    await page.getByRole('button', { name: 'Save' }).click();

    await says(page, 'No policy says when');
    await page.getByRole('button', { name: 'Add policy' }).first().click();
    await page.getByLabel('Name required').fill('every night');
    await page.getByLabel('Namespaces to back up').fill('shop, carts');
    await page.getByRole('dialog').getByRole('button', { name: 'Add policy' }).click();

    await says(page, 'Backed up with nightly');
    await page.getByRole('link', { name: 'To the manifest' }).click();
    await page.getByRole('button', { name: 'Make manifest' }).click();
    await page.getByRole('region',
      { name: 'Manifest' }).getByText('CRON_TZ=Europe/Prague 30 2 * * *').waitFor();
  }));

test('what is wrong is said at its field before anything is sent, and a name that is taken at the name',
  inBrowser(daemon, async ({ page }) => {
  await addProject('Taken already');
  await signIn(page, manager);
  await page.goto('/console/projects');
  await page.getByRole('button', { name: 'Add project' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('ab');
  await dialog.getByLabel('Bucket').fill('Not A Bucket');
  await dialog.getByLabel('Prefix').fill('/slash');
  await dialog.getByText('3 are needed').waitFor();
  await dialog.getByText('begins and ends with a letter or digit').waitFor();
  await dialog.getByText('Leave the slash at the beginning out').waitFor();
  await accessible(page);
  await dialog.getByLabel('Bucket').fill('backups');
  await dialog.getByLabel('Prefix').fill('');
  await dialog.getByLabel('Name').fill('TAKEN already');
  await dialog.getByText('The default of Acme').waitFor();
  await dialog.getByRole('button', { name: 'Add project' }).click();
  await dialog.getByText('“TAKEN already” is taken').waitFor();
  assert.equal(await dialog.getByLabel('Bucket').inputValue(), 'backups');
}));

test('a credential that is locked or does not work is listed with the reason, and cannot be chosen',
  inBrowser(daemon, async ({ page }) => {
  const project = await addProject('Choosy');
  await signIn(page, manager);
  await page.goto(`/console/projects/${project.id}`);
  await page.getByRole('button', { name: 'Enable backup' }).click();
  await credentialField(page).fill('rotation');
  const option = page.getByRole('option', { name: /in rotation/ });
  await option.getByText('Locked by administrator: rotation on Friday').waitFor();
  await option.dispatchEvent('click'); // Playwright's click would wait until it can be chosen
  assert.equal(await credentialField(page).inputValue(), 'rotation');
  await credentialField(page).fill('worn');
  // Not by mouse: the list may move, and the click would hit another option.
  await page.getByRole('option', { name: /worn out.*Does not work/ }).dispatchEvent('click');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').getByRole('button', { name: 'Enable backup' }).click();
  await says(page, 'No credential named “worn” was chosen');
  assert.equal((await daemon.api.get(`/projects/${project.id}`)).backup.state, 'disabled');
}));

test('with the keyboard alone backup is enabled with another credential than the default',
  inBrowser(daemon, async ({ page }) => {
  const project = await addProject('Keyboard only');
  await signIn(page, manager);
  await page.goto(`/console/projects/${project.id}`);
  await page.getByRole('button', { name: 'Enable backup' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('The default of Acme').waitFor();
  await credentialField(page).focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('archi');
  await page.getByRole('option', { name: /archive/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('backups');
  await page.keyboard.press('Enter');
  await says(page, 'No policy says when');
  assert.equal((await daemon.api.get(`/projects/${project.id}`)).backup.credentialId, archive.id);
}));

test('an administrator may accept a credential that does not work, and that stays to be seen',
  inBrowser(daemon, async ({ page }) => {
  const project = await addProject('Accepted');
  await signIn(page, daemon.token);
  await page.goto(`/console/projects/${project.id}`);
  await page.getByRole('button', { name: 'Enable backup' }).click();
  await credentialField(page).fill('worn');
  await page.getByRole('option', { name: /worn out/ }).click();
  await says(page, 'or accept that below');
  await page.getByRole('dialog').getByRole('button', { name: 'Enable backup' }).click();
  await page.getByLabel('Use it although it does not work').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Enable backup' }).click();
  await says(page, 'an administrator accepted that');
  assert.equal((await daemon.api.get(`/projects/${project.id}`)).backup.overridden, true);
  await page.goto('/console/projects?search=accepted');
  await row(page, 'Accepted').getByText('Failing credential accepted').waitFor();
}));

test('a suspended project says why and what to do, and another credential puts it right',
  inBrowser(daemon, async ({ page }) => {
  const short = await gateway.addCredential(daemon, acme, 'locked later');
  const project = await addProject('Suspended one', { ...backedUp, credentialId: short.id });
  await daemon.api.put(`/backup-credentials/${short.id}/lock`, { reason: 'the key leaked' });
  await signIn(page, manager);
  await page.goto('/console/projects?backup=suspended');
  await row(page, 'Suspended one').getByText('Credential locked').waitFor();
  await page.getByRole('link', { name: 'Suspended one' }).click();
  await says(page, 'administrator locked it: the key leaked');
  assert.equal(await page.getByRole('link', { name: 'Open the credential' }).getAttribute('href'),
    `/console/backup-credentials?search=locked+later&open=${short.id}`);
  await accessible(page);
  await pictures(page, 'project-suspended');
  await page.setViewportSize({ width: 360, height: 740 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.getByRole('button', { name: 'Choose another' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await says(page, 'It is locked. Choose another one');
  await credentialField(page).fill('archive');
  await page.getByRole('option', { name: /archive/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await says(page, 'No policy says when');
  assert.equal((await daemon.api.get(`/projects/${project.id}`)).backup.credentialId, archive.id);
}));

test('disabling says what it means, and releases the credential', inBrowser(daemon, async ({ page }) => {
  const project = await addProject('To be disabled', backedUp);
  await signIn(page, manager);
  await page.goto('/console/projects?search=to+be+disabled');
  await row(page, 'To be disabled').getByRole('button', { name: 'Disable backup' }).click();
  await says(page, 'What was backed up stays in its bucket');
  await page.getByRole('dialog').getByRole('button', { name: 'Disable backup' }).click();
  await row(page, 'To be disabled').getByRole('button', { name: 'Enable backup' }).waitFor();
  assert.equal((await daemon.api.get(`/projects/${project.id}`)).backup.state, 'disabled');
}));

test('a credential that is locked while it is being chosen is refused in words, at its field',
  inBrowser(daemon, async ({ page }) => {
  const gone = await gateway.addCredential(daemon, acme, 'soon locked');
  const project = await addProject('Unlucky');
  await signIn(page, manager);
  await page.goto(`/console/projects/${project.id}`);
  await page.getByRole('button', { name: 'Enable backup' }).click();
  await credentialField(page).fill('soon');
  await page.getByRole('option', { name: /soon locked/ }).click();
  await daemon.api.put(`/backup-credentials/${gone.id}/lock`, { reason: 'just now' });
  await page.getByRole('dialog').getByRole('button', { name: 'Enable backup' }).click();
  await says(page, 'It is locked. Choose another one');
}));

test('deleting says what becomes of the backup; over a change of somebody else it asks again',
  inBrowser(daemon, async ({ page }) => {
  const project = await addProject('To be deleted', backedUp);
  await signIn(page, manager);
  await page.goto(`/console/projects/${project.id}`);
  await page.getByRole('button', { name: 'Delete' }).first().click();
  await says(page, 'Its backup is disabled first, and the credential is released');
  await daemon.api.patch(`/projects/${project.id}`, { description: 'do not delete this' });
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Disable backup and delete' });
  await confirm.click();
  await page.getByRole('dialog').getByText('Somebody else was faster').waitFor();
  assert.equal((await daemon.api.get(`/projects/${project.id}`)).description, 'do not delete this');
  await confirm.click();
  await says(page, 'was deleted');
  await assert.rejects(daemon.api.get(`/projects/${project.id}`), { status: 404 });
  await page.goto(`/console/projects/${project.id}`);
  await says(page, 'There is no such project');
}));

test('search, filter and order stand in the address; Back goes back', inBrowser(daemon, async ({ page }) => {
  await addProject('Findable one', { description: 'the needle' });
  await addProject('Findable two', backedUp);
  await signIn(page, daemon.token);
  await page.goto('/console/projects');
  await page.getByLabel('Search projects').fill('findable');
  await row(page, 'Findable two').waitFor();
  await page.waitForURL('**/projects?search=findable');
  await page.getByLabel('Backup', { exact: true }).selectOption('Enabled');
  await eventually(async () => assert.equal(await row(page, 'Findable one').count(), 0));
  assert.equal(new URL(page.url()).search, '?search=findable&backup=enabled');
  await page.goBack();
  await row(page, 'Findable one').waitFor();
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  await eventually(async () => assert.match(await page.getByRole('row').nth(1).innerText(), /Findable two/));
  assert.match(page.url(), /sort=-name/);
  await page.getByLabel('Search projects').fill('no such project');
  await says(page, 'No project is like that');
  await page.getByRole('link', { name: 'Clear search and filters' }).click();
  await page.getByLabel('Organization').selectOption('Globex');
  await says(page, 'No project is like that');
}));

test('an organization without projects begins with an explanation', inBrowser(daemon, async ({ page }) => {
  await signIn(page, await daemon.addPrincipal('Gustav', 'manager', globex));
  await page.goto('/console/projects');
  await says(page, 'No projects yet');
  await page.getByRole('button', { name: 'Add project' }).last().click();
  await page.getByRole('dialog').getByLabel('Name').fill('The first');
  await credentialField(page).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Add one first' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByLabel('Back it up').uncheck();
  await page.getByRole('dialog').getByRole('button', { name: 'Add project' }).click();
  await says(page, 'Not backed up');
}));

test('a viewer sees everything and is offered no change', inBrowser(daemon, async ({ page }) => {
  const project = await addProject('Looked at', backedUp);
  await daemon.api.post(`/projects/${project.id}/backup/policies`,
    { name: 'nightly', cron: '@daily', includedNamespaces: ['shop'] });
  await signIn(page, viewer);
  const offered = () => page.getByRole('main').getByRole('button',
    { name: /Add|Enable|Disable|Change|Edit|Delete|Choose/ });
  await page.goto('/console/projects?search=looked');
  await row(page, 'Looked at').waitFor();
  assert.equal(await offered().count(), 0);
  await page.getByRole('link', { name: 'Looked at' }).click();
  await page.getByRole('button', { name: 'Show details of nightly' }).click();
  await page.getByRole('heading', { name: 'Next runs' }).waitFor();
  assert.equal(await offered().count(), 0);
  await accessible(page);
}));

test('names are text, whatever they are made of', inBrowser(daemon, { width: 360 }, async ({ page }) => {
  const names = ['<script>alert(1)</script>', '漢'.repeat(30), '🚀🛰️ Ωmega عربي',
    '<img src=x onerror=alert(1)>'];
  for (const name of names) await addProject(name, { description: `about ${name}` });
  await signIn(page, manager);
  await page.goto('/console/projects');
  for (const name of names) await page.getByRole('link', { name, exact: true }).waitFor();
  const wider = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(await wider() <= 0);
  await pictures(page, 'projects-names');
  await page.getByRole('link', { name: names[1], exact: true }).click();
  await page.getByRole('heading', { name: names[1] }).waitFor();
  assert.ok(await wider() <= 0);
  await accessible(page);
}));

test('while backup-credentials is disabled the page says so in words, and shows what it knows',
  inBrowser(daemon, async ({ page, expectFault }) => {
  expectFault(/status of 503/);
  const project = await addProject('In the dark', { ...backedUp, credentialId: nightly.id });
  await daemon.api.post('/plugins/backup-credentials/disable');
  try {
    await signIn(page, daemon.token);
    await page.goto('/console/projects?search=dark');
    await row(page, 'In the dark').getByText('Plugin backup-credentials is off').waitFor();
    await page.getByLabel('Backup', { exact: true }).selectOption('Suspended');
    await says(page, 'Credentials cannot be looked at now');
    assert.equal(await row(page, 'In the dark').count(), 0);
    await page.goto(`/console/projects/${project.id}`);
    await says(page, 'Nobody can tell how its backup stands');
    await page.getByRole('button', { name: 'Disable backup' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable backup' }).click();
    await page.getByRole('dialog').getByText('Nothing was changed').waitFor();
    await page.getByRole('dialog').getByRole('link', { name: 'Open Plugins' }).waitFor();
  } finally {
    await daemon.api.post('/plugins/backup-credentials/enable');
  }
}));
