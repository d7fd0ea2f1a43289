// Two people at once: what is sent names the version that was seen, and who comes second is told.
import { api, Conflict, html, useState } from '/console/assets/coffer.js';

/**
 * For a form: { theirs, send(change), settle() }. send() gives undefined when somebody else was faster;
 * `theirs` is what they stored then, until it is settled what to do about it.
 */
export function useVersion(path, shown) {
  const [base, setBase] = useState(shown);
  const [theirs, setTheirs] = useState(null);
  const send = async change => {
    try {
      return await change(base.version);
    } catch (error) {
      if (error.code !== 'version_mismatch') throw error;
      setTheirs(await api.get(path));
      return undefined;
    }
  };
  const settle = () => {
    setBase(theirs);
    setTheirs(null);
  };
  return { base, theirs, send, settle };
}

/**
 * What is different, and who decides. valuesOf(stored) gives the form's values, textsOf(values) what is
 * compared and shown of them, by the names in `titles`.
 */
export function Settle({ version: { base, theirs, settle }, form, valuesOf, textsOf = values => values,
  titles }) {
  const decided = names => {
    const values = valuesOf(theirs);
    for (const name of names) form.set(name, values[name]);
    settle();
  };
  return html`<${Conflict} stored=${theirs} titles=${titles} before=${textsOf(valuesOf(base))}
    theirs=${textsOf(valuesOf(theirs))} mine=${textsOf(form.values)}
    onDecided=${decided} />`;
}

/**
 * For what is only asked: when somebody else was faster, onChanged gets the present state, and the error
 * has it as `current`.
 */
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
