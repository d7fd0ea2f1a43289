// The fields of a credential, and what is wrong with what is typed: the same rules as the server's, so that
// nobody has to ask it for that.
import {
  AreaField, Combobox, html, SecretField, SelectField, TextField, useRef,
} from '/console/assets/coffer.js';
import { regionOf, suggest } from './endpoints.js';
import { texts } from './texts.js';

const words = texts.fields;
const wrong = texts.checks;
// Control and bidirectional formatting characters, and what takes no room: as the SDK's Text.cpp has them.
const unseen = [/[\p{Cc}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/u, /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u,
  /[\u00AD\u200B\u2060-\u2064\uFEFF]/u];

function whyNotName(value) {
  const name = value.normalize('NFC').trim();
  const count = [...name].length;
  if (!count) return wrong.nameEmpty;
  if (unseen.some(kind => kind.test(name))) return wrong.nameCharacters;
  if (count < 3) return wrong.nameShort(count);
  return count > 30 ? wrong.nameLong(count) : '';
}

function whyNotEndpoint(value) {
  const text = value.trim();
  if (!text) return wrong.endpointEmpty;
  const placeholder = text.match(/<[^<>]*>/);
  if (placeholder) return wrong.endpointPlaceholder(placeholder[0]);
  if (!/^https?:\/\//i.test(text)) return wrong.endpointScheme;
  const rest = text.replace(/^https?:\/\//i, '').replace(/\/$/, '');
  if (rest.includes('@')) return wrong.endpointUser;
  if (/[/?#\\]/.test(rest)) return wrong.endpointPath;
  const isServer = /^(\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?)(:\d{1,5})?$/i.test(rest);
  return isServer ? '' : wrong.endpointInvalid;
}

function whyNotRegion(value) {
  const region = value.trim();
  if (!region) return wrong.regionEmpty;
  return /^[A-Za-z0-9._-]{1,64}$/.test(region) ? '' : wrong.region;
}

const whyNotKey = (value, empty, invalid, characters) => {
  if (!value) return empty;
  if (value !== value.trim()) return wrong.around;
  if (/\s/.test(value)) return wrong.space;
  return characters.test(value) ? '' : invalid;
};

/** For useForm(): name => (value) => sentence, or ''. */
export const checks = {
  organizationId: value => (value ? '' : wrong.organization),
  name: whyNotName,
  endpoint: whyNotEndpoint,
  region: whyNotRegion,
  accessKeyId: value => whyNotKey(value, wrong.accessKeyEmpty, wrong.accessKey, /^[!-+\-.0-~]{1,128}$/),
  secretAccessKey: value => whyNotKey(value, wrong.secretEmpty, wrong.secret, /^[!-~]{1,1024}$/),
  bucket: value => (!value || /^[A-Za-z0-9][A-Za-z0-9._-]{2,62}$/.test(value) ? '' : wrong.bucket),
  caCertificate: value => {
    if (value.includes('PRIVATE KEY-----')) return wrong.caPrivateKey;
    return !value.trim() || value.includes('-----BEGIN CERTIFICATE-----') ? '' : wrong.caCertificate;
  },
};
/** What a probe depends on. */
export const probed = [
  'endpoint', 'region', 'accessKeyId', 'secretAccessKey', 'addressing', 'bucket', 'caCertificate',
];

/** What is sent of the fields that both adding and editing have. */
export const sent = values => ({
  name: values.name.trim(),
  accessKeyId: values.accessKeyId,
  addressing: values.addressing,
  bucket: values.bucket || null,
  caCertificate: values.caCertificate.trim() ? values.caCertificate : null,
});

/** A button that puts a field right: takes away white space, or does what the probe advises. */
function remedyFor(form, name, remedy) {
  const value = form.values[name];
  const isSpaced = (name === 'accessKeyId' || name === 'secretAccessKey') && value !== value.trim();
  if (!isSpaced && remedy?.field !== name) return undefined;
  const [label, better] = isSpaced ? [wrong.removeSpace, value.trim()] : [remedy.label, remedy.value];
  return html`<button type="button" class="link" onClick=${() => form.set(name, better)}>${label}</button>`;
}

export const NameField = ({ form, ...others }) =>
  html`<${TextField} label=${words.name} help=${words.nameHelp} isRequired ...${form.field('name')}
    ...${others} />`;

/** Typing or choosing an endpoint fills the region that belongs to it, unless somebody typed another. */
export function EndpointField({ form, remedy }) {
  const { value, onInput, error } = form.field('endpoint');
  const filled = useRef('');
  const follow = (endpoint, isChosen, region = regionOf(endpoint)) => {
    const isTheirs = form.values.region && form.values.region !== filled.current;
    if (!region || (isTheirs && !isChosen)) return;
    filled.current = region;
    form.set('region', region);
  };
  return html`<${Combobox} label=${words.endpoint} help=${words.endpointHelp} error=${error}
    remedy=${remedyFor(form, 'endpoint', remedy)} isRequired isCode value=${value}
    options=${suggest(value)}
    noneText=${value && /^https?:/.test(value) ? '' : words.noSuggestion} placeholder="https://"
    inputmode="url" onInput=${text => { onInput(text); follow(text, false); }}
    onChoose=${option => follow(option.value, true, option.region)} />`;
}

export const RegionField = ({ form, remedy }) =>
  html`<${TextField} label=${words.region} help=${words.regionHelp} isRequired isCode
    ...${form.field('region')} remedy=${remedyFor(form, 'region', remedy)} />`;

export const AccessKeyField = ({ form, help = words.accessKeyHelp }) =>
  html`<${TextField} label=${words.accessKeyId} help=${help} isRequired isCode ...${form.field('accessKeyId')}
    remedy=${remedyFor(form, 'accessKeyId')} />`;

export const SecretKeyField = ({ form, help = words.secretHelp, ...others }) =>
  html`<${SecretField} label=${words.secret} help=${help} ...${form.field('secretAccessKey')}
    remedy=${remedyFor(form, 'secretAccessKey')} ...${others} />`;

/** What few need. Open when something in it is set or wrong. */
export function Advanced({ form, remedy }) {
  const wasOpened = useRef(false);
  const { addressing, bucket, caCertificate } = form.values;
  const isWrong = ['addressing', 'bucket', 'caCertificate'].some(name => form.field(name).error);
  const isSet = addressing !== 'auto' || Boolean(bucket || caCertificate);
  wasOpened.current ||= isWrong || isSet || remedy?.field === 'addressing';
  return html`<details open=${wasOpened.current || undefined}><summary>${words.advanced}</summary>
    <${SelectField} label=${words.addressing} help=${words.addressingHelp} ...${form.field('addressing')}
      options=${Object.entries(words.addressings).map(([value, text]) => ({ value, text }))} />
    <${TextField} label=${words.bucket} help=${words.bucketHelp} isCode ...${form.field('bucket')} />
    <${AreaField} label=${words.caCertificate} help=${words.caCertificateHelp} isCode rows="4"
      placeholder="-----BEGIN CERTIFICATE-----" ...${form.field('caCertificate')} />
  </details>`;
}
