// Where things lie. COFFER_BUILD names another build than `build` (a sanitized one, somebody else's).
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const sourceFolder = fileURLToPath(new URL('../../../', import.meta.url));
export const buildFolder = path.resolve(sourceFolder, process.env.COFFER_BUILD ?? 'build');
export const pictureFolder = path.join(sourceFolder, 'build/pictures');

/** For what scripts/test installs from npm: requireTool('playwright-core'). */
export const requireTool = createRequire(path.join(sourceFolder, 'build/tools/'));
