import { html } from '../frame/html.js';

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const toTheSecond = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit' };
const dayAndSecond = new Intl.DateTimeFormat(undefined, toTheSecond);
const yearAndSecond = new Intl.DateTimeFormat(undefined, { ...toTheSecond, year: 'numeric' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const shortRelative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const steps = [['second', 60], ['minute', 60], ['hour', 24], ['day', 7]];

/** In the viewer's zone, with seconds and the zone's name. */
export const exactTime = text => exact.format(new Date(text));

function inWords(date, format) {
  let distance = (date - Date.now()) / 1000;
  for (const [unit, size] of steps) {
    if (Math.abs(distance) < size) return format.format(Math.round(distance), unit);
    distance /= size;
  }
  return day.format(date);
}

// The year only where it is not this one's: lists stay narrow.
const withSeconds = date => (date.getFullYear() === new Date().getFullYear() ? dayAndSecond : yearAndSecond).format(date);

/**
 * "5 minutes ago", then the date; the exact time on hover. `isPlain`: date and time at once, for lists that are read down; `hasSeconds`: to the second;
 * `isShort`: for narrow places.
 */
export function Time({ at, isPlain = false, hasSeconds = false, isShort = false }) {
  if (!at) return null;
  const date = new Date(at);
  const shown = hasSeconds ? withSeconds(date) : isPlain ? dayAndTime.format(date) : inWords(date, isShort ? shortRelative : relative);
  return html`<time dateTime=${at} title=${exactTime(at)}>${shown}</time>`;
}

/** plural(1, 'project') is '1 project', plural(2, 'project') '2 projects'. */
export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString()} ${count === 1 ? one : many}`;
