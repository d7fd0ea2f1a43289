// What the credentials page costs with 100,000 credentials on loopback: bytes of the first view, first paint, time until the table is there, and from a key
// press to the filtered table. The browser's own performance entries; medians of a few rounds.
//   node tests/bench/console.mjs      after scripts/test, which installs the browser and what drives it
import fs from 'node:fs';
import { startDaemon } from '../browser/support/daemon.js';
import { requireTool } from '../browser/support/places.js';
import { seedCredentials } from '../browser/support/seed.js';

const rounds = 5;
const { chromium } = requireTool('playwright-core');
const median = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const daemon = await startDaemon();
const acme = await daemon.addOrganization('Acme');
await seedCredentials(daemon, [acme], 100_000);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const figures = { kilobytes: [], requests: [], firstPaint: [], tableIsThere: [], keyToTable: [] };
for (let round = 0; round < rounds; ++round) {
  const context = await browser.newContext({ baseURL: daemon.url });
  const page = await context.newPage();
  await page.request.post('/api/v1/sessions', { data: { token: daemon.token } });
  await page.goto('/console/backup-credentials');
  const firstRow = page.getByRole('row').nth(1).getByRole('link').or(page.getByRole('button', { name: /Show details/ })).first();
  await firstRow.waitFor();
  const seen = await page.evaluate(() => ({
    table: performance.now(),
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    entries: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(entry => entry.transferSize),
  }));
  figures.kilobytes.push(seen.entries.reduce((sum, size) => sum + size, 0) / 1024);
  figures.requests.push(seen.entries.length);
  figures.firstPaint.push(seen.paint);
  figures.tableIsThere.push(seen.table);
  figures.keyToTable.push(await page.evaluate(() => new Promise(resolve => {
    const field = document.querySelector('input[type=search]');
    const status = document.querySelector('tbody');
    const began = performance.now();
    new MutationObserver((_, observer) => {
      if (document.querySelector('table').getAttribute('aria-busy') === 'true') return;
      observer.disconnect();
      resolve(performance.now() - began);
    }).observe(status, { childList: true, subtree: true });
    field.value = '777';
    field.dispatchEvent(new Event('input', { bubbles: true }));
  })));
  await context.close();
}
await browser.close();
const row = (name, values, unit) => console.log(`${name.padEnd(34)} ${median(values).toFixed(1)} ${unit}`);
console.log(`medians of ${rounds} rounds, ${fs.readFileSync('/proc/loadavg', 'utf8').split(' ')[0]} load`);
row('bytes of the first view', figures.kilobytes, 'KiB, compressed, nothing in the cache');
row('requests of the first view', figures.requests, '');
row('first contentful paint', figures.firstPaint, 'ms');
row('table is there', figures.tableIsThere, 'ms');
row('key press to filtered table', figures.keyToTable, 'ms, 120 of them waiting for the next key');
await daemon.stop();
process.exit(0);
