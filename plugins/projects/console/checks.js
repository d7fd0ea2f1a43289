// What is wrong with what was typed, in a sentence; '' when nothing is. The daemon checks the same, and has
// the last word.
import { texts } from './texts.js';

const points = text => [...text.normalize('NFC').trim()].length;

export function whyNotName(text) {
  const count = points(text);
  if (count === 0) return texts.form.nameMissing;
  if (count < 3) return texts.form.nameShort(count);
  return count > 30 ? texts.form.nameLong(count) : '';
}

export const whyNotDescription = text => ([...text].length > 500
  ? texts.form.descriptionLong([...text].length) : '');

export function whyNotBucket(text) {
  const words = texts.enable;
  if (text === '') return ''; // the credential's
  if (text.length < 3 || text.length > 63) return words.bucketLength;
  if (!/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(text)) return words.bucketCharacters;
  return text.includes('..') || /^[\d.]+$/.test(text) && text.split('.').length === 4 ? words.bucketForm : '';
}

export function whyNotPrefix(text) {
  if (text.startsWith('/')) return texts.enable.prefixSlash;
  return [...text].length > 200 ? texts.enable.prefixLong : '';
}

export const isNamespace = text => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);

/** "shop, carts" → ['shop', 'carts'] */
export const namesIn = text => text.split(/[\s,;]+/).filter(Boolean);

export function whyNotNamespaces(text, others = []) {
  const words = texts.policyForm;
  const known = new Set();
  for (const name of namesIn(text)) {
    if (!isNamespace(name)) return words.wrongNamespace(name);
    if (known.has(name)) return words.twice(name);
    if (others.includes(name)) return words.overlap(name);
    known.add(name);
  }
  return '';
}

export function whyNotRetention(count, unit) {
  if (count === '') return '';
  if (!/^\d{1,6}$/.test(count)) return texts.policyForm.retentionWrong;
  const hours = Number(count) * (unit === 'd' ? 24 : 1);
  return hours >= 1 && hours <= 87600 ? '' : texts.policyForm.retentionRange[unit];
}
