import {
  api, Badge, Button, can, Confirm, Dialog, FormFoot, html, IconButton, notify, SelectField, useForm,
  useOrganizations, useState,
} from '/console/assets/coffer.js';
import { texts } from './texts.js';

const words = texts.roles;
const everywhere = 'all';

export const roleInWords = ({ role, organizationId, organizationName }) =>
  words.in(words.names[role], organizationId === null ? texts.everywhere : organizationName);

/** A partner gives what it has itself, in its organizations; an administrator everything. */
const offeredRoles = () =>
  Object.keys(words.names).filter(role => role !== 'administrator' || can('administer'));

export const emptyRole = { role: 'viewer', organization: '' };
export const roleChecks = { organization: (value, { role }) =>
  (value || role === 'administrator' ? '' : words.whereMissing) };
/** What the API takes. */
export const roleBody = ({ role, organization }) => ({
  role, organizationId: role === 'administrator' || organization === everywhere ? null : Number(organization),
});

/** Which role, and where: fields of a form that has emptyRole and roleChecks in it. */
export function RoleFields({ form }) {
  const organizations = useOrganizations().filter(each => can('govern', each.id));
  const { role } = form.values;
  const options = [
    { value: '', text: '' },
    ...(can('govern') ? [{ value: everywhere, text: words.everyOrganization }] : []),
    ...organizations.map(each => ({ value: String(each.id), text: each.name })),
  ];
  return html`
    <${SelectField} label=${words.role} help=${words.helps[role]}
      options=${offeredRoles().map(value => ({ value, text: words.names[value] }))}
      ...${form.field('role')} />
    ${role !== 'administrator' &&
      html`<${SelectField} label=${words.where} isRequired options=${options}
        ...${form.field('organization')} />`}`;
}

function Add({ person, onDone, onClose }) {
  const form = useForm(emptyRole, roleChecks);
  const submit = form.submit(async values => {
    const role = await api.post(`/principals/${person.id}/roles`, { body: roleBody(values) });
    notify(words.given(person.name, roleInWords(role)));
    onDone();
    onClose();
  });
  return html`<${Dialog} title=${words.addTitle(person.name)} onClose=${onClose}>
    <form class="form" onSubmit=${submit} noValidate>
      <${RoleFields} form=${form} />
      <${FormFoot} form=${form} action=${words.give} onClose=${onClose} />
    </form><//>`;
}

function Take({ person, role, onDone, onClose }) {
  const act = async () => {
    await api.remove(`/principals/${person.id}/roles/${role.id}`);
    notify(words.taken(person.name));
    onDone();
  };
  return html`<${Confirm} title=${words.takeTitle(person.name)} action=${words.take} kind="danger" act=${act}
    onClose=${onClose}>
    <p><bdi>${words.takeHelp(roleInWords(role))}</bdi></p><//>`;
}

/** The roles of a person, to add and take. */
export function Roles({ person, onChange }) {
  const [dialog, open] = useState({});
  const close = () => open({});
  return html`<section>
    <div class="section-head"><h3>${words.heading}</h3><${Button} icon="add"
      onClick=${() => open({ what: 'add' })}>${words.add}<//></div>
    ${person.roles.length === 0 && html`<p class="soft">${words.none}</p>`}
    <ul class="lines">${person.roles.map(role => html`<li key=${role.id}>
      <div><b><bdi>${roleInWords(role)}</bdi></b><small>${words.helps[role.role]}</small></div>
      <${IconButton} icon="delete" kind="danger" label=${words.takeOf(roleInWords(role))}
        onClick=${() => open({ what: 'take', role })} /></li>`)}</ul>
    ${dialog.what === 'add' && html`<${Add} person=${person} onDone=${onChange} onClose=${close} />`}
    ${dialog.what === 'take' &&
      html`<${Take} person=${person} role=${dialog.role} onDone=${onChange} onClose=${close} />`}
  </section>`;
}

export const RoleBadges = ({ roles }) =>
  html`<span class="badges">${roles.map(role => html`<${Badge} key=${role.id}
  kind=${role.role === 'administrator' ? 'accent' : 'neutral'}>${roleInWords(role)}<//>`)}</span>`;
