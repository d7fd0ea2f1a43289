import {
  api, Confirm, Dialog, FormFoot, html, Icon, notify, TextField, useForm,
} from '/console/assets/coffer.js';
import { secrets, standing } from './steps.js';
import { texts as words } from './texts.js';


export function Rotate({ keys, onDone, onClose }) {
  const { waiting } = standing(keys);
  const act = async () => {
    const { version } = await api.post('/keys/rotate');
    notify(words.rotated(version));
    onDone();
  };
  return html`<${Confirm} title=${words.rotateTitle} action=${words.rotate} act=${act} onClose=${onClose}>
    <p>${words.rotateHelp(keys.activeVersion)}</p>${waiting > 0 &&
      html`<p>${words.rotateAgain(secrets(waiting))}</p>`}<//>`;
}

export function Rewrap({ keys, onDone, onClose }) {
  const act = async () => {
    await api.post('/keys/rewrap');
    onDone();
  };
  return html`<${Confirm} title=${words.rewrapTitle} action=${words.rewrap} act=${act} onClose=${onClose}>
    <p>${words.rewrapHelp(secrets(standing(keys).waiting), keys.activeVersion)}</p><//>`;
}

/** Cannot be undone: the version's number is typed. */
export function Destroy({ version, onDone, onClose }) {
  const form = useForm({ typed: '' },
    { typed: value => (value.trim() === String(version) ? '' : words.typeWrong(version)) });
  const submit = form.submit(async () => {
    await api.remove(`/keys/${version}`);
    notify(words.destroyed(version));
    onDone();
    onClose();
  });
  return html`<${Dialog} title=${words.destroyTitle(version)} onClose=${onClose}>
    <form class="form" onSubmit=${submit} noValidate>
      <div class="problem"><${Icon} name="warning" />
        <div><b>${words.destroyHelp(version)}</b><p>${words.destroyMake}</p></div></div>
      <${TextField} label=${words.type(version)} inputMode="numeric" autofocus ...${form.field('typed')} />
      <${FormFoot} form=${form} kind="danger" action=${words.destroyOf(version)} onClose=${onClose} />
    </form><//>`;
}
