// When a policy runs next: in the viewer's time, and on the policy's own clock.
import { html } from '/console/assets/coffer.js';
import { texts } from './texts.js';

export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const shown = {
  weekday: 'short', year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit',
};
const formats = new Map();
function formatIn(zone) {
  if (!formats.has(zone)) {
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

function Runs({ runs, zone, title }) {
  return html`<div><small>${title}</small><ol aria-label=${title}>
    ${runs.map(run => html`<li key=${run}><time dateTime=${run}>${formatIn(zone).format(new Date(run))}</time>
      </li>`)}</ol></div>`;
}

export function NextRuns({ policy: { nextRuns, timeZone } }) {
  const words = texts.policy;
  if (nextRuns.length === 0) return html`<p>${words.noRuns}</p>`;
  return html`<div class="project-runs">
    <${Runs} runs=${nextRuns} zone=${ownZone} title=${words.yourTime(ownZone)} />
    ${timeZone !== ownZone && formatIn(timeZone)
      && html`<${Runs} runs=${nextRuns} zone=${timeZone} title=${words.itsTime(timeZone)} />`}</div>`;
}

/** "UTC+01:00", as it is now. */
export function offsetOf(zone) {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  const part = format.formatToParts(new Date()).find(each => each.type === 'timeZoneName');
  return part.value.replace('GMT', 'UTC');
}
