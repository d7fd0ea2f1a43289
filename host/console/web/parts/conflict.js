import { useEffect, useRef, useState } from '../vendor/preact-hooks.js';
import { html } from '../frame/html.js';
import { Button } from './button.js';
import { Time } from './time.js';
import { texts } from '../texts.js';

const words = texts.conflict;

function Choice({ name, title, isTheirs, choose, theirs, mine }) {
  const option = (value, who, text) =>
    html`<label class="choice"><input type="radio" name=${`choice-${name}`} checked=${isTheirs === value}
    onChange=${() => choose(value)} /><span><small>${who}</small><bdi>${text || words.nothing}</bdi></span>
      </label>`;
  return html`<fieldset class="choices"><legend>${title}</legend>
    ${option(false, words.mine, mine)}${option(true, words.theirs, theirs)}</fieldset>`;
}

/**
 * Somebody else saved first: 412 version_mismatch. `stored`: what is there now, with lastModifiedBy and
 * lastModifiedAt. before, theirs, mine: { name: text }, the form's values as they were read, as they are
 * there now, and as they are typed; titles: { name: title }. Where both changed the same the viewer chooses;
 * what only the other one changed is theirs. onDecided gets the names whose values are to be theirs.
 */
export function Conflict({ stored, before, theirs, mine, titles, onDecided, children }) {
  const changed = Object.keys(titles).filter(name => theirs[name] !== before[name]
    && theirs[name] !== mine[name]);
  const open = changed.filter(name => mine[name] !== before[name]);
  const [taken, setTaken] = useState({});
  const box = useRef();
  useEffect(() => box.current.scrollIntoView({ block: 'nearest' }), [stored]);
  return html`<div ref=${box} class="problem is-warning in-sight" role="alert"><div>
    <b>${words.title(html`<bdi>${stored.lastModifiedBy}</bdi>`)}, <${Time} at=${stored.lastModifiedAt} /></b>
    <p>${open.length ? words.choose : words.nothingLost}</p>
    ${children}
    ${open.map(name => html`<${Choice} key=${name} name=${name} title=${titles[name]} theirs=${theirs[name]}
      mine=${mine[name]} isTheirs=${Boolean(taken[name])}
      choose=${value => setTaken({ ...taken, [name]: value })} />`)}
    ${changed.length > open.length && html`<p class="soft">${words.onlyTheirs}</p>`}
    <${Button} kind="primary" onClick=${() =>
      onDecided(changed.filter(name => !open.includes(name) || taken[name]))}>${words.goOn}<//>
  </div></div>`;
}
