// The page of one project: policies, manifest, history, and two people at once.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { accessible } from './support/accessibility.js';
import { inBrowser, signIn } from './support/browser.js';
import { startDaemon } from './support/daemon.js';
import { gateway } from './support/gateway.js';
import { pictures } from './support/pictures.js';

const daemon = await startDaemon();
const acme = await daemon.addOrganization('Acme');
const manager = await daemon.addPrincipal('Petra', 'manager', acme);
const other = await daemon.addPrincipal('Otto', 'manager', acme);
const nightly = await gateway.addCredential(daemon, acme, 'nightly');
await daemon.api.put(`/backup-credentials/${nightly.id}/default`);

const addProject = (name, more = { enableBackup: true, bucket: 'backups' }) =>
  daemon.api.post('/projects', { organizationId: acme, name, ...more });
const addPolicy = ({ id }, policy) => daemon.api.post(`/projects/${id}/backup/policies`,
  { name: 'nightly', cron: '30 2 * * *', timeZone: 'Europe/Prague', includedNamespaces: ['shop'],
    ...policy });
const says = (page, text) => page.getByText(text).first().waitFor();
const name = page => page.getByLabel('Name required');
const save = page => page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();

async function openProject(page, project, query = '', token = manager) {
  await signIn(page, token);
  await page.goto(`/console/projects/${project.id}${query}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

test('a schedule is said in words while it is typed, and what is wrong with it at the field',
  inBrowser(daemon, async ({ page }) => {
  await openProject(page, await addProject('Words'));
  await page.getByRole('button', { name: 'Add policy' }).first().click();
  await page.getByLabel('How often').selectOption('Every week, Sunday at 03:00');
  await says(page, 'Every Sunday at 03:00.');
  const schedule = page.getByLabel('Schedule');
  await schedule.fill('15 8-18 * * MON-FRI');
  await says(page, 'Every hour from 08:15 to 18:15, Monday to Friday.');
  await schedule.fill('61 2 * * *');
  await says(page, 'The minute: “61” is not a number from 0 to 59.');
  await schedule.fill('0 2 * *');
  await says(page, 'Five fields are needed');
  await accessible(page);
  await pictures(page, 'policy-wrong');
  await page.getByRole('dialog').getByRole('button', { name: 'Add policy' }).click();
  await says(page, 'Give it a name.');
  await says(page, 'Name the namespaces to back up, or those to leave out.');
}));

test('what only the daemon finds wrong with a schedule is said at the field as well',
  inBrowser(daemon, async ({ page }) => {
  await openProject(page, await addProject('Never'));
  await page.getByRole('button', { name: 'Add policy' }).first().click();
  await name(page).fill('never runs');
  await page.getByLabel('Schedule').fill('0 0 31 2 *');
  await page.getByLabel('Namespaces to leave out').fill('kube-system');
  await page.getByRole('dialog').getByRole('button', { name: 'Add policy' }).click();
  await says(page, 'This schedule never runs');
}));

test('a policy on another clock shows its next runs in both times', inBrowser(daemon, async ({ page }) => {
  const project = await addProject('Two clocks');
  await openProject(page, project);
  await page.getByRole('button', { name: 'Add policy' }).first().click();
  await name(page).fill('in New York');
  const zone = page.getByRole('combobox', { name: 'Time zone' });
  assert.equal(await zone.inputValue(), 'Europe/Prague', 'the viewer’s own');
  await zone.fill('new york');
  await page.getByRole('option', { name: /America\/New_York/ }).click();
  await page.getByLabel('Keep backups for').fill('14');
  await page.getByLabel('Namespaces to back up').fill('shop carts');
  await page.getByRole('dialog').getByRole('button', { name: 'Add policy' }).click();
  await page.getByRole('list', { name: 'Your time, Europe/Prague' }).getByRole('listitem').nth(4).waitFor();
  const theirs = await page.getByRole('list',
    { name: 'The policy’s, America/New_York' }).getByRole('listitem').allInnerTexts();
  assert.equal(theirs.length, 5);
  for (const run of theirs) assert.match(run, /02:30/);
  await says(page, '14 days');
  await says(page, 'shop, carts');
  const { items: [policy] } = await daemon.api.get(`/projects/${project.id}/backup/policies`);
  assert.equal(policy.retention, '336h');
  await accessible(page);
  await pictures(page, 'project');
}));

test('a policy is changed and deleted', inBrowser(daemon, async ({ page }) => {
  const project = await addProject('Changing');
  const policy = await addPolicy(project, { name: 'old name', retention: '72h' });
  await openProject(page, project);
  const row = page.getByRole('row', { name: /old name|new name/ });
  await row.getByRole('button', { name: 'Edit' }).click();
  assert.equal(await page.getByLabel('Keep backups for').inputValue(), '3');
  await name(page).fill('new name');
  await page.getByLabel('Keep backups for').fill('20');
  await page.getByLabel('Unit').selectOption('hours');
  await save(page);
  await row.getByText('20 hours').waitFor();
  assert.equal((await daemon.api.get(`/projects/${project.id}/backup/policies/${policy.id}`)).name,
    'new name');
  await row.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete policy' }).click();
  await says(page, 'No policy says when');
  assert.equal((await daemon.api.get(`/projects/${project.id}/backup/policies`)).totalCount, 0);
}));

test('over a policy that somebody else saved first nothing is lost: what both changed is to be chosen',
  inBrowser(daemon, async ({ page, newBrowser }) => {
  const project = await addProject('Both edit');
  const policy = await addPolicy(project);
  const { page: second } = await newBrowser();
  await openProject(page, project);
  await openProject(second, project, '', other);
  for (const each of [page, second]) await each.getByRole('row', { name: /nightly/ }).getByRole('button',
    { name: 'Edit' }).click();
  await second.getByLabel('Schedule').fill('0 5 * * *');
  await second.getByLabel('Namespaces to back up').fill('shop, carts');
  await save(second);
  await says(second, 'nightly was saved');
  await page.getByLabel('Schedule').fill('0 4 * * *');
  await save(page);
  await says(page, 'Otto changed it in the meantime');
  await accessible(page);
  await pictures(page, 'policy-conflict');
  await page.getByRole('group', { name: 'Schedule' }).getByLabel(/There now/).check();
  await page.getByRole('button', { name: 'Go on' }).click();
  assert.equal(await page.getByLabel('Schedule').inputValue(), '0 5 * * *');
  assert.equal(await page.getByLabel('Namespaces to back up').inputValue(), 'shop, carts');
  await page.getByLabel('Keep backups for').fill('7');
  await save(page);
  await says(page, 'nightly was saved');
  const stored = await daemon.api.get(`/projects/${project.id}/backup/policies/${policy.id}`);
  assert.deepEqual([stored.cron, stored.includedNamespaces, stored.retention],
    ['0 5 * * *', ['shop', 'carts'], '168h']);
}));

test('a project that somebody else renamed meanwhile keeps what one typed',
  inBrowser(daemon, async ({ page }) => {
  const project = await addProject('First name');
  await openProject(page, project);
  await page.getByRole('button', { name: 'Edit', exact: true }).first().click();
  await page.getByLabel('Description').fill('mine');
  await daemon.as(other).patch(`/projects/${project.id}`, { name: 'Second name' });
  await save(page);
  await says(page, 'What you had not touched is filled in as they saved it');
  await page.getByRole('button', { name: 'Go on' }).click();
  await save(page);
  await page.getByRole('heading', { name: 'Second name' }).waitFor();
  assert.equal((await daemon.api.get(`/projects/${project.id}`)).description, 'mine');
}));

test('the manifest is made, copied and downloaded; without a grant there is no talk of keys in it',
  inBrowser(daemon, { permissions: ['clipboard-read', 'clipboard-write'] }, async ({ page }) => {
    const project = await addProject('Manifested');
    await addPolicy(project);
    await openProject(page, project, '?tab=manifest');
    assert.equal(await page.getByLabel('Include the S3 keys').count(), 0);
    await page.getByLabel('Namespace that Velero runs in').fill('Not One');
    await says(page, 'A namespace has 1 to 63');
    await page.getByLabel('Namespace that Velero runs in').fill('backup-system');
    await page.getByRole('button', { name: 'Make manifest' }).click();
    const manifest = page.getByRole('region', { name: 'Manifest' }).locator('pre');
    const shown = await manifest.innerText();
    assert.match(shown, /namespace: "backup-system"/);
    assert.match(shown, /The secret access key is not in here/);
    await Promise.all([ // it says so for two seconds
      page.getByRole('button', { name: 'Copied' }).waitFor(), page.getByRole('button', { name: 'Copy' }).click()]);
    assert.equal((await page.evaluate(() => navigator.clipboard.readText())).trim(), shown.trim());
    const [download] = await Promise.all([page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click()]);
    assert.equal(download.suggestedFilename(), `coffer-project-${project.id}.yaml`);
    assert.equal(fs.readFileSync(await download.path(), 'utf8').trim(), shown.trim());
    await page.getByLabel('Namespace that Velero runs in').fill('');
    await says(page, 'Made before you changed the options');
    await accessible(page);
    await pictures(page, 'project-manifest');
  }));

test('the keys are in a manifest only for who was granted their use, with a warning, and stay nowhere',
  inBrowser(daemon, async ({ page }) => {
  const project = await addProject('With keys');
  const { id } = await daemon.api.post('/principals', { name: 'Ulla' });
  await daemon.api.post(`/principals/${id}/roles`, { role: 'manager', organizationId: acme });
  await daemon.api.post(`/principals/${id}/grants`,
    { permission: 'backup-credentials:use', object: String(nightly.id) });
  const { token } = await daemon.api.post(`/principals/${id}/tokens`, { name: 'test' });
  await openProject(page, project, '?tab=manifest', token);
  const keys = page.getByLabel('Include the S3 keys');
  assert.equal(await keys.isChecked(), false);
  await says(page, 'shown in plain text');
  await keys.check();
  await page.getByRole('button', { name: 'Make manifest' }).click();
  await says(page, 'This shows the secret access key');
  const everything = () => page.evaluate(() =>
    document.documentElement.outerHTML + JSON.stringify({ ...localStorage }) + 
    JSON.stringify({ ...sessionStorage }) + location.href);
  const secret = gateway.secretAccessKey;
  const hides = text => [secret, Buffer.from(secret).toString('base64')].every(form => !text.includes(form));
  assert.ok((await page.locator('pre').innerText()).includes('kind: "Secret"'));
  await page.getByRole('button', { name: 'Hide' }).click();
  assert.ok(hides(await everything()));
  await page.getByRole('button', { name: 'Make manifest' }).click();
  await says(page, 'This shows the secret access key');
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('link', { name: 'Manifest', exact: true }).click();
  await page.getByRole('button', { name: 'Make manifest' }).waitFor();
  assert.ok(hides(await everything()));
}));

test('a manifest of a suspended project is refused in words, with the way to the credential',
  inBrowser(daemon, async ({ page }) => {
  const short = await gateway.addCredential(daemon, acme, 'to be locked');
  const project = await addProject('No manifest',
    { enableBackup: true, credentialId: short.id, bucket: 'backups' });
  await daemon.api.put(`/backup-credentials/${short.id}/lock`, { reason: 'the key leaked' });
  await openProject(page, project, '?tab=manifest');
  await page.getByRole('button', { name: 'Make manifest' }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'The credential is locked' });
  await alert.getByText('administrator locked it: the key leaked').waitFor();
  assert.equal(await alert.getByRole('link', { name: 'Open the credential' }).getAttribute('href'),
    `/console/backup-credentials?search=to+be+locked&open=${short.id}`);
}));

test('its history says who did what, and shows what changed', inBrowser(daemon, async ({ page }) => {
  const project = await addProject('Historic');
  await daemon.as(other).patch(`/projects/${project.id}`, { description: 'of great age' });
  await assert.rejects(daemon.as(other).remove(`/projects/${project.id}`), { status: 409 });
  await openProject(page, project);
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('row', { name: /Otto was refused/ }).getByText('Refused', { exact: true }).waitFor();
  await page.getByRole('row', { name: /Otto changed/ }).getByRole('button').click();
  await says(page, 'of great age');
  assert.match(page.url(), /tab=history&record=\d+/);
  await accessible(page);
  await pictures(page, 'project-history');
}));
