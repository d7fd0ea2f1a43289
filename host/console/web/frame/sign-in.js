import { html } from './html.js';
import { signIn } from './session.js';
import { ApiProblem } from './api.js';
import { Button } from '../parts/button.js';
import { SecretField, useForm } from '../parts/field.js';
import { Problem } from '../parts/problem.js';
import { texts } from '../texts.js';

/** The form; `isAgain` stands in a dialog over the page that the session ended on. */
export function SignIn({ isAgain = false }) {
  const form = useForm({ token: '' }, { token: value => (value.trim() ? '' : texts.signIn.missing) });
  const submit = form.submit(async ({ token }) => {
    try {
      await signIn(token.trim());
    } catch (problem) {
      // Not a problem of the form as a whole: the field says it.
      if (problem instanceof ApiProblem && problem.status === 401) form.refuse({ token: texts.signIn.wrong });
      else throw problem;
    }
  });
  return html`<form class=${isAgain ? 'sign-in' : 'sign-in card'} onSubmit=${submit} noValidate>
    ${!isAgain && html`<img src="/console/assets/coffer.svg" alt="" width="48" height="48" /><h1>${texts.signIn.title}</h1>`}
    <${SecretField} label=${texts.signIn.token} help=${texts.signIn.tokenHelp} ...${form.field('token')} autofocus />
    <${Problem} error=${form.problem} />
    <${Button} kind="primary" type="submit" isBusy=${form.isBusy}>${texts.signIn.action}<//>
    ${isAgain && html`<a class="aside" href="/console/">${texts.signIn.signedOutElsewhere}</a>`}
  </form>`;
}
