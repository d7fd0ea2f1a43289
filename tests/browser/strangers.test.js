// What a page of somebody else, open in the same browser, can do to who is signed in. One on another port of the same machine is the
// worst: for cookies it is the same site.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { eventually, inBrowser, signIn } from './support/browser.js';
import { startDaemon } from './support/daemon.js';

const daemon = await startDaemon();
const site = http.createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/html' });
  response.end('<!doctype html><html lang="en"><title>A stranger</title><body>');
}).listen(0, '127.0.0.1');
await once(site, 'listening');
site.unref();
const stranger = `http://127.0.0.1:${site.address().port}/`;
const organizations = async () => (await daemon.api.get('/organizations')).items.map(({ name }) => name);

/** Somebody is signed in and then looks at the stranger's page. */
const atStranger = look => inBrowser(daemon, async ({ page, context, expectFault }) => {
  expectFault(/./); // all that it tries is seen, and most of it refused
  await signIn(page, daemon.token);
  await page.goto('/console/');
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  await page.goto(stranger);
  await look(page, context);
  assert.equal((await page.request.get('/api/v1/whoami')).status(), 200, 'the session goes on');
});

test('a stranger’s script cannot read what the API answers', atStranger(async page => {
  const read = await page.evaluate(api => Promise.all(['/whoami', '/sessions/current', '/organizations', '/console'].map(
    path => fetch(api + path, { credentials: 'include' }).then(answer => answer.text(), () => null))), `${daemon.url}/api/v1`);
  assert.deepEqual(read, [null, null, null, null]);
}));

test('a stranger’s script cannot change anything', atStranger(async page => {
  await page.evaluate(api => {
    const send = (method, path, type, body) =>
      fetch(api + path, { method, credentials: 'include', mode: 'no-cors', headers: { 'Content-Type': type }, body }).catch(() => {});
    return Promise.all([
      send('POST', '/organizations', 'text/plain', '{"name": "Stranger"}'),
      send('POST', '/organizations', 'application/x-www-form-urlencoded', '{"name": "Stranger"}'),
      send('POST', '/keys/rotate', 'text/plain'),
      fetch(`${api}/sessions/current`, { method: 'DELETE', credentials: 'include' }).catch(() => {}),
      fetch(`${api}/organizations`, {
        method: 'POST', credentials: 'include', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': 'guessed' }, body: '{"name": "Stranger"}',
      }).catch(() => {}),
    ]);
  }, `${daemon.url}/api/v1`);
  assert.deepEqual(await organizations(), []);
  assert.equal((await daemon.api.get('/keys')).activeVersion, 1);
}));

test('a stranger’s form cannot change anything', atStranger(async page => {
  const answered = page.waitForResponse(response => response.request().method() === 'POST');
  await page.evaluate(address => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: address, enctype: 'text/plain' });
    form.append(Object.assign(document.createElement('input'), { name: '{"name": "Stranger", "x": "', value: '"}' }));
    document.body.append(form);
    form.submit();
  }, `${daemon.url}/api/v1/organizations`);
  assert.equal((await answered).status(), 403);
  assert.deepEqual(await organizations(), []);
}));

test('a stranger’s page cannot frame the console', atStranger(async page => {
  await page.evaluate(address => new Promise(resolve => {
    document.body.append(Object.assign(document.createElement('iframe'), { src: address, onload: resolve, onerror: resolve }));
  }), `${daemon.url}/console/`);
  await eventually(async () => {
    const [, framed] = page.frames();
    assert.doesNotMatch(await framed.content(), /coffer\.svg/);
  });
}));

test('a stranger’s page has no hold on a console that it opened', atStranger(async (page, context) => {
  const opened = context.waitForEvent('page');
  await page.evaluate(address => { window.opened = open(address); }, `${daemon.url}/console/`);
  const console = await opened;
  await console.getByRole('navigation', { name: 'Pages' }).waitFor();
  assert.equal(await console.evaluate(() => window.opener), null);
  await eventually(async () => // for the stranger it is as good as closed
    assert.equal(await page.evaluate(() => window.opened.closed), true));
}));
