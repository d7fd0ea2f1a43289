// The bench itself: what no page may do fails the test in which it does.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { accessible, fitsItsWidth } from './support/accessibility.js';
import { inBrowser } from './support/browser.js';

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' http://elsewhere.example; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";
const scripts = {
  nothing: '',
  markup: "try { document.querySelector('h1').innerHTML = '<b>x</b>'; } catch {}",
  evaluation: "try { eval('1'); } catch {}",
  elsewhere: "fetch('http://elsewhere.example/').catch(() => {});",
  dialog: 'alert(1);',
  exception: "setTimeout(() => { throw new Error('exception on purpose'); });",
  rejection: "Promise.reject(new Error('rejection on purpose'));",
  message: "console.error('message on purpose');",
  refused: "fetch('/api/v1/refused');",
  broken: "fetch('/api/v1/broken');",
};
const bodies = {
  inlineScript: '<script>1</script>',
  inlineStyle: '<p style="color: red">x</p>',
  missing: '<script src="/missing.js"></script>',
  inaccessible: '<button></button>',
  wide: '<table><tr><td>' + 'x'.repeat(1000) + '</td></tr></table>',
};
const statuses = { '/missing.js': 404, '/favicon.ico': 204, '/api/v1/refused': 422, '/api/v1/broken': 500 };

function answer(request, response) {
  const name = request.url.slice(1);
  const isScript = name.endsWith('.js');
  response.writeHead(statuses[request.url] ?? 200,
    { 'Content-Type': isScript ? 'text/javascript' : 'text/html', 'Content-Security-Policy': policy });
  if (isScript) response.end(scripts[name.slice(0, -3)]);
  else response.end(`<!doctype html><html lang="en"><title>x</title><h1>x</h1><main>${bodies[name] ?? `<script src="/${name}.js"></script>`}</main>`);
}

const server = http.createServer(answer).listen(0, '127.0.0.1');
await once(server, 'listening');
server.unref();
const served = { url: `http://127.0.0.1:${server.address().port}` };

/** A test's body on some of the pages above, run as node:test would. */
const visit = (names, look = async () => {}) => inBrowser(served, async ({ page, expectFault }) => {
  for (const name of names) {
    await page.goto(`/${name}`, { waitUntil: 'networkidle' });
    await page.evaluate(() => new Promise(resolve => setTimeout(resolve))); // after the page's own
  }
  await look(page, expectFault);
})({ name: `bench ${names}` });

test('a page that does nothing wrong passes, and what the API refuses is no fault of it', () => visit(['nothing', 'refused'], async page => {
  await accessible(page);
  await fitsItsWidth(page);
}));

test('a fault that was announced is none', () => visit(['message'], async (page, expectFault) => expectFault(/on purpose/)));

test('every fault is noticed', async () => {
  const complaints = {
    inlineScript: /inline script violates .*Content Security Policy/, inlineStyle: /inline style violates .*Content Security Policy/,
    markup: /TrustedHTML/, evaluation: /TrustedScript/, elsewhere: /request to another host: http:\/\/elsewhere.example/, dialog: /dialog: 1/,
    exception: /uncaught: .*exception on purpose/, rejection: /uncaught: .*rejection on purpose/, message: /console: message on purpose/,
    broken: /status of 500/, missing: /status of 404/,
  };
  const error = await visit(Object.keys(complaints)).then(() => null, failure => failure);
  for (const [name, complaint] of Object.entries(complaints)) assert.match(String(error), complaint, name);
});

test('what cannot be used with a screen reader is noticed', () => assert.rejects(visit(['inaccessible'], accessible), /button-name/));

test('what is scrolled sideways is noticed', () => assert.rejects(visit(['wide'], fitsItsWidth), /wide in a window of 1280/));
