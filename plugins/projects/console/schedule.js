// A schedule in cron's five fields, read as the daemon reads it (../schedule/Cron.cpp), and said in words.
// Nothing here knows the browser.
import { texts } from './texts.js';

const words = texts.schedule;
const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
// highest: of `*` and of open steps; highestWritten: 7 is Sunday as well.
const fields = [
  { name: 'minute', lowest: 0, highest: 59, highestWritten: 59, names: [] },
  { name: 'hour', lowest: 0, highest: 23, highestWritten: 23, names: [] },
  { name: 'dayOfMonth', lowest: 1, highest: 31, highestWritten: 31, names: [] },
  { name: 'month', lowest: 1, highest: 12, highestWritten: 12, names: monthNames },
  { name: 'dayOfWeek', lowest: 0, highest: 6, highestWritten: 7, names: dayNames },
];
const named = {
  '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0',
    '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *', '@hourly': '0 * * * *',
};

/** A sentence for who typed it. */
class Unreadable extends Error {}

function valueOf(field, text) {
  const name = field.names.indexOf(text.toUpperCase());
  if (name >= 0) return field.lowest + name;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (!(value >= field.lowest && value <= field.highestWritten))
    throw new Unreadable(words.wrongValue(field.name, text));
  return value;
}

function rangeOf(field, text) {
  if (text === '*' || text === '?') return { first: field.lowest, last: field.highest, isStar: true };
  const [from, to] = text.split(/-(.*)/s);
  const first = valueOf(field, from);
  if (to === undefined) return { first, last: first, isOpen: true };
  const last = valueOf(field, to);
  if (first > last) throw new Unreadable(words.backwards(field.name, text));
  return { first, last };
}

/**
 * { values (ascending), isStar: it leaves the choice to the other field of days, step: of `*` and a step
 * alone }
 */
function fieldOf(field, text) {
  const values = new Set();
  let isStar = false;
  for (const element of text.split(',')) {
    if (!element) throw new Unreadable(words.emptyElement(field.name));
    const [range, stepText] = element.split(/\/(.*)/s);
    const { first, last, isStar: isAll = false, isOpen = false } = rangeOf(field, range);
    const step = stepText === undefined ? 1 : Number(/^\d{1,2}$/.test(stepText) ? stepText : NaN);
    if (!(step >= 1 && step <= field.highest)) throw new Unreadable(words.wrongStep(field.name, element,
      field.highest));
    isStar ||= isAll && step === 1;
    const end = isOpen && stepText !== undefined ? field.highest : last;
    for (let value = first; value <= end; value += step) values.add(value > field.highest ? field.lowest
      : value);
  }
  const [, step] = text.match(/^\*\/(\d+)$/) ?? [];
  return { values: [...values].sort((left, right) => left - right), isStar, step: step ? Number(step)
    : undefined };
}

function parse(text) {
  const parts = text.trim().split(/[ \t]+/);
  if (parts[0] === '') throw new Unreadable(words.empty);
  if (/^(cron_)?tz=/i.test(parts[0])) throw new Unreadable(words.zoneInside);
  if (parts[0].startsWith('@')) {
    const form = text.trim().toLowerCase();
    if (form.startsWith('@every')) throw new Unreadable(words.everyRefused);
    if (!(form in named)) throw new Unreadable(words.unknownName(form));
    parts.splice(0, parts.length, ...named[form].split(' '));
  }
  if (parts.length !== 5) throw new Unreadable(words.count(parts.length));
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields.map((field, index) =>
    fieldOf(field, parts[index]));
  return { minute, hour, dayOfMonth, month, dayOfWeek };
}

const two = number => String(number).padStart(2, '0');
const clock = (hour, minute) => `${two(hour)}:${two(minute)}`;
const isEvery = (field, part) => part.values.length === field.highest - field.lowest + 1;
const mostTimes = 6; // more are not read any more

const isRun = values => values.length > 2 && values.every((value, index) => value === values[0] + index);

/** The few times of day at which it runs; undefined when there are more. */
function clockTimesOf({ minute, hour }) {
  if (minute.values.length * hour.values.length > mostTimes) return undefined;
  return hour.values.flatMap(at => minute.values.map(past => clock(at, past)));
}

const pastTheHour = minute => {
  if (isEvery(fields[0], minute)) return words.everyMinute;
  return minute.step && 60 % minute.step === 0 ? words.everyMinutes(minute.step)
    : words.hourly(minute.values);
};

/** ... and how it goes through the day then. */
function spansOf({ minute, hour }) {
  if (isEvery(fields[1], hour)) return pastTheHour(minute);
  if (minute.values.length === 1 && hour.step && 24 % hour.step === 0)
    return words.everyHours(hour.step, clock(hour.values[0], minute.values[0]));
  if (minute.values.length === 1 && isRun(hour.values))
    return words.everyHour(clock(hour.values[0], minute.values[0]),
      clock(hour.values.at(-1), minute.values[0]));
  const span = isRun(hour.values) ? words.hoursFromTo(clock(hour.values[0], 0), clock(hour.values.at(-1), 59))
    : words.inHours(hour.values.map(two));
  return words.within(pastTheHour(minute), span);
}

function weekdaysOf({ values }) {
  // Monday first, as people count a week.
  const days = values.map(value => (value + 6) % 7).sort((left, right) => left - right);
  const names = days.map(day => words.weekdays[day]);
  return isRun(days) ? words.fromTo(names[0], names.at(-1)) : words.every(names);
}

const monthsOf = ({ values }) => {
  const names = values.map(value => words.months[value - 1]);
  return isRun(values) ? words.fromTo(names[0], names.at(-1)) : words.list(names);
};

function datesOf({ values, step }, ofMonth) {
  if (step) return words.everyDays(words.ordinal(step), ofMonth);
  const days = values.map(words.ordinal);
  return words.dates(isRun(values) ? words.fromTo(days[0], days.at(-1)) : words.list(days), ofMonth);
}

const isInEveryMonth = ({ month }) => isEvery(fields[3], month);
/** "On the 1st of January" instead of "... in January". */
const namesMonths = parts => !isInEveryMonth(parts) && parts.dayOfWeek.isStar && !parts.dayOfMonth.isStar;

/** On which days; '' for all of them. */
function daysOf({ dayOfMonth, month, dayOfWeek }) {
  const anyDate = dayOfMonth.isStar || isEvery(fields[2], dayOfMonth);
  const anyWeekday = dayOfWeek.isStar || isEvery(fields[4], dayOfWeek);
  if (anyDate && anyWeekday) return '';
  if (namesMonths({ dayOfMonth, month, dayOfWeek })) return datesOf(dayOfMonth, monthsOf(month));
  if (dayOfMonth.isStar) return weekdaysOf(dayOfWeek);
  const dates = datesOf(dayOfMonth, words.anyMonth);
  if (dayOfWeek.isStar) return dates;
  return words.either(dates, weekdaysOf(dayOfWeek)); // cron: one of the two is enough
}

/** What is wrong with a schedule, in a sentence; '' when nothing is. The daemon has the last word. */
export function whyNotSchedule(text) {
  try {
    parse(text);
    return '';
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
}

/** "Every day at 02:30", "Every 2 hours, Monday to Friday"; '' for what cannot be read. */
export function inWords(text) {
  if (whyNotSchedule(text)) return '';
  const parts = parse(text);
  const days = daysOf(parts);
  const times = clockTimesOf(parts);
  const when = times ? `${days || words.everyDay} ${words.at(times)}`
    : [spansOf(parts), days].filter(Boolean).join(', ');
  const months = isInEveryMonth(parts) || namesMonths(parts) ? '' : words.inMonths(monthsOf(parts.month));
  const sentence = [when, months].filter(Boolean).join(' ');
  return sentence[0].toUpperCase() + sentence.slice(1);
}

/** "720h" as { count: '30', unit: 'd' }: days where they are whole. */
export function retentionParts(text) {
  const [, count, unit] = text.match(/^(\d+)([hd])$/) ?? [text, '', 'd'];
  return unit === 'h' && Number(count) % 24 === 0 ? { count: String(Number(count) / 24), unit: 'd' }
    : { count, unit };
}

/** "30 days" */
export function retentionInWords(text) {
  const { count, unit } = retentionParts(text);
  return words.retention(Number(count), unit);
}
