import assert from 'node:assert/strict';
import { eventually } from './eventually.js';
import { requireTool } from './places.js';

const { source } = requireTool('axe-core');
// Colours of an element that fades or loads are not final.
const isStill = `!document.querySelector('table[aria-busy=true]') && document.getAnimations().every(animation =>
  animation.playState === 'finished' || animation.effect.getComputedTiming().endTime === Infinity)`;

/**
 * axe-core finds nothing serious or critical in what the page shows now. It runs beside the page's Content-Security-Policy, which stays
 * as it is: the debugger's evaluation is no script of the page.
 */
export async function accessible(page) {
  const debug = await page.context().newCDPSession(page);
  try {
    const evaluate = async expression => {
      const { result, exceptionDetails } =
        await debug.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails));
      return result.value;
    };
    await eventually(async () => assert.ok(await evaluate(isStill), 'the page moves or loads'));
    await evaluate(`${source}; undefined`);
    const found = await evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(result => result.violations.map(
      ({ id, impact, help, nodes }) => ({ id, impact, help, where: nodes.map(node => [node.html, node.failureSummary].join(' ')) })))`);
    assert.deepEqual(found.filter(({ impact }) => impact === 'serious' || impact === 'critical'), []);
  } finally {
    await debug.detach();
  }
}

/** Nothing stands outside the window's width, so that nobody scrolls sideways. */
export async function fitsItsWidth(page) {
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  assert.ok(scrollWidth <= clientWidth, `the page is ${scrollWidth} wide in a window of ${clientWidth}`);
}
