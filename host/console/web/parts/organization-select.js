import { useEffect, useState } from '../vendor/preact-hooks.js';
import { api } from '../frame/api.js';
import { Link } from '../frame/address.js';
import { can, canSomewhere } from '../frame/session.js';
import { html } from '../frame/html.js';
import { SelectField } from './field.js';
import { texts } from '../texts.js';

const mostAsked = 1000;
const none = [];

/** The organizations that the viewer sees; undefined until they are known. */
function useKnownOrganizations() {
  const [organizations, setOrganizations] = useState(canSomewhere('read') ? undefined : []);
  useEffect(() => {
    if (organizations) return undefined; // an auditor would only be refused
    const gone = new AbortController();
    const ask = async () => {
      const all = [];
      for (let cursor; all.length < mostAsked;) {
        const page = await api.get('/organizations', { query: { limit: 100, cursor }, signal: gone.signal });
        all.push(...page.items);
        cursor = page.nextCursor;
        if (!cursor) break;
      }
      setOrganizations(all);
    };
    ask().catch(() => {}); // the list below says what is wrong
    return () => gone.abort();
  }, []);
  return organizations;
}

/** ... empty until they are known. */
export const useOrganizations = () => useKnownOrganizations() ?? none;

function FirstOrganization() {
  return canSomewhere('administer')
    ? html`${texts.noOrganization} <${Link} href="/console/organizations/organizations">${texts.addOrganization}<//>`
    : texts.noOrganizationAsk;
}

/** Shown to who may see several. `value` is an id as a text, '' for all. `action`: only those in which this may be done. `isFilter`: offers all of them. */
export function OrganizationSelect({ value, onChange, isFilter = false, action, label = texts.organization, ...others }) {
  const known = useKnownOrganizations();
  const offered = (known ?? none).filter(each => !action || can(action, each.id));
  useEffect(() => {
    if (!isFilter && !value && offered.length === 1) onChange(String(offered[0].id));
  }, [offered.length, value]);
  if (isFilter && offered.length < 2) return null;
  const options = offered.map(each => ({ value: String(each.id), text: each.name }));
  if (isFilter) options.unshift({ value: '', text: texts.everyOrganization });
  else if (offered.length !== 1) options.unshift({ value: '', text: '' });
  return html`<${SelectField} label=${label} ...${others} isLabelHidden=${isFilter} value=${value} onInput=${onChange} options=${options}
    ...${!isFilter && known && !offered.length ? { help: html`<${FirstOrganization} />` } : {}} />`;
}
