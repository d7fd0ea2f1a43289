// Tests of the console in a real Chromium, against a real cofferd.
//
//   tests/browser/run                          every file
//   tests/browser/run session.test.js          one file; more options of node --test may stand before it
//   node --test tests/browser/session.test.js  the same, once tests/browser/run has installed what it needs
//
// A page's test is tests/browser/NAME.test.js:
//
//   import assert from 'node:assert/strict';
//   import { test } from 'node:test';
//   import { accessible } from './support/accessibility.js';
//   import { eventually, inBrowser, signIn } from './support/browser.js';
//   import { startDaemon } from './support/daemon.js';
//   import { gateway } from './support/gateway.js';          // only where a real S3 server is needed
//
//   const daemon = await startDaemon();                      // one for the file; it ends with it
//   const acme = await daemon.addOrganization('Acme');
//   const viewer = await daemon.addPrincipal('Vera', 'viewer', acme);
//   await gateway.addCredential(daemon, acme, 'nightly');    // through the API, as daemon.api.post(...) does
//
//   test('a viewer is not offered to delete', inBrowser(daemon, async ({ page }) => {
//     await signIn(page, viewer);
//     await page.goto('/console/backup-credentials');
//     await page.getByRole('row', { name: /nightly/ }).waitFor();
//     assert.equal(await page.getByRole('button', { name: 'Delete' }).count(), 0);
//     await accessible(page);
//   }));
//   test('... on a telephone', inBrowser(daemon, { width: 360, colorScheme: 'dark' }, async ({ page }) => { ... }));
//
// - Find things as a person does, by role and name: getByRole, getByLabel, getByText. Never by class.
// - Never sleep. Locators wait by themselves (click, fill, waitFor); anything else goes into eventually(() => assert...).
// - What a test did not announce fails it: an error in the console (what Content-Security-Policy refused is one), an uncaught
//   exception, a dialog of the browser, a request to another host, an answer of 500 or more. The API's refusals (4xx) are for
//   the page to show, and no fault. Announce with expectFault(/pattern/).
// - Two people at once: const { page: other } = await newBrowser({ width: 360 }) is another browser, without cookies.
// - When a test fails, what the page showed lies in build/pictures/failed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { pictureFolder, requireTool } from './places.js';

export { eventually } from './eventually.js';

const { chromium } = requireTool('playwright-core');
const deadline = 120_000; // reached only by a test that hangs

const browser = await chromium.launch({
  timeout: deadline,
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  ],
});
after(() => browser.close());

/**
 * The body of a test: a browser of its own, empty, that is looked over and closed at the end.
 * @param options width, height, colorScheme, and what else Playwright's newContext() takes
 * @param body gets { page, context, newBrowser, expectFault }
 */
export function inBrowser(daemon, ...optionsAndBody) {
  const body = optionsAndBody.pop();
  const [options = {}] = optionsAndBody;
  return async test => {
    const faults = new Faults(daemon.url);
    const contexts = [];
    const newBrowser = async (more = {}) => {
      const { width = 1280, height = 800, ...others } = { ...options, ...more };
      const context = await browser.newContext({
        baseURL: daemon.url, viewport: { width, height }, timezoneId: 'Europe/Prague', reducedMotion: 'reduce', ...others,
      });
      contexts.push(context);
      await context.addInitScript(keepNotices);
      context.setDefaultTimeout(deadline);
      faults.watch(context);
      return { context, page: await context.newPage() };
    };
    try {
      const { page, context } = await newBrowser();
      await body({ page, context, newBrowser, expectFault: pattern => faults.expect(pattern) });
      // What the pages have said until now arrives before their answer; one that goes elsewhere just now gives none.
      await Promise.all(contexts.flatMap(context => context.pages()).map(open => open.evaluate(() => {}).catch(() => {})));
      assert.deepEqual(faults.unexpected(), []);
    } catch (error) {
      if (faults.unexpected().length > 0) error.message += `\nfaults: ${faults.unexpected().join('\n        ')}`;
      await keepPictures(test.name, contexts);
      throw error;
    } finally {
      for (const context of contexts) await context.close();
    }
  };
}

/** Keeps notices on the page. They vanish after six seconds, and a slow machine may look for one later. */
function keepNotices() {
  const start = window.setTimeout;
  window.setTimeout = (action, wait, ...values) => (wait === 6000 ? 0 : start(action, wait, ...values));
}

/** Signs in as the sign-in page does, without the page. What the page itself does is session.test.js's. */
export async function signIn(page, token) {
  const answer = await page.request.post('/api/v1/sessions', { data: { token } });
  assert.equal(answer.status(), 201, await answer.text());
}

/** What no page may do. */
class Faults {
  #origin;
  #expected = [];
  #found = [];

  constructor(origin) {
    this.#origin = origin;
  }

  watch(context) {
    context.on('console', message => {
      if (message.type() === 'error' && !isRefusal(message))
        this.#found.push(`console: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', error => this.#found.push(`uncaught: ${error.error().stack}`));
    context.on('dialog', async dialog => {
      if (dialog.type() !== 'beforeunload') this.#found.push(`dialog: ${dialog.message()}`);
      await dialog.accept();
    });
    context.on('request', request => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== this.#origin && protocol !== 'data:' && protocol !== 'blob:')
        this.#found.push(`request to another host: ${request.url()}`);
    });
  }

  expect(pattern) {
    this.#expected.push(pattern);
  }
  unexpected() {
    return this.#found.filter(fault => !this.#expected.some(pattern => pattern.test(fault)));
  }
}

/** Chromium writes every answer of 400 or more to the console. */
function isRefusal(message) {
  return /^Failed to load resource: .*status of 4\d\d/.test(message.text()) &&
    new URL(message.location().url).pathname.startsWith('/api/');
}

async function keepPictures(name, contexts) {
  const folder = path.join(pictureFolder, 'failed');
  fs.mkdirSync(folder, { recursive: true });
  const file = name.replace(/[^\w]+/g, '-').slice(0, 80);
  const pages = contexts.flatMap(context => context.pages());
  for (const [number, page] of pages.entries())
    await page.screenshot({ path: path.join(folder, `${file}-${number + 1}.png`) }).catch(() => {});
}
