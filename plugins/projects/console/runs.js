// When a policy runs next: in the viewer's time, and on the policy's own clock.
import { html } from '/console/assets/coffer.js';
import { texts } from './texts.js';

export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const formats = new Map();
function formatIn(zone) {
  if (!formats.has(zone)) {
    const shown = { weekday: 'short', year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' };
    let format;
    try {
      format = new Intl.DateTimeFormat(undefined, { ...shown, timeZone: zone });
    } catch {
      format = null; // the daemon knows a zone that this browser does not
    }
    formats.set(zone, format);
  }
  return formats.get(zone);
}

const isOwn = zone => zone === ownZone;

export function NextRuns({ policy, isDisabled }) {
  const words = texts.policy;
  if (policy.nextRuns.length === 0) return html`<p>${words.noRuns}</p>`;
  const other = !isOwn(policy.timeZone) && formatIn(policy.timeZone);
  return html`<ol class="project-runs" aria-label=${words.nextRuns}>${policy.nextRuns.map(run => {
    const date = new Date(run);
    return html`<li key=${run}><time dateTime=${run}>${formatIn(ownZone).format(date)}</time>
      ${other && html` <small>${words.inZone(other.format(date), policy.timeZone)}</small>`}</li>`;
  })}</ol>
    <small>${other || !isOwn(policy.timeZone) ? words.yourTime(ownZone) : words.yourTimeToo(ownZone)}. ${isDisabled && words.whileDisabled}</small>`;
}

/** "UTC+01:00", as it is now. */
export function offsetOf(zone) {
  const part = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(new Date()).find(each => each.type === 'timeZoneName');
  return part.value.replace('GMT', 'UTC');
}
