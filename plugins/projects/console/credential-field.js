// Choosing one of an organization's credentials: its default first, what cannot be taken with the reason.
import { api, Combobox, html, Link, useEffect, useState } from '/console/assets/coffer.js';
import { texts } from './texts.js';
import { useLoaded } from './loaded.js';
import { named } from './words.js';

const words = texts.enable;
const mostShown = 20;
const pause = 120;

/** The two shapes in which the API shows a credential say it differently. */
const verdictOf = ({ validation }) => validation.verdict ?? validation;
export const works = credential => verdictOf(credential) === 'valid';
export const mayBeTaken = (credential, mayAcceptFailing) =>
  !credential.locked && (works(credential) || mayAcceptFailing);

/** The organization's default: undefined until it is known, null when there is none. */
export function useDefaultCredential(organizationId) {
  const { value, error } = useLoaded(organizationId ? '/backup-credentials/default' : '', { organizationId });
  return error ? null : value;
}

/** What fits what is typed, asked of the server after a moment's pause: { found, isLoading, error }. */
function useCredentials(organizationId, search) {
  const [state, setState] = useState({ found: [], isLoading: true });
  useEffect(() => {
    if (!organizationId) return undefined;
    const gone = new AbortController();
    setState(before => ({ ...before, isLoading: true, error: undefined }));
    const ask = () => api.get('/backup-credentials',
      { query: { organizationId, search, sort: 'name', limit: mostShown }, signal: gone.signal })
      .then(page => setState({ found: page.items, isLoading: false }))
      .catch(error => { if (!gone.signal.aborted) setState({ found: [], isLoading: false, error }); });
    const timer = setTimeout(ask, search ? pause : 0);
    return () => { clearTimeout(timer); gone.abort(); };
  }, [organizationId, search]);
  return state;
}

function stateInWords(credential) {
  if (credential.locked) return words.lockedBy(credential.lock);
  return works(credential) ? '' : words.notWorking[verdictOf(credential)];
}

function optionOf(credential, presentId, mayAcceptFailing) {
  const marks = [
    credential.default && words.isDefault,
    credential.id === presentId && words.isPresent,
    stateInWords(credential),
  ];
  return {
    credential,
    value: credential.name,
    text: credential.name,
    isOff: !mayBeTaken(credential, mayAcceptFailing),
    detail: [...marks, credential.endpoint].filter(Boolean).join(' · '),
  };
}

function helpFor(credential, byDefault) {
  if (!credential) return words.credentialHelp;
  const where = html`<bdi>${words.where(credential.endpoint, credential.region)}</bdi>`;
  if (credential.id !== byDefault?.id) return where;
  return [words.isDefaultOf(named(byDefault.organization.name)), ' ', where];
}

/**
 * `value`: { credential (or null), text: what is typed }. byDefault: of useDefaultCredential(); presentId:
 * the one that the project has now.
 */
export function CredentialField({
  organizationId, value, onInput, error, byDefault, presentId, mayAcceptFailing,
}) {
  const search = value.credential ? '' : value.text;
  const { found, isLoading, error: unavailable } = useCredentials(organizationId, search);
  // While nobody searches, the default stands first, however many there are.
  const isDefaultFirst = byDefault && !search;
  const listed = isDefaultFirst ? [byDefault, ...found.filter(each => each.id !== byDefault.id)] : found;
  const isGone = unavailable?.status === 503;
  const whyUnavailable = isGone ? texts.refusals.backup_credentials_gone().detail : unavailable?.message;
  const isNoneThere = !search && !isLoading && !unavailable && listed.length === 0;
  const help = isNoneThere
    ? html`${words.noCredentialsYet} <${Link} href="/console/backup-credentials">${words.addCredential}<//>`
    : helpFor(value.credential, byDefault);
  return html`<${Combobox} label=${texts.credential} isRequired
    error=${whyUnavailable ?? error} value=${value.text}
    help=${organizationId ? help : words.chooseOrganization} disabled=${!organizationId}
    onInput=${text => onInput({ credential: null, text })}
    onChoose=${option => onInput({ credential: option.credential, text: option.value })}
    options=${listed.map(each => optionOf(each, presentId, mayAcceptFailing))} isLoading=${isLoading}
    noneText=${search ? words.noCredential : words.noCredentialsYet} />`;
}
