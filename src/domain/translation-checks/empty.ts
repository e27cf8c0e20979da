import type { Check } from './finding.js';
import { withoutItems } from './kept-items.js';

const LETTER = /\p{L}/u;
const SAYING = /[\p{L}\p{N}]/u;

/** A source with words outside its kept items has a target with at least one letter or digit. */
export const empty: Check = ({ source, target, kept }) => {
  if (!LETTER.test(withoutItems(source, kept)) || SAYING.test(target)) return [];
  return [{ check: 'empty', detail: 'no words for a source that has some', weight: 1 }];
};
