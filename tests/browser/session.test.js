import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible } from './support/accessibility.js';
import { inBrowser } from './support/browser.js';
import { startDaemon } from './support/daemon.js';

const daemon = await startDaemon();

test('the page that asks who you are is accessible', inBrowser(daemon, async ({ page }) => {
  await page.goto('/console/');
  await page.getByLabel('Token').waitFor();
  await accessible(page);
}));
