// With which credential, and where to: the same fields when a project is added and when its backup is
// enabled or changed.
import { can, CheckField, html, Icon, TextField, useLayoutEffect } from '/console/assets/coffer.js';
import { whyNotBucket, whyNotPrefix } from './checks.js';
import { CredentialField, mayBeTaken, useDefaultCredential, works } from './credential-field.js';
import { texts } from './texts.js';
import { CredentialLink, named } from './words.js';

const words = texts.enable;
export const noCredential = { credential: null, text: '' };

const mayAccept = organizationId => can('override', Number(organizationId));

function whyNotCredential({ credential, text }, { organizationId, acceptFailing }) {
  if (!credential) return text.trim() ? words.credentialUnknown(text.trim()) : words.credentialMissing;
  if (credential.locked) return words.credentialLocked;
  if (works(credential) || acceptFailing) return '';
  return mayAccept(organizationId) ? words.credentialFailingMayAccept : words.credentialFailing;
}

/** For useForm(): `isWanted(values)` says whether backup is asked for at all. */
export function backupChecks(isWanted = () => true) {
  const checks = {
    credential: whyNotCredential,
    bucket: text => whyNotBucket(text.trim()),
    prefix: text => whyNotPrefix(text.trim()),
  };
  return Object.fromEntries(Object.entries(checks).map(([name, check]) =>
    [name, (value, values) => (isWanted(values) ? check(value, values) : '')]));
}

/** What the fields say to the API. */
export function backupBody({ organizationId, credential: { credential }, bucket, prefix, acceptFailing }) {
  return {
    credentialId: credential.id, bucket: bucket.trim() || null, prefix: prefix.trim() || null,
    // Whoever may not accept it keeps what an administrator accepted before by saying nothing.
    ...(!works(credential) && acceptFailing && mayAccept(organizationId) && { acceptFailing: true }),
  };
}

/** What the API refuses without naming a field, shown at the credential; false when it is about another. */
export function refuseBackup(form, error) {
  const said = {
    credential_locked: words.credentialLocked, credential_not_working: words.credentialFailing,
  }[error.code];
  if (said) form.refuse({ credential: said });
  return Boolean(said);
}

/** Why the default is not filled in. */
function DefaultNote({ byDefault }) {
  const say = byDefault.locked ? words.defaultLocked : words.defaultFailing;
  return html`<p class="project-note"><${Icon} name="warning" /><span>
    ${say(html`<${CredentialLink} credential=${byDefault} />`)}</span></p>`;
}

/** `project`: the one whose backup is changed, or undefined. */
export function BackupFields({ form, organizationId, project }) {
  const byDefault = useDefaultCredential(organizationId);
  const { credential, text } = form.values.credential;
  const isUntouched = !credential && !text;
  const defaultFits = byDefault && mayBeTaken(byDefault, false);
  // A layout effect runs before the user can type, so the default cannot overwrite input.
  useLayoutEffect(() => {
    if (isUntouched && defaultFits) form.set('credential', { credential: byDefault, text: byDefault.name });
  }, [byDefault?.id]);
  const mayAcceptFailing = mayAccept(organizationId);
  const isFailing = credential && !credential.locked && !works(credential);
  const ownBucket = credential?.bucket;
  const isBucketMissing = credential && !ownBucket && !form.values.bucket;
  const bucketHelp = [
    words.bucketHelp(ownBucket ? named(ownBucket) : ''), isBucketMissing && ` ${words.bucketWanted}`,
  ];
  return html`
    <${CredentialField} organizationId=${organizationId} byDefault=${byDefault}
      presentId=${project?.backup.credentialId} mayAcceptFailing=${mayAcceptFailing}
      ...${form.field('credential')} value=${form.values.credential} />
    ${isUntouched && byDefault && !defaultFits && html`<${DefaultNote} byDefault=${byDefault} />`}
    ${isFailing && mayAcceptFailing && html`<div class="problem is-warning"><${Icon} name="warning" />
      <${CheckField} label=${words.acceptFailing} help=${words.acceptFailingHelp}
        value=${form.values.acceptFailing} onInput=${value => form.set('acceptFailing', value)} /></div>`}
    <div class="form-row">
      <${TextField} label=${texts.bucket} isCode help=${bucketHelp} placeholder=${ownBucket ?? ''}
        ...${form.field('bucket')} />
      <${TextField} label=${words.prefix} isCode help=${words.prefixHelp} ...${form.field('prefix')} />
    </div>`;
}
