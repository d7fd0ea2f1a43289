// The same page with a hundred thousand credentials: only what is seen is asked for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, inBrowser, signIn } from './support/browser.js';
import { startDaemon } from './support/daemon.js';
import { seedCredentials, seededCredential } from './support/seed.js';

const many = 100_000;
const daemon = await startDaemon();
const organizations = [await daemon.addOrganization('Acme'), await daemon.addOrganization('Globex')];
await seedCredentials(daemon, organizations, many);

const shown = page => page.locator('td.is-title').count();
const asked = page => {
  const requests = [];
  page.on('request', request => /\/backup-credentials\?/.test(request.url())
    && requests.push(new URL(request.url()).searchParams));
  return requests;
};

test('the first page stands there at once, with the count, and scrolling brings more',
  inBrowser(daemon, async ({ page }) => {
  await signIn(page, daemon.token);
  const requests = asked(page);
  await page.goto('/console/backup-credentials');
  await page.getByText('100,000 credentials').waitFor();
  assert.equal(await shown(page), 50);
  assert.equal(requests.length, 1);
  await page.getByRole('button', { name: 'Show more' }).scrollIntoViewIfNeeded();
  await eventually(async () => assert.ok(await shown(page) >= 100));
  assert.ok(requests.every(query => Number(query.get('limit')) <= 50));
}));

test('a search finds one among them as one types', inBrowser(daemon, async ({ page }) => {
  const wanted = seededCredential(77_777);
  await signIn(page, daemon.token);
  await page.goto('/console/backup-credentials');
  await page.getByLabel('Search').pressSequentially(wanted.accessKeyId.toLowerCase());
  await eventually(async () => assert.equal(await shown(page), 1));
  await page.getByText(wanted.name).waitFor();
  await page.getByText('1 credential', { exact: true }).waitFor();
}));

test('a search that finds too many to sort says so, and how to sort them',
  inBrowser(daemon, async ({ page }) => {
  await signIn(page, daemon.token);
  await page.goto('/console/backup-credentials?search=nightly&sort=-name');
  await page.getByText(/more than 1,00\d credentials/).waitFor();
  const sort = page.getByRole('columnheader', { name: 'S3 Name' }).getByRole('button');
  assert.equal(await sort.getAttribute('aria-disabled'), 'true');
  assert.match(await sort.getAttribute('title'), /More than 1,000 match/);
  assert.equal(await page.getByLabel('Order').isDisabled(), true);
}));

test('filters narrow them down', inBrowser(daemon, async ({ page }) => {
  await signIn(page, daemon.token);
  await page.goto('/console/backup-credentials?status=failing');
  await page.getByText('10,000 credentials').waitFor();
  await page.getByText('No answer').first().waitFor();
  await page.getByRole('combobox', { name: 'Lock' }).selectOption('Locked');
  await eventually(async () => assert.match(page.url(), /locked=true/));
}));
