// Names inside sentences, and links to where they lead.
import { html, Link } from '/console/assets/coffer.js';

/** A name that somebody chose: whatever it is written in, the sentence around it stays as it is. */
export const named = text => html`<bdi>${text}</bdi>`;

export const addressOfProject = (id, query = '') => `/console/projects/${id}${query}`;
/** On the credentials page, found and opened. */
export const addressOfCredential = ({ id, name }) =>
  `/console/backup-credentials?${new URLSearchParams({ search: name, open: id })}`;

export function CredentialLink({ credential, ...others }) {
  return html`<${Link} href=${addressOfCredential(credential)} ...${others}><bdi>${credential.name}</bdi>
    <//>`;
}
