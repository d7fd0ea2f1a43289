// Two people at once: what is sent names the version that was seen, and who comes second sees what the first one did.
import { api, Button, html, Icon, Time, useEffect, useRef, useState } from '/console/assets/coffer.js';
import { texts } from './texts.js';
import { named } from './words.js';

const words = texts.conflict;

/** For a form: { theirs, send(change), take() }. send() gives undefined, and `theirs` is there, when somebody else was faster. */
export function useVersion(path, shown) {
  const [version, setVersion] = useState(shown.version);
  const [theirs, setTheirs] = useState(null);
  const send = async change => {
    try {
      return await change((theirs ?? { version }).version);
    } catch (error) {
      if (error.code !== 'version_mismatch') throw error;
      setTheirs(await api.get(path));
      return undefined;
    }
  };
  const take = () => {
    setVersion(theirs.version);
    setTheirs(null);
  };
  return { theirs, send, take };
}

/** For what is only asked: throws what it threw, with the present state in `current` and given to onChanged when somebody else was faster. */
export async function withVersion(path, shown, onChanged, change) {
  try {
    return await change(shown.version);
  } catch (error) {
    if (error.code !== 'version_mismatch') throw error;
    error.current = await api.get(path);
    onChanged(error.current);
    throw error;
  }
}

/**
 * What somebody else stored in the meantime beside what was typed here. rows: [[title, theirs, mine], ...], texts; take and keep: what the two buttons do.
 */
export function Conflict({ theirs, rows, take, keep, isBusy }) {
  const different = rows.filter(([, one, other]) => one !== other);
  const box = useRef();
  useEffect(() => box.current.scrollIntoView({ block: 'nearest' }), [theirs]);
  return html`<div ref=${box} class="problem is-warning" role="alert"><${Icon} name="warning" /><div>
    <b>${words.title}</b>
    <p>${words.who(named(theirs.lastModifiedBy), html`<${Time} at=${theirs.lastModifiedAt} />`)}</p>
    ${different.length === 0 ? html`<p>${words.same}</p>` : html`<dl class="project-conflict">
      ${different.map(([title, one, other]) => html`<div><dt>${title}</dt>
        <dd><small>${words.theirs}</small><span><bdi>${one || words.empty}</bdi></span></dd>
        <dd><small>${words.mine}</small><span><bdi>${other || words.empty}</bdi></span></dd></div>`)}</dl>`}
    <div class="page-actions"><${Button} onClick=${take}>${words.take}<//>
      <${Button} isBusy=${isBusy} onClick=${keep}>${words.keep}<//></div>
  </div></div>`;
}
