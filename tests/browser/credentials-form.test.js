// Adding and changing a credential, as somebody does who has never seen coffer.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { accessible } from './support/accessibility.js';
import { eventually, inBrowser, signIn } from './support/browser.js';
import { startDaemon } from './support/daemon.js';
import { gateway } from './support/gateway.js';
import { pictures } from './support/pictures.js';

const daemon = await startDaemon();
const acme = await daemon.addOrganization('Acme');
const manager = await daemon.addPrincipal('Mona', 'manager', acme);

const fieldOf = (page, name) => page.getByRole('dialog').getByLabel(name, { exact: true });
const endpointOf = page => page.getByRole('combobox', { name: 'S3 Endpoint' });
const rowOf = (page, name) =>
  page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) }).first();
const button = (page, name) => page.getByRole('dialog').getByRole('button', { name, exact: true });
const errorOf = async (page, name) => {
  const described = await page.getByRole('dialog').getByLabel(name).first().getAttribute('aria-describedby');
  return page.evaluate(ids =>
    ids.split(' ').map(id => document.getElementById(id)?.textContent ?? '').join(' '), described ?? '');
};

async function openForm(page, token = manager) {
  await signIn(page, token);
  await page.goto('/console/backup-credentials');
  await page.getByRole('button', { name: 'Add credentials' }).first().click();
  await page.getByRole('heading', { name: 'Add credentials' }).waitFor();
  // Acme, the only one.
  await eventually(async () => assert.notEqual(await fieldOf(page, 'Organization required').inputValue(), ''));
}

async function fill(page, name,
  { endpoint = gateway.endpoint, region = gateway.region, accessKeyId = gateway.accessKeyId,
    secret = gateway.secretAccessKey } = {}) {
  await page.getByLabel('S3 Name').fill(name);
  await endpointOf(page).fill(endpoint);
  await page.getByRole('dialog').getByLabel('Region').fill(region);
  await page.getByLabel('S3 Access Key ID').fill(accessKeyId);
  await page.getByLabel('S3 Secret Access Key').fill(secret);
}

const stored = async search =>
  (await daemon.api.get(`/backup-credentials?search=${encodeURIComponent(search)}`)).items;

test('a wrong secret is refused in words at its field; the right one is stored, and becomes the default',
  inBrowser(daemon, async ({ page }) => {
  await openForm(page);
  await fill(page, 'first of all', { secret: 'notTheSecret' });
  await page.getByLabel('Make it the default').check();
  await button(page, 'Save').click();
  await page.getByText('Invalid S3 credentials: the secret access key does not belong').waitFor();
  await page.getByText('Nothing was stored').waitFor();
  assert.match(await errorOf(page, 'S3 Secret Access Key'), /says that this secret is wrong/);
  assert.deepEqual(await stored('first of all'), []);
  await pictures(page, 'credentials-refused');
  await page.getByLabel('S3 Secret Access Key').fill(gateway.secretAccessKey);
  await page.getByText('You changed something since').waitFor();
  await button(page, 'Save').click();
  await page.getByText('“first of all” is stored').waitFor();
  await rowOf(page, 'first of all').getByText('Works').waitFor();
  const [credential] = await stored('first of all');
  assert.equal(credential.default, true);
  assert.equal(credential.createdBy, 'Mona');
}));

test('an access key that the endpoint does not know is marked at its own field',
  inBrowser(daemon, async ({ page }) => {
  await openForm(page);
  await fill(page, 'unknown key', { accessKeyId: 'NOSUCHKEY' });
  await button(page, 'Save').click();
  await page.getByText('Invalid S3 credentials: the endpoint does not know this access key ID').waitFor();
  assert.match(await errorOf(page, 'S3 Access Key ID'), /does not know this access key ID/);
}));

test('a test says what the endpoint answered, stores nothing, and is stale after a change',
  inBrowser(daemon, async ({ page }) => {
  await openForm(page);
  await fill(page, 'only a test');
  await button(page, 'Test').click();
  await page.getByText('The endpoint accepts these keys').waitFor();
  assert.deepEqual(await stored('only a test'), []);
  await endpointOf(page).fill('http://127.0.0.1:1');
  await page.getByText('You changed something since').waitFor();
  await button(page, 'Test').click();
  await page.getByText('nobody listens at the endpoint’s address').waitFor();
  assert.match(await errorOf(page, 'S3 Endpoint'), /Nobody listens/);
}));

test('a test needs no name, and asks nobody while a field is wrong', inBrowser(daemon, async ({ page }) => {
  await openForm(page);
  await page.getByLabel('S3 Secret Access Key').fill('x');
  const asked = [];
  page.on('request', request => request.method() === 'POST' && asked.push(request.url()));
  await button(page, 'Test').click();
  await page.getByText('Give the address of the S3 server.').waitFor();
  await page.getByText('Give the access key ID.').waitFor();
  assert.equal(await page.getByText('Give it a name.').count(), 0);
  assert.deepEqual(asked, []);
}));

test('what is typed is checked while it is typed', inBrowser(daemon, async ({ page }) => {
  await openForm(page);
  await page.getByLabel('S3 Name').fill('  ab ');
  await page.getByText('Has 2 characters; it needs at least 3.').waitFor();
  await page.getByLabel('S3 Name').fill('x'.repeat(31));
  await page.getByText('Has 31 characters; it can have 30 at most.').waitFor();
  await page.getByLabel('S3 Name').fill('漢'.repeat(30));
  await page.getByText('it can have 30 at most').waitFor({ state: 'detached' });
  await endpointOf(page).fill('https://s3.example.com/bucket');
  await page.keyboard.press('Tab');
  await page.getByText('Has nothing behind the host').waitFor();
  await page.getByLabel('S3 Secret Access Key').fill(' pasted\n');
  await page.getByText('White space came along').waitFor();
  await page.getByRole('button', { name: 'Remove it' }).click();
  assert.equal(await page.getByLabel('S3 Secret Access Key').inputValue(), 'pasted');
  assert.equal(await page.getByText('White space came along').count(), 0);
}));

test('a place or a provider finds an endpoint, and the region follows',
  inBrowser(daemon, async ({ page }) => {
  await openForm(page);
  const region = page.getByRole('dialog').getByLabel('Region');
  await endpointOf(page).fill('amazon ireland');
  await page.getByRole('option', { name: /Amazon S3, Europe \(Ireland\)/ }).waitFor();
  await accessible(page);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await endpointOf(page).inputValue(), 'https://s3.eu-west-1.amazonaws.com');
  assert.equal(await region.inputValue(), 'eu-west-1');
  await endpointOf(page).fill('https://fra1.digitaloceanspaces.com');
  await eventually(async () => assert.equal(await region.inputValue(), 'fra1'));
  await region.fill('mine');
  await endpointOf(page).fill('https://s3.nl-ams.scw.cloud');
  assert.equal(await region.inputValue(), 'mine');
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('listbox').count(), 0);
  await page.getByRole('heading', { name: 'Add credentials' }).waitFor();
}));

test('what is the customer’s own in a suggestion is to be replaced', inBrowser(daemon, async ({ page }) => {
  await openForm(page);
  await endpointOf(page).fill('cloudflare');
  await page.getByRole('dialog').getByRole('option', { name: /Cloudflare R2 https/ }).click();
  await page.getByText('Write yours in the place of <account-id>').waitFor();
  await eventually(async () =>
    assert.equal(await page.evaluate(() => getSelection().toString()), '<account-id>'));
  await page.keyboard.type('0a1b');
  assert.equal(await endpointOf(page).inputValue(), 'https://0a1b.r2.cloudflarestorage.com');
  assert.equal(await page.getByRole('dialog').getByLabel('Region').inputValue(), 'auto');
}));

test('the secret is hidden, shown only to who types it, kept by nobody, and never sent back',
  inBrowser(daemon, async ({ page }) => {
  await openForm(page);
  await fill(page, 'kept secret');
  const secret = page.getByLabel('S3 Secret Access Key');
  const look = () => secret.evaluate(input => getComputedStyle(input).webkitTextSecurity);
  assert.equal(await look(), 'disc');
  assert.equal(await secret.getAttribute('autocomplete'), 'off');
  await button(page, 'Show').click();
  assert.equal(await look(), 'none');
  const answers = [];
  page.on('response', response => answers.push(response.text().catch(() => '')));
  await button(page, 'Save').click();
  await page.getByText('“kept secret” is stored').waitFor();
  await page.getByText('Secret’s fingerprint').first().waitFor();
  const everywhere = [...await Promise.all(answers), page.url(), await page.content(),
    await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state,
        document.cookie]))].join('\n');
  assert.ok(!everywhere.includes(gateway.secretAccessKey));
}));

test('Save again after a lost answer stores nothing twice',
  inBrowser(daemon, async ({ page, expectFault }) => {
  expectFault(/ERR_FAILED/);
  await openForm(page);
  await fill(page, 'only once');
  await page.route('**/api/v1/backup-credentials', async route => {
    if (route.request().method() !== 'POST') return route.continue();
    await route.fetch();
    return route.abort();
  }, { times: 1 });
  await button(page, 'Save').click();
  await page.getByText('the same credential is never stored twice').waitFor();
  await button(page, 'Save').click();
  await page.getByText('“only once” is stored').waitFor();
  assert.equal((await stored('only once')).length, 1);
}));

/** An endpoint that refuses in a way that the S3 server does not. @returns its address */
async function refusingEndpoint(status, type, body) {
  const server = http.createServer((request, response) => {
    response.writeHead(status, { 'Content-Type': type });
    response.end(body);
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

test('where there is no organization yet, the form says where to add the first', async t => {
  const fresh = await startDaemon();
  await inBrowser(fresh, async ({ page }) => {
    await signIn(page, fresh.token);
    await page.goto('/console/backup-credentials?add=1');
    await page.getByRole('dialog').getByText('There is no organization yet').waitFor();
    await page.getByRole('link', { name: 'Add the first' }).click();
    await page.getByRole('heading', { name: 'Organizations and access' }).waitFor();
  })(t);
});

test('the region that the endpoint asks for is one press away', inBrowser(daemon, async ({ page }) => {
  const endpoint = await refusingEndpoint(400, 'application/xml',
    '<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>');
  await openForm(page);
  await fill(page, 'wrong region', { endpoint, region: 'mars-1' });
  await button(page, 'Test').click();
  await page.getByText('Invalid S3 credentials: the endpoint wants another region').waitFor();
  await button(page, 'Use eu-west-1').first().click();
  assert.equal(await page.getByRole('dialog').getByLabel('Region').inputValue(), 'eu-west-1');
  assert.equal(await button(page, 'Use eu-west-1').count(), 0);
}));

test('so is https, where the endpoint’s port speaks TLS', inBrowser(daemon, async ({ page }) => {
  const endpoint = await refusingEndpoint(400, 'text/html',
    'The plain HTTP request was sent to HTTPS port');
  await openForm(page);
  await fill(page, 'wants TLS', { endpoint });
  await button(page, 'Test').click();
  await page.getByText('no secure connection to the endpoint comes about').waitFor();
  await button(page, 'Use https://').first().click();
  assert.equal(await endpointOf(page).inputValue(), endpoint.replace('http:', 'https:'));
}));

test('a name that is taken is said at the name, and what was typed stays',
  inBrowser(daemon, async ({ page }) => {
  await gateway.addCredential(daemon, acme, 'taken name');
  await openForm(page);
  await fill(page, 'Taken NAME');
  await button(page, 'Save').click();
  await page.getByText('This organization has a credential named').waitFor();
  assert.equal(await page.getByLabel('S3 Secret Access Key').inputValue(), gateway.secretAccessKey);
}));

test('an administrator may ask to store what was not accepted; where the deployment forbids it, it says so',
  inBrowser(daemon, async ({ page }) => {
  await openForm(page, daemon.token);
  await fill(page, 'unverified', { secret: 'wrong' });
  await button(page, 'Save').click();
  await page.getByLabel('Store it although it was not accepted').check();
  await button(page, 'Save').click();
  await page.getByText('This deployment stores only keys that their endpoint accepted').waitFor();
  assert.deepEqual(await stored('unverified'), []);
}));

test('who is no administrator is not offered to store what was not accepted',
  inBrowser(daemon, async ({ page }) => {
  await openForm(page);
  await fill(page, 'unverified', { secret: 'wrong' });
  await button(page, 'Save').click();
  await page.getByText('Nothing was stored').waitFor();
  assert.equal(await page.getByLabel('Store it although').count(), 0);
}));

test('an edit changes the name alone, and keeps what is fixed', inBrowser(daemon, async ({ page }) => {
  const { id } = await gateway.addCredential(daemon, acme, 'old name');
  await signIn(page, manager);
  await page.goto('/console/backup-credentials?search=old+name');
  await rowOf(page, 'old name').getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByRole('dialog').getByText(gateway.endpoint).waitFor();
  assert.equal(await endpointOf(page).count(), 0);
  assert.equal(await page.getByLabel('S3 Secret Access Key').inputValue(), '');
  await page.getByLabel('S3 Name').fill('new name');
  const sent = page.waitForRequest(request => request.method() === 'PATCH');
  await button(page, 'Save').click();
  assert.deepEqual((await sent).postDataJSON(), { name: 'new name' });
  await page.getByText('“new name” is changed').waitFor();
  assert.equal((await daemon.api.get(`/backup-credentials/${id}`)).name, 'new name');
}));

test('new keys are tried before they replace the old ones', inBrowser(daemon, async ({ page }) => {
  const before = await gateway.addCredential(daemon, acme, 'rotated');
  const robin = gateway.addUser('robin');
  await signIn(page, manager);
  await page.goto('/console/backup-credentials?search=rotated');
  await rowOf(page, 'rotated').getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByLabel('S3 Access Key ID').fill(robin.accessKeyId);
  await page.getByText('A new access key ID nearly always has a secret of its own').waitFor();
  await button(page, 'Save').click();
  await page.getByText('Nothing was stored').waitFor();
  await page.getByLabel('S3 Secret Access Key').fill(robin.secretAccessKey);
  await button(page, 'Test').click();
  await page.getByText('The endpoint accepts these keys').waitFor();
  await button(page, 'Save').click();
  await page.getByText('“rotated” is changed').waitFor();
  const after = await daemon.api.get(`/backup-credentials/${before.id}`);
  assert.equal(after.accessKeyId, robin.accessKeyId);
  assert.notEqual(after.secretFingerprint, before.secretFingerprint);
}));

test('an edit over somebody else’s is shown as a conflict, and nothing is lost',
  inBrowser(daemon, async ({ page, newBrowser }) => {
  const { id } = await gateway.addCredential(daemon, acme, 'both want it');
  const { page: other } = await newBrowser({ width: 360 });
  for (const [each, token] of [[page, manager], [other, daemon.token]]) {
    await signIn(each, token);
    await each.goto('/console/backup-credentials?search=both');
    await rowOf(each, 'both want it').getByRole('button', { name: 'Edit', exact: true }).click();
  }
  await other.getByLabel('S3 Name').fill('theirs now');
  await button(other, 'Save').click();
  await other.getByText('“theirs now” is changed').waitFor();
  await page.getByLabel('S3 Name').fill('mine instead');
  await button(page, 'Save').click();
  await page.getByText('administrator changed it in the meantime').waitFor();
  await accessible(page);
  await pictures(page, 'credentials-conflict');
  assert.equal((await daemon.api.get(`/backup-credentials/${id}`)).name, 'theirs now');
  await page.getByRole('radio', { name: /There now theirs now/ }).check();
  await page.getByRole('radio', { name: /Yours mine instead/ }).check();
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  assert.equal(await fieldOf(page, 'S3 Name required').inputValue(), 'mine instead');
  await button(page, 'Save').click();
  await page.getByText('“mine instead” is changed').waitFor();
  assert.equal((await daemon.api.get(`/backup-credentials/${id}`)).name, 'mine instead');
}));

test('the form is accessible, empty and with every field wrong, and works with the keyboard alone',
  inBrowser(daemon, { width: 360, colorScheme: 'dark' }, async ({ page }) => {
  const focused = () => page.evaluate(() => document.activeElement.labels?.[0].textContent);
  await openForm(page);
  await accessible(page);
  await eventually(async () => assert.equal(await focused(), 'S3 Name required'));
  await page.keyboard.press('Enter');
  await page.getByText('Give it a name.').waitFor();
  await accessible(page);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  const type = async text => {
    await page.keyboard.press('Tab');
    await page.keyboard.type(text);
  };
  await eventually(async () => assert.equal(await focused(), 'S3 Name required'));
  await page.keyboard.type('by keyboard');
  await type(gateway.endpoint);
  await type(gateway.region);
  await type(gateway.accessKeyId);
  await type(gateway.secretAccessKey);
  await page.keyboard.press('Enter');
  await page.getByText('“by keyboard” is stored').waitFor();
}));
