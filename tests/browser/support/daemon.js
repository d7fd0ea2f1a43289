// A real cofferd, as tests/support/DaemonProcess.h has it: on a free port, with a fresh key and an empty
// database in a temporary folder, and the plugins of config/plugins.d. It goes with the program that started it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { eventually } from './eventually.js';
import { buildFolder, sourceFolder } from './places.js';

const program = path.join(buildFolder, 'bin/cofferd');
// Deadlines that no busy machine reaches. A test of a deadline sets that one itself.
const patient = {
  'storage.read_deadline': '2m', 'storage.write_deadline': '2m', 'storage.stuck_after': '5m', 'storage.end_after': '10m',
  'backup-credentials.probe.connect_timeout': '60s', 'backup-credentials.probe.handshake_timeout': '60s',
  'backup-credentials.probe.first_byte_timeout': '60s', 'backup-credentials.probe.total_timeout': '2m',
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1)); // so that 'exit' comes, and its folder goes

/**
 * @param {string[]} options more of the command line: '--console.session_idle=2s'
 * @param {string[]} fixtures plugins of build/lib/coffer/fixtures beside ours: 'mailboxes'
 */
export async function startDaemon(options = [], fixtures = []) {
  const daemon = new Daemon(options, fixtures);
  await daemon.start();
  return daemon;
}

/** A port below the kernel's ephemeral range, so that no other socket takes it before the daemon starts, or starts again. */
async function freePort() {
  const [firstOfKernel] = fs.readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split('\t').map(Number);
  for (;;) {
    const server = net.createServer().listen(10_000 + Math.floor(Math.random() * (firstOfKernel - 10_000)), '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if (error.code === 'EADDRINUSE') continue;
      throw error;
    }
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
  }
}

class Daemon {
  #options;
  #process = null;
  #port = 0; // chosen at the first start and kept, so that an open page finds the daemon again

  constructor(options, fixtures) {
    const isGiven = name => options.some(option => option.startsWith(`--${name}=`));
    this.#options = [
      ...Object.entries(patient).filter(([name]) => !isGiven(name)).map(([name, value]) => `--${name}=${value}`), ...options,
    ];
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coffer-browser.'));
    process.on('exit', () => {
      this.#process?.kill('SIGKILL');
      fs.rmSync(this.folder, { recursive: true, force: true });
    });
    const configuration = path.join(this.folder, 'config');
    fs.cpSync(path.join(sourceFolder, 'config'), configuration, { recursive: true });
    for (const plugin of fixtures)
      fs.writeFileSync(path.join(configuration, 'plugins.d', `${plugin}.ini`),
        `[plugin.${plugin}]\nenabled = true\nfile = ${buildFolder}/lib/coffer/fixtures/${plugin}.so\n`);
    execFileSync(program, ['generate-key', path.join(this.folder, 'coffer.key')], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** The first administrator's. */
  get token() {
    return fs.readFileSync(path.join(this.folder, 'administrator.token'), 'utf8').trim();
  }
  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }
  get log() {
    return fs.readFileSync(path.join(this.folder, 'cofferd.log'), 'utf8');
  }
  get database() {
    return path.join(this.folder, 'coffer.db');
  }

  /** Starts, also again on the same folder and port after stop() or kill(). */
  async start() {
    this.#port ||= await freePort();
    const log = fs.openSync(path.join(this.folder, 'cofferd.log'), 'w', 0o600);
    // Whatever ends this program, kill -9 too, ends the daemon.
    this.#process = spawn('setpriv', [
      '--pdeathsig', 'KILL', program,
      `--config=${this.folder}/config/cofferd.ini`, `--http.port=${this.#port}`, `--storage.directory=${this.folder}`,
      ...this.#options,
    ], { stdio: ['ignore', log, log] });
    this.#process.unref(); // it keeps nobody waiting
    fs.closeSync(log);
    await eventually(() => {
      assert.equal(this.#process.exitCode, null, `cofferd ended: ${this.log}`);
      assert.match(this.log, /listening.*address=\S*:\d+/, `cofferd is not ready: ${this.log}`);
    }, 300_000);
  }

  /** As systemd stops it. */
  stop() {
    return this.#end('SIGTERM');
  }
  /** kill -9. */
  kill() {
    return this.#end('SIGKILL');
  }
  async #end(signal) {
    const ended = this.#process;
    this.#process = null;
    ended.ref();
    await new Promise(resolve => {
      ended.once('exit', resolve);
      ended.kill(signal);
    });
  }

  /** Its API as whoever has the token sees it. Paths are below /api/v1. */
  as(token) {
    const call = (method, path, body, headers) => this.#call(token, method, path, body, headers);
    return {
      get: path => call('GET', path),
      post: (path, body, headers) => call('POST', path, body, headers),
      put: (path, body, headers) => call('PUT', path, body, headers),
      patch: (path, body, headers) => call('PATCH', path, body, headers),
      remove: (path, headers) => call('DELETE', path, undefined, headers),
    };
  }
  /** ... as the first administrator does. */
  get api() {
    return this.as(this.token);
  }

  /** @returns the answer's body. What is refused is an Error with `status` and `body`, the problem. */
  async #call(token, method, path, body, headers = {}) {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method, body: body === undefined ? undefined : JSON.stringify(body),
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
    });
    const text = await answer.text();
    const value = text === '' ? null : JSON.parse(text);
    if (!answer.ok)
      throw Object.assign(new Error(`${method} ${path}: ${answer.status} ${text}`), { status: answer.status, body: value });
    return value;
  }

  /** @returns its id */
  async addOrganization(name) {
    return (await this.api.post('/organizations', { name })).id;
  }

  /** Somebody with one role: in that organization, or (null) in all. @returns a bearer token */
  async addPrincipal(name, role, organizationId = null) {
    const { id } = await this.api.post('/principals', { name });
    await this.api.post(`/principals/${id}/roles`, { role, organizationId });
    return (await this.api.post(`/principals/${id}/tokens`, { name: 'test' })).token;
  }
}
