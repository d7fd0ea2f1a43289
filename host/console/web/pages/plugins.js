import {
  api, Badge, Button, Confirm, CopyValue, Details, Empty, html, Icon, Link, notify, PageHead, plural, Problem,
  refreshPages, Skeleton, Time, useList, useSession, useState,
} from '/console/assets/coffer.js';
import { texts as words } from './plugins/texts.js';

const kindOfState = { running: 'good', quarantined: 'bad' };
const kindOfHealth = { ok: 'good', degraded: 'warning', failed: 'bad' };
const iconOfHealth = { ok: 'success', degraded: 'warning', failed: 'error' };
const longList = 6;

/** 'backup-credentials/2' is offered to who needs 'backup-credentials'. */
const offers = (plugin, service) => plugin.registered.services.some(each => each.split('/')[0] === service);
const namesOf = names => names.join(', ');
const sentence = text => text[0].toUpperCase() + text.slice(1);

function Why({ plugin }) {
  const { state, reason, disabledBy, health } = plugin;
  if (state === 'quarantined')
    return html`<div class="problem"><${Icon} name="error" />
      <div><b>${sentence(reason)}</b><p>${words.quarantinedHelp}</p></div></div>`;
  if (state === 'disabled') return html`<p class="soft"><bdi>${words.disabledBy(disabledBy)}</bdi></p>`;
  if (state !== 'running') return html`<p class="soft">${words.stateHelps[state]}</p>`;
  return health.state !== 'ok' &&
    html`<div class=${`problem ${health.state === 'degraded' ? 'is-warning' : ''}`}>
      <${Icon} name=${iconOfHealth[health.state]} />
    <div>${sentence(health.reason)}</div></div>`;
}

function Registered({ registered }) {
  const parts = Object.entries(words.registered.kinds).map(([kind, [one, many]]) => {
    const names = Array.isArray(registered[kind]) ? registered[kind] : []; // of hooks there is only a number
    const count = names.length || registered[kind];
    return { kind, names, count, title: plural(Number(count), one, many) };
  }).filter(part => part.count > 0);
  if (!parts.length) return html`<p class="soft">${words.registered.nothing}</p>`;
  return html`<div class="registered">${parts.map(({ kind, names, title }) => (names.length
    ? html`<details key=${kind} open=${names.length < longList && kind !== 'routes'}><summary>${title}</summary>
      <ul>${names.map(each => html`<li key=${each}><code>${each}</code></li>`)}</ul></details>`
    : html`<p key=${kind}>${title}</p>`))}</div>`;
}

function Plugin({ plugin, onSwitch }) {
  const { state, health } = plugin;
  return html`<article class="card plugin" aria-label=${plugin.id}>
    <div class="section-head">
      <div><h2><bdi>${plugin.id}</bdi></h2>${plugin.description &&
        html`<p class="soft"><bdi>${plugin.description}</bdi></p>`}</div>
      <div class="page-actions">
        <span class="badges"><${Badge} kind=${kindOfState[state]}>${words.states[state]}<//>
          ${state === 'running' &&
            html`<${Badge} kind=${kindOfHealth[health.state]}
              icon=${iconOfHealth[health.state]}>${words.healths[health.state]}<//>`}</span>
        ${state === 'running' &&
          html`<${Button} icon="power" onClick=${() => onSwitch('disable')}>${words.disable}<//>`}
        ${state === 'disabled' &&
          html`<${Button} kind="primary" icon="power"
            onClick=${() => onSwitch('enable')}>${words.enable}<//>`}
      </div>
    </div>
    <${Why} plugin=${plugin} />
    <${Details} items=${[
      [words.version, plugin.version ?? words.unknown],
      [words.sdk, plugin.sdkVersion],
      [words.since, html`<${Time} at=${plugin.since} />`],
      [words.needs, plugin.needs.length ? namesOf(plugin.needs) : words.needsNothing],
      [words.file, html`<${CopyValue} text=${plugin.file} label=${words.copyFile} />`],
      [words.hash, plugin.sha256 && html`<${CopyValue} text=${plugin.sha256} label=${words.copyHash} />`],
    ]} />
    <div><h3 class="section">${words.registered.heading}</h3>
      <${Registered} registered=${plugin.registered} /></div>
    <div class="record-links">
      <${Link} href=${`/console/audit?${new URLSearchParams({ objectType: 'plugin', objectId: plugin.id })}`}>
        ${words.history}<//></div>
  </article>`;
}

function Consequences({ plugin, dependants }) {
  const { disableHelp: help } = words;
  const { pages } = useSession();
  const { routes, tasks } = plugin.registered;
  return html`<ul class="consequences">
    ${pages.some(page => page.owner === plugin.id || page.path === plugin.id) && html`<li>${help.page}</li>`}
    ${routes.length > 0 && html`<li>${help.routes(plural(routes.length, ...words.registered.kinds.routes))}</li>`}
    ${tasks.length > 0 && html`<li>${help.tasks(namesOf(tasks))}</li>`}
    ${dependants.length > 0 && html`<li><b>${help.dependants(namesOf(dependants))}</b></li>`}
    <li>${help.kept}</li></ul>`;
}

function Switch({ plugin, what, dependants, onSwitched, onFailed, onClose }) {
  const isDisable = what === 'disable';
  const act = async () => {
    try {
      onSwitched(await api.post(`/plugins/${encodeURIComponent(plugin.id)}/${what}`));
    } catch (problem) {
      onFailed(); // it may be in quarantine now
      throw problem;
    } finally {
      refreshPages().catch(() => {}); // the menu follows at the next look, too
    }
    notify(isDisable ? words.disabled(plugin.id) : words.enabled(plugin.id));
  };
  return html`<${Confirm} title=${isDisable ? words.disableTitle(plugin.id) : words.enableTitle(plugin.id)}
    action=${isDisable ? words.disable : words.enable}
      kind=${isDisable ? 'danger' : 'primary'} act=${act} onClose=${onClose}>
    ${isDisable ? html`<${Consequences} plugin=${plugin} dependants=${dependants} />`
      : html`<p>${words.enableHelp}</p>`}<//>`;
}

export default function Plugins() {
  const list = useList('/plugins', {}, { limit: 500 });
  const [dialog, open] = useState(null);
  const dependants = plugin => list.rows
    .filter(each => each.state === 'running' && each.needs.some(service => offers(plugin, service)))
    .map(each => each.id);
  const isEmpty = list.isFresh && list.rows.length === 0;
  return html`
    <${PageHead} title=${words.title} actions=${html`
      <${Button} icon="refresh" isBusy=${list.isLoading} onClick=${list.reload}>${words.refresh}<//>`}>
      ${words.head}<//>
    <${Problem} error=${list.error} retry=${list.reload} />
    ${!list.isFresh && list.rows.length === 0 && !list.error &&
      html`<div class="card"><${Skeleton} lines=${8} /></div>`}
    ${isEmpty &&
      html`<div class="card"><${Empty} icon="plug" title=${words.empty}>${words.emptyHelp}<//></div>`}
    <div class="cards">${list.rows.map(plugin => html`
      <${Plugin} key=${plugin.id} plugin=${plugin} onSwitch=${what => open({ what, plugin })} />`)}</div>
    ${dialog &&
      html`<${Switch} ...${dialog} dependants=${dependants(dialog.plugin)} onSwitched=${list.replace}
        onFailed=${list.reload} onClose=${() => open(null)} />`}`;
}
