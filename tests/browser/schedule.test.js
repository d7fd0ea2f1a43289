// How the console reads a schedule while it is typed, held against the daemon, which has the last word.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDaemon } from './support/daemon.js';
import { importPageModule } from './support/page-module.js';

const { inWords, retentionInWords, whyNotSchedule } = await importPageModule('plugins/projects/console/schedule.js');

const said = {
  '30 2 * * *': 'Every day at 02:30',
  '@hourly': 'Every hour, on the hour',
  '@daily': 'Every day at 00:00',
  '@weekly': 'Every Sunday at 00:00',
  '@monthly': 'On the 1st of the month at 00:00',
  '@yearly': 'On the 1st of January at 00:00',
  '* * * * *': 'Every minute',
  '*/15 * * * *': 'Every 15 minutes',
  '5,35 * * * *': 'Every hour at 5 and 35 minutes past',
  '10/15 * * * *': 'Every hour at 10, 25, 40 and 55 minutes past',
  '15 8-18 * * MON-FRI': 'Every hour from 08:15 to 18:15, Monday to Friday',
  '0 */6 * * *': 'Every day at 00:00, 06:00, 12:00 and 18:00',
  '0 */2 * * *': 'Every 2 hours from 00:00',
  '15 */3 * * 1-5': 'Every 3 hours from 00:15, Monday to Friday',
  '* 8-10 * * *': 'Every minute between 08:00 and 10:59',
  '*/10 8,12,20 * * *': 'Every 10 minutes in the hours 08, 12 and 20',
  '0 0 1,15 * *': 'On the 1st and 15th of the month at 00:00',
  '0 0 */10 1,7 *': 'On every 10th day of January and July at 00:00',
  '0 0 22 2 *': 'On the 22nd of February at 00:00',
  '0 3 1 * 1': 'On the 1st of the month, and also on every Monday at 03:00',
  '0 3 1 1 1': 'On the 1st of the month, and also on every Monday at 03:00 in January',
  '0 22 * JUN-AUG sat,sun': 'Every Saturday and Sunday at 22:00 in June to August',
  '30 2 * * 7': 'Every Sunday at 02:30',
  '0 12 ? * 1': 'Every Monday at 12:00',
  '0 9 * * 0-6': 'Every day at 09:00',
};
const wrong = [
  '', '30 2 * *', '0 30 2 * * *', '61 * * * *', '* 24 * * *', '* * 0 * *', '* * 32 * *', '* * * 13 *',
    '* * * * 8', '5-1 * * * *', '1,,2 * * * *',
  ',1 * * * *', '*/0 * * * *', '*/60 * * * *', '1- * * * *', 'x * * * *', '* * * JANUARY *', '001 * * * *',
    '@every 5m', '@reboot', 'TZ=UTC 1 1 * * *', '1-2-3 * * * *',
];

test('a schedule is said as people say it', () => {
  for (const [schedule, words] of Object.entries(said)) assert.equal(inWords(schedule), words, schedule);
});

test('how long backups are kept is said in days where it is whole ones', () => {
  assert.deepEqual(['720h', '72h', '24h', '25h', '1h'].map(retentionInWords),
    ['30 days', '3 days', '1 day', '25 hours', '1 hour']);
});

test('the console and the daemon take the same schedules and refuse the same', async () => {
  const daemon = await startDaemon();
  const organizationId = await daemon.addOrganization('Acme');
  const { id } = await daemon.api.post('/projects', { organizationId, name: 'Web shop' });
  const policy = await daemon.api.post(`/projects/${id}/backup/policies`,
    { name: 'nightly', cron: '@daily', excludedNamespaces: ['kube-system'] });
  const patch = cron => daemon.api.patch(`/projects/${id}/backup/policies/${policy.id}`, { cron });
  for (const schedule of Object.keys(said)) {
    assert.equal(whyNotSchedule(schedule), '');
    await patch(schedule);
  }
  for (const schedule of wrong) {
    assert.notEqual(whyNotSchedule(schedule), '', schedule);
    await assert.rejects(patch(schedule), { status: 422 }, schedule);
  }
  await daemon.stop();
});
