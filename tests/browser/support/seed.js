// Many credentials in seconds: written straight into the stopped daemon's database, as plugins/backup-credentials/store and host/secrets
// write them, search index included. `cofferd storage check` finds nothing wrong with them, but nobody can use them: their secrets do
// not open. What a test probes or edits, it adds through the API.
import { execFileSync } from 'node:child_process';

const words = ['nightly', 'weekly', 'archive', 'media', 'database', 'logs', 'mail', 'wiki', 'shop', 'billing'];
const places = [
  ['https://s3.eu-central-1.amazonaws.com', 'eu-central-1'], ['https://s3.us-east-1.amazonaws.com', 'us-east-1'],
  ['https://s3.eu-central-2.wasabisys.com', 'eu-central-2'], ['https://s3.us-west-004.backblazeb2.com', 'us-west-004'],
  ['https://minio.backup.example:9000', 'us-east-1'],
];
const day = 86_400_000;
const sealedSize = 97; // of a secret access key of 40 characters

/** What the number-th of them has; a test may look for it. 1 in 10 does not work, 1 in 50 is locked, and the last ones are the youngest. */
export function seededCredential(number) {
  const [endpoint, region] = places[number % places.length];
  const digits = String(number).padStart(6, '0');
  return { name: `${words[number % words.length]}-${digits}`, accessKeyId: `AKIASEED${digits}EXAMPLE`, endpoint, region };
}

/** `count` credentials, dealt out to the organizations in turn. Restarts the daemon. */
export async function seedCredentials(daemon, organizationIds, count) {
  await daemon.stop();
  const sqlite = sql => execFileSync('sqlite3', ['-bail', daemon.database], { input: sql, encoding: 'utf8' });
  const last = (column, table) => Number(sqlite(`SELECT coalesce(max(${column}), 0) FROM ${table};`));
  const credential = last('id', 'backup_credentials_credential');
  const secret = last('id', 'secret_owner');
  const slot = last('slot', 'secret_slot');
  const rows = { credential: [], document: [] };
  const now = Date.now();
  for (let number = 1; number <= count; ++number) {
    const made = seededCredential(number);
    const id = credential + number;
    const organization = organizationIds[number % organizationIds.length];
    const at = now - (count - number) * 1000 - day;
    rows.credential.push(credentialRow(id, organization, secret + number, made, number, at));
    rows.document.push(documentRow(id, organization, made));
  }
  sqlite(`PRAGMA cache_size = -300000; PRAGMA synchronous = OFF; BEGIN;
    ${inserts(`backup_credentials_credential (id, organization, name, name_key, endpoint, region, access_key_id, secret_id, secret_version,
      secret_fingerprint, addressing, ca_certificate, bucket, locked_at, locked_by, lock_reason, validation_state, validation_cause,
      validation_saw, validation_advice, validation_at, validation_failures, validation_failing_since, next_probe_at,
      created_at, created_by, modified_at, modified_by)`, rows.credential)}
    ${inserts('backup_credentials_document (id, organization, text, beginnings)', rows.document)}
    INSERT INTO backup_credentials_search (rowid, organization, text, beginnings)
      SELECT id, organization, text, beginnings FROM backup_credentials_document WHERE id > ${credential};
    WITH made AS (SELECT organization, validation_state, locked_at IS NOT NULL AS locked
        FROM backup_credentials_credential WHERE id > ${credential}),
      both AS (SELECT * FROM made UNION ALL SELECT 0, validation_state, locked FROM made)
    INSERT INTO backup_credentials_count (organization, kind, n)
      SELECT organization, kind, n FROM (
        SELECT organization, 'total' AS kind, count(*) AS n FROM both GROUP BY organization
        UNION ALL SELECT organization, validation_state, count(*) FROM both GROUP BY organization, validation_state
        UNION ALL SELECT organization, 'locked', sum(locked) FROM both GROUP BY organization) WHERE true
      ON CONFLICT (organization, kind) DO UPDATE SET n = n + excluded.n;
    INSERT INTO secret_slot (slot, sealed) SELECT id + ${slot - credential}, randomblob(${sealedSize})
      FROM backup_credentials_credential WHERE id > ${credential};
    INSERT INTO secret_owner (id, slot, plugin, organization, record, field, version, key_version)
      SELECT secret_id, id + ${slot - credential}, 'backup-credentials', organization, 'backup-credential/' || id, 'secret-access-key', 1, key.version
      FROM backup_credentials_credential, secret_key AS key WHERE id > ${credential} AND state = 'active';
    UPDATE secret_key SET sealed_count = sealed_count + ${count} WHERE state = 'active';
    COMMIT;`);
  await daemon.start();
}

function credentialRow(id, organization, secret, made, number, at) {
  const locked = number % 50 === 0 ? `${at}, 'seed', 'audit of access'` : 'NULL, NULL, NULL';
  const validation = number % 10 === 3
    ? `'failing', 'silent', 'The endpoint did not answer within 10 s.', 'Check that the endpoint is up and reachable.', ${at}, 4, ${at}`
    : `'valid', 'none', 'The endpoint accepted the keys and listed their buckets.', '', ${at}, 0, NULL`;
  const nextProbe = at + 365 * day; // it would find that the secret does not open
  return `${id}, ${organization}, '${made.name}', '${made.name.toLowerCase()}', '${made.endpoint}', '${made.region}', '${made.accessKeyId}',
    ${secret}, 1, '${String(number).padStart(16, '0')}', 'auto', '', '', ${locked}, ${validation}, ${nextProbe},
    ${at}, 'seed', ${at}, 'seed'`;
}

/** As search/Document.cpp has it, for texts of ASCII. */
function documentRow(id, organization, made) {
  const fields = [made.name, made.accessKeyId, made.endpoint, made.region].map(field => field.toLowerCase());
  const beginnings = new Set();
  for (const field of fields)
    for (const [, one, two] of field.matchAll(/(?:^|(?<![a-z0-9])(?=[a-z0-9]))(.)(.?)/g)) {
      beginnings.add(`\uF800\uF800${one}`);
      if (two) beginnings.add(`\uF801${one}${two}`);
    }
  const code = [0, 1, 2].map(digit => String.fromCodePoint(0xE000 + Math.floor(organization / 6144 ** digit) % 6144)).join('');
  return `${id}, '${code}', '${fields.join('\n')}', '${[...beginnings].sort().join('')}'`;
}

function inserts(into, rows) {
  const statements = [];
  for (let at = 0; at < rows.length; at += 500)
    statements.push(`INSERT INTO ${into} VALUES (${rows.slice(at, at + 500).join('),\n(')});`);
  return statements.join('\n');
}
