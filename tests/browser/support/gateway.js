// A real S3 server, Ceph's RADOS Gateway. tests/browser/run starts one for all files; a file that is run by itself starts its own,
// which ends with it. Yours, if GATEWAY_ENDPOINT and its kin are set: eval "$(scripts/object-gateway start)"
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { eventually } from './eventually.js';
import { sourceFolder } from './places.js';

const script = path.join(sourceFolder, 'scripts/object-gateway');

function startedHere() {
  const lines = execFileSync(script, ['start', '--owner', String(process.pid)], { encoding: 'utf8' }).trim().split('\n');
  return Object.fromEntries(lines.map(line => line.replace(/^export /, '').split(/=(.*)/s)));
}

const variables = process.env.GATEWAY_ENDPOINT ? process.env : startedHere();

export const gateway = {
  endpoint: variables.GATEWAY_ENDPOINT,
  region: variables.GATEWAY_REGION,
  accessKeyId: variables.AWS_ACCESS_KEY_ID,
  secretAccessKey: variables.AWS_SECRET_ACCESS_KEY,

  /** radosgw-admin: gateway.admin('user', 'suspend', '--uid=robin') */
  admin(...command) {
    return execFileSync(script, ['admin', variables.GATEWAY_FOLDER, ...command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  },

  /** A user of its own, whose keys a test may spoil. @returns { accessKeyId, secretAccessKey } */
  addUser(name) {
    const uid = `${name}-${process.pid}-${Date.now()}`;
    const { keys } = JSON.parse(this.admin('user', 'create', `--uid=${uid}`, `--display-name=${name}`));
    return { uid, accessKeyId: keys[0].access_key, secretAccessKey: keys[0].secret_key };
  },

  /** `what` is 'suspend' or 'enable'. The S3 server hears of it a moment later, which is waited for. */
  async change(daemon, user, what) {
    this.admin('user', what, `--uid=${user.uid}`);
    const { accessKeyId, secretAccessKey } = user;
    const body = { endpoint: this.endpoint, region: this.region, accessKeyId, secretAccessKey };
    await eventually(async () =>
      assert.equal((await daemon.api.post('/backup-credentials/probe', body)).works, what === 'enable'));
  },

  /** A stored credential that works, with the user's keys or others. @returns the API's answer */
  addCredential(daemon, organizationId, name, { accessKeyId, secretAccessKey } = this) {
    return daemon.api.post('/backup-credentials',
      { organizationId, name, endpoint: this.endpoint, region: this.region, accessKeyId, secretAccessKey });
  },
};
