// How a schedule is said, and what may be wrong with one.
export const listed = (values, last = 'and') => (values.length < 2 ? values.join('')
  : `${values.slice(0, -1).join(', ')} ${last} ${values.at(-1)}`);
export const many = (count, one, several = `${one}s`) =>
  `${count.toLocaleString()} ${count === 1 ? one : several}`;
const fieldNames = {
  minute: 'minute', hour: 'hour', dayOfMonth: 'day of the month', month: 'month',
  dayOfWeek: 'day of the week',
};
const allowed = {
  minute: 'a number from 0 to 59', hour: 'a number from 0 to 23', dayOfMonth: 'a number from 1 to 31',
  month: 'a number from 1 to 12, or JAN to DEC',
  dayOfWeek: 'a number from 0 to 7 (0 and 7 are Sunday), or SUN to SAT',
};

export const scheduleTexts = {
  empty: 'Write five fields: minute, hour, day of the month, month, day of the week; as in 30 2 * * *.',
  count: count =>
    'Five fields are needed (minute, hour, day of the month, month, day of the week), and there ' +
    `${count === 1 ? 'is' : 'are'} ${count}.`,
  zoneInside: 'Leave the time zone out: it has a field of its own.',
  everyRefused:
    '@every counts from when a server started, so its runs cannot be foreseen. Write */30 * * * *, or ' +
    '@hourly.',
  unknownName: name => `There is no ${name}. There are @hourly, @daily, @weekly, @monthly and @yearly.`,
  wrongValue: (field, text) => `The ${fieldNames[field]}: “${text}” is not ${allowed[field]}.`,
  backwards: (field, text) =>
    `The ${fieldNames[field]}: ${text} runs backwards. Write two ranges with a comma between them.`,
  emptyElement: field => `The ${fieldNames[field]}: something is missing before or after a comma.`,
  wrongStep: (field, text, most) =>
    `The ${fieldNames[field]}: the step of ${text} is not a number from 1 to ${most}.`,
  list: listed,
  fromTo: (from, to) => `${from} to ${to}`,
  everyDay: 'every day',
  at: times => `at ${listed(times)}`,
  every: names => `every ${listed(names)}`,
  everyMinute: 'every minute',
  everyMinutes: step => `every ${step} minutes`,
  hourly: minutes => (minutes.length === 1 && minutes[0] === 0 ? 'every hour, on the hour'
    : `every hour at ${listed(minutes)} minutes past`),
  everyHours: (step, from) => (step === 1 ? `every hour from ${from}` : `every ${step} hours from ${from}`),
  everyHour: (from, to) => `every hour from ${from} to ${to}`,
  hoursFromTo: (from, to) => `between ${from} and ${to}`,
  inHours: hours => `in the hours ${listed(hours)}`,
  within: (how, span) => `${how} ${span}`,
  weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  months: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
    'November', 'December'],
  ordinal: number =>
    number + (['th', 'st', 'nd', 'rd'][number % 100 > 3 && number % 100 < 21 ? 0 : number % 10] ?? 'th'),
  dates: (days, month) => `on the ${days} of ${month}`,
  everyDays: (ordinal, month) => `on every ${ordinal} day of ${month}`,
  anyMonth: 'the month',
  either: (dates, weekdays) => `${dates}, and also on ${weekdays}`,
  inMonths: months => `in ${months}`,
  retention: (count, unit) => many(count, unit === 'd' ? 'day' : 'hour'),
};
