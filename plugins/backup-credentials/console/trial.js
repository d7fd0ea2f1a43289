// Trying keys while they are typed: what goes on, what came out, and whether it still is about what the
// fields hold.
import { html, Progress, useEffect, useRef, useState } from '/console/assets/coffer.js';
import { probed } from './fields.js';
import { texts } from './texts.js';
import { marksOf, remedyOf, Verdict } from './verdict.js';

const alike = (left, right) => probed.every(name => left[name] === right[name]);

/** Scrolls to what has just appeared, above the dialog's foot. */
function InSight({ children }) {
  const panel = useRef();
  useEffect(() => panel.current.scrollIntoView({ block: 'nearest' }), []);
  return html`<div ref=${panel} class="in-sight">${children}</div>`;
}

/**
 * The last verdict on what a form holds: { verdict, remedy, isStale, show(verdict, values, isRefusal),
 * forget(), panel }.
 */
export function useTrial(form) {
  const [result, setResult] = useState(null);
  const isStale = Boolean(result) && !alike(result.values, form.values);
  useEffect(() => {
    if (isStale) form.refuse({}); // what it said of a field is as old as itself
  }, [isStale]);
  const remedy = result && !isStale ? remedyOf(result.verdict, form.values) : null;
  return {
    verdict: result?.verdict ?? null,
    isStale,
    remedy,
    show: (verdict, values, isRefusal = false) => {
      setResult({ verdict, values, isRefusal });
      form.refuse(marksOf(verdict));
    },
    forget: () => setResult(null),
    panel: result && html`<${InSight}>
      <${Verdict} verdict=${result.verdict} isStale=${isStale} isRefusal=${result.isRefusal} remedy=${remedy}
        onRemedy=${() => form.set(remedy.field, remedy.value)} /><//>`,
  };
}

export const hostOf = endpoint => endpoint.trim().replace(/^https?:\/\//i, '').replace(/\/$/, '');

/** Ticks while something takes long: `doing` says what. */
export function Asking({ doing }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(before => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const time = (seconds > 0 ? texts.trial.seconds(seconds) : '') + (seconds > 3 ? texts.trial.slow : '');
  return html`<${InSight}><span class="only-read" role="status">${doing}</span>
    <${Progress} label=${doing + time} /><//>`;
}
