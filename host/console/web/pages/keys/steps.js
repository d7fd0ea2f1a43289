// How the data key is changed: three steps in order, the one that is due stands out.
import { Badge, Button, html, Icon, plural, Progress } from '/console/assets/coffer.js';
import { texts as words } from './texts.js';

export const secrets = count => plural(count, ...words.secrets);

/** What lies under older versions, which of them can be destroyed, and what comes next. */
export function standing({ versions, rewrap }) {
  const old = versions.filter(each => each.state === 'retiring');
  const waiting = old.reduce((sum, each) => sum + each.sealedCount, 0);
  const free = old.filter(each => each.sealedCount === 0);
  const isRunning = Boolean(rewrap?.running);
  // What does not open is no reason to keep the other old versions.
  const isStuck = !isRunning && waiting > 0 && rewrap?.failed === waiting;
  const next = () => {
    if (isRunning || (waiting > 0 && !isStuck)) return 'rewrap';
    if (free.length > 0) return 'destroy';
    return isStuck ? 'rewrap' : 'rotate';
  };
  return { old, waiting, free, isRunning, next: next() };
}

function Step({ name, help, isNext, note, children }) {
  return html`<li class=${isNext ? 'step is-next' : 'step'} aria-current=${isNext ? 'step' : undefined}>
    <div class="section-head"><h3>${words.steps.names[name]}</h3>
      ${isNext && html`<${Badge} kind="accent">${name === 'rotate' ? words.steps.begin : words.steps.next}<//>`}</div>
    <p>${help}</p>
    ${note && html`<p class="soft">${note}</p>`}
    <div class="step-foot">${children}</div></li>`;
}

function HowFar({ rewrap }) {
  if (!rewrap) return null;
  const { running, done, failed, total, target } = rewrap;
  return html`
    ${running &&
      html`<${Progress} value=${total ? done + failed : undefined} most=${total || 1}
        label=${total ? words.running(done, total) : words.started} />`}
    ${!running && total > 0 && done > 0 &&
      html`<p class="finished"><${Icon} name="success" />${words.finished(secrets(done), target)}</p>`}`;
}

/** `ask` opens the dialog of a step. */
export function Steps({ keys, ask }) {
  const { old, waiting, free, isRunning, next } = standing(keys);
  const kind = name => (name === next ? 'primary' : '');
  const noDestroy = free.length > 0 ? '' : old.length > 0 ? words.stillSealed : words.nothingToDestroy;
  return html`<section class="card">
    <h2>${words.steps.heading}</h2><p class="soft">${words.steps.help}</p>
    <ol class="steps">
      <${Step} name="rotate" help=${words.steps.rotateHelp} isNext=${next === 'rotate'}>
        <${Button} kind=${kind('rotate')} icon="refresh"
          onClick=${() => ask({ what: 'rotate' })}>${words.rotate}<//><//>
      <${Step} name="rewrap" help=${words.steps.rewrapHelp} isNext=${next === 'rewrap'}
        note=${waiting === 0 && !isRunning && words.nothingToRewrap}>
        <${HowFar} rewrap=${keys.rewrap} />
        ${waiting > 0 && !isRunning &&
          html`<${Button} kind=${kind('rewrap')} icon="lock"
            onClick=${() => ask({ what: 'rewrap' })}>${words.rewrap}<//>`}<//>
      <${Step} name="destroy" help=${words.steps.destroyHelp} isNext=${next === 'destroy'} note=${noDestroy}>
        ${free.map(({ version }) =>
          html`<${Button} key=${version} kind=${next === 'destroy' ? 'danger' : ''} icon="delete"
          onClick=${() => ask({ what: 'destroy', version })}>${words.destroyOf(version)}<//>`)}<//>
    </ol>
    ${keys.rewrap?.failed > 0 && html`<div class="problem" role="alert"><${Icon} name="error" />
      <div><b>${words.failedTitle(secrets(keys.rewrap.failed))}</b><p>${words.failedHelp}</p></div></div>`}</section>`;
}
