import { ApiProblem, canSomewhere, html, Link, Problem, Time } from '/console/assets/coffer.js';
import { texts } from './texts.js';
import { addressOfCredential, named } from './words.js';

/** The same refusal in the page's words: what to press, where the daemon's speak of requests. */
export function explained(error) {
  const words = error instanceof ApiProblem ? texts.refusals[error.code]?.(error.body) : undefined;
  return words ? new ApiProblem(error.status, { ...error.body, ...words }, error.retryAfter) : error;
}

/** Why something was refused, and where to go to change that. `credential`: the one it may be about. */
export function Refusal({ error, retry, credential }) {
  if (!error) return null;
  if (error.code === 'version_mismatch'
    && error.current) return html`<${ChangedMeanwhile} current=${error.current} />`;
  const isAboutCredential = ['credential_locked', 'credential_not_working',
    'keys_not_expressible'].includes(error.code);
  return html`<${Problem} error=${explained(error)} retry=${retry}>
    ${isAboutCredential && credential
      && html`<p><${Link} href=${addressOfCredential(credential)}>${texts.openCredential}<//></p>`}
    ${error.code === 'backup_credentials_gone' && canSomewhere('administer') &&
      html`<p><${Link} href="/console/plugins">${texts.openPlugins}<//></p>`}
  <//>`;
}

function ChangedMeanwhile({ current }) {
  return html`<div class="problem is-warning" role="alert"><div><b>${texts.conflict.title}</b>
    <p>${texts.conflict.who(named(current.lastModifiedBy), html`<${Time} at=${current.lastModifiedAt} />`)}
      </p>
    <p>${texts.conflict.again}</p></div></div>`;
}
