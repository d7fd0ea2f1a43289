import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { accessible, fitsItsWidth } from './support/accessibility.js';
import { eventually, inBrowser, signIn } from './support/browser.js';
import { startDaemon } from './support/daemon.js';
import { pictures } from './support/pictures.js';

const daemon = await startDaemon();
const acme = await daemon.addOrganization('Acme');
const globex = await daemon.addOrganization('Globex');
const auditor = await daemon.addPrincipal('Audrey', 'auditor', acme);
const viewer = await daemon.addPrincipal('Vera', 'viewer', acme);
await daemon.api.patch(`/organizations/${globex}`, { name: 'Globex Corporation' });
await daemon.api.remove(`/organizations/${acme}`).catch(() => {}); // refused, and recorded

async function open(page, token = daemon.token, query = '') {
  await signIn(page, token);
  await page.goto(`/console/audit${query}`);
  await page.getByRole('heading', { name: 'Audit log' }).waitFor();
}
const records = page => page.getByRole('table', { name: 'Audit records' }).getByRole('row');
const record = (page, action) => records(page).filter({ hasText: action }).first();
const openRecord = (page, action) => record(page, action).getByRole('button', { name: /Show details/ }).click();
const query = page => Object.fromEntries(new URL(page.url()).searchParams);
const somethingHappens = name => daemon.api.post('/organizations', { name });

test('a record says who did what to what, when and how it ended, the newest first', inBrowser(daemon, async ({ page }) => {
  await open(page);
  const row = record(page, 'organization.delete');
  for (const text of ['administrator', `organization ${acme}`, 'Refused', 'organization_in_use'])
    await row.getByText(text, { exact: true }).waitFor();
  const times = await page.getByRole('table').locator('time').evaluateAll(all => all.map(time => time.dateTime));
  // Compare sequence numbers: concurrent requests may carry times out of order.
  const { items } = await daemon.api.get('/audit?limit=500');
  assert.deepEqual(times, items.sort((one, other) => other.sequence - one.sequence).slice(-times.length).map(({ time }) => time));
  await accessible(page);
  await pictures(page, 'audit');
}));

test('a record that opens shows what changed, before and after', inBrowser(daemon, async ({ page }) => {
  await open(page);
  await openRecord(page, 'organization.rename');
  await page.getByText('before: Globex', { exact: true }).waitFor();
  await page.getByText('after: Globex Corporation', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Copy the request id' }).waitFor();
  assert.ok(query(page).open, 'the open record stands in the address');
  await accessible(page);
  await pictures(page, 'audit-record');
  await page.reload();
  await page.getByText('after: Globex Corporation', { exact: true }).waitFor();
}));

test('filters narrow the log, stand in the address, and the back button takes them back', inBrowser(daemon, async ({ page }) => {
  await open(page);
  await record(page, 'organization.rename').waitFor();
  await page.getByLabel('Result').selectOption('Refused');
  await eventually(async () => assert.equal(await record(page, 'organization.rename').count(), 0));
  await record(page, 'organization.delete').waitFor();
  assert.equal(query(page).result, 'refused');
  await page.goBack();
  await record(page, 'organization.rename').waitFor();
  assert.equal(await page.getByLabel('Result').inputValue(), '');

  await page.getByLabel('Action').fill('organization.*');
  await eventually(async () => assert.equal(await record(page, 'principal.create').count(), 0));
  assert.equal(query(page).action, 'organization.*');
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await record(page, 'principal.create').waitFor();
  assert.deepEqual(query(page), {});
  assert.equal(await page.getByLabel('Action').inputValue(), '');
}));

test('a shared address shows the same records, the rarer filters too', inBrowser(daemon, async ({ page }) => {
  await open(page, daemon.token, `?objectType=organization&objectId=${globex}&when=day`);
  await record(page, 'organization.rename').waitFor();
  assert.equal(await records(page).filter({ hasText: 'organization.' }).count(), 2);
  assert.equal(await page.getByLabel('Kind of object').inputValue(), 'organization');
  assert.equal(await page.getByLabel('When').inputValue(), 'day');
}));

test('the log between two times is what happened between them', inBrowser(daemon, async ({ page }) => {
  await open(page);
  await page.getByLabel('When').selectOption('Between…');
  await page.getByLabel('Until').fill('2020-01-01T12:00');
  await page.getByRole('heading', { name: 'No record matches' }).waitFor();
  assert.equal(query(page).to, '2020-01-01T11:00:00.000Z'); // the browser is in Prague
  await page.getByLabel('Until').fill('');
  await page.getByLabel('From').fill('2020-01-01T12:00');
  await record(page, 'organization.rename').waitFor();
}));

test('from a record one goes on to its request, its author and its object', inBrowser(daemon, async ({ page }) => {
  await open(page);
  await openRecord(page, 'organization.rename');
  await page.getByRole('link', { name: 'Everything about this object' }).click();
  await eventually(() => assert.deepEqual(query(page), { objectType: 'organization', objectId: String(globex) }));
  await openRecord(page, 'organization.rename');
  await page.getByRole('link', { name: 'Everything in this request' }).click();
  await eventually(() => assert.match(query(page).requestId, /^\w+$/));
  // The address changes before the list does.
  await eventually(async () => assert.equal(await record(page, 'organization.create').count(), 0));
  await record(page, 'organization.rename').waitFor();
}));

test('following shows what happens next without a reload', inBrowser(daemon, async ({ page }) => {
  await open(page);
  await page.getByRole('switch', { name: 'Follow' }).check();
  await page.getByText('Following: what happens next appears at the top.').waitFor();
  assert.equal(query(page).follow, '1');
  const { id } = await somethingHappens('Initech');
  await openRecord(page, `organization ${id}`);
  await page.getByText('after: Initech', { exact: true }).waitFor();
  await accessible(page);
}));

test('following keeps to the filters', inBrowser(daemon, async ({ page }) => {
  await open(page, daemon.token, '?follow=1&action=organization.rename');
  await record(page, 'organization.rename').waitFor();
  await somethingHappens('Umbrella');
  await daemon.api.patch(`/organizations/${globex}`, { name: 'Globex Incorporated' });
  await eventually(async () => assert.equal(await records(page).filter({ hasText: 'organization.rename' }).count(), 2));
  assert.equal(await record(page, 'organization.create').count(), 0);
}));

test('following pauses while one reads further down, says so, and goes on at the top', inBrowser(daemon, async ({ page }) => {
  for (let number = 0; number < 40; ++number) await somethingHappens(`Company ${number}`);
  await open(page, daemon.token, '?follow=1');
  await page.getByText('Following: what happens next').waitFor();
  await records(page).nth(30).waitFor(); // before that there is nowhere to scroll to
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await page.getByText('Paused while you read further down.').waitFor();
  const { id } = await somethingHappens('Soylent');
  await page.getByRole('button', { name: 'Back to the top' }).click();
  await page.getByText('Following: what happens next').waitFor();
  await openRecord(page, `organization ${id}`);
  await page.getByText('after: Soylent', { exact: true }).waitFor();
}));

test('the log goes on where it ended as one scrolls', inBrowser(daemon, async ({ page }) => {
  await open(page);
  await record(page, 'organization.create').waitFor();
  await eventually(async () => {
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    assert.ok(await records(page).filter({ hasText: 'system:bootstrap' }).count() > 0);
  });
}));

test('what matches the filters is downloaded, as CSV and as NDJSON', inBrowser(daemon, async ({ page }) => {
  await open(page, daemon.token, '?action=organization.rename');
  await record(page, 'organization.rename').waitFor();
  await page.getByRole('button', { name: 'Download' }).click();
  await page.getByText('The records that match the filters now').waitFor();
  await accessible(page);
  for (const [name, file] of [['CSV, for a spreadsheet', 'audit.csv'], ['NDJSON, for programs', 'audit.ndjson']]) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
    assert.equal(download.suggestedFilename(), file);
    const text = fs.readFileSync(await download.path(), 'utf8');
    assert.match(text, /Globex Corporation/);
    assert.doesNotMatch(text, /principal\.create/);
  }
}));

test('the signed head is explained, and saved as the daemon gave it', inBrowser(daemon, async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Signed head' }).click();
  await page.getByText('cofferd audit verify --head head.json').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('link', { name: 'Download head.json' }).click()]);
  const { chain, signature } = JSON.parse(fs.readFileSync(await download.path(), 'utf8'));
  assert.equal(chain, (await daemon.api.get('/audit/head')).chain);
  assert.match(signature, /^[0-9a-f]{64}$/);
  await accessible(page);
  await pictures(page, 'audit-head');
}));

test('an auditor sees the records of the own organization, and is refused nothing on the way', inBrowser(daemon, async ({ page }) => {
  const refused = [];
  page.on('response', answer => { if (answer.status() >= 400) refused.push(answer.url()); });
  await open(page, auditor);
  await openRecord(page, 'organization.delete');
  await page.getByText('Acme', { exact: true }).first().waitFor();
  assert.equal(await record(page, 'organization.rename').count(), 0, 'Globex is another organization');
  assert.deepEqual(refused.filter(url => !url.includes('/sessions')), []);
}));

test('a viewer has no audit log', inBrowser(daemon, async ({ page }) => {
  await signIn(page, viewer);
  await page.goto('/console/audit');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Audit log' }).count(), 0);
}));

test('names are text, whatever they look like', inBrowser(daemon, async ({ page }) => {
  const names = ['<script>alert(1)</script>', '漢'.repeat(30), '🦊🦊🦊 Fox & “Sons”'];
  for (const name of names) {
    await somethingHappens(name);
    await open(page, daemon.token, '?action=organization.create');
    await openRecord(page, 'organization.create');
    await page.getByText(`after: ${name}`, { exact: true }).waitFor();
  }
}));

test('on a telephone the records are cards', inBrowser(daemon, { width: 360 }, async ({ page }) => {
  await open(page, daemon.token, '?action=organization.rename');
  await openRecord(page, 'organization.rename');
  await page.getByText('What changed').waitFor();
  await fitsItsWidth(page);
  await accessible(page);
}));
