import path from 'node:path';
import { pictureFolder } from './places.js';

const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } };

/** Pictures of the whole page for a person to look at: build/pictures/NAME-light-wide.png, -dark-wide, -light-narrow, -dark-narrow. */
export async function pictures(page, name) {
  const before = page.viewportSize();
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: path.join(pictureFolder, `${name}-${colorScheme}-${size}.png`), fullPage: true, animations: 'disabled' });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
}
