// Modules of the console's pages that do without a browser, for tests that call them directly.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sourceFolder } from './places.js';

/**
 * Imports one from a copy of its folder. Node takes a .js file for CommonJS unless a package.json beside it says otherwise
 * (Node 18, Debian 12's), and the pages' folders have none.
 * @param {string} file below the source: 'plugins/projects/console/schedule.js'
 */
export async function importPageModule(file) {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'coffer-modules.'));
  try {
    fs.cpSync(path.dirname(path.join(sourceFolder, file)), copy, { recursive: true });
    fs.writeFileSync(path.join(copy, 'package.json'), '{ "type": "module" }');
    return await import(path.join(copy, path.basename(file)));
  } finally {
    fs.rmSync(copy, { recursive: true });
  }
}
