import { VoiceLinguaError } from '../errors.js';
import { normalizeLanguage } from '../language.js';
import { describe, invalidArgument, unknownOption } from '../options.js';
import { EVERY_LANGUAGE, type GlossaryTerm } from './glossary.js';

/** Most terms of a glossary. */
export const MAX_TERMS = 100_000;
/** Longest term, UTF-16 units. */
export const MAX_TERM_LENGTH = 500;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are meant
export const CONTROL_CHARACTERS = /[\0-\x08\x0e-\x1f]/;

const MEMBERS = ['texts', 'doNotTranslate', 'caseSensitive', 'note'] as const;

/**
 * A term that a caller gave, in the form in which glossaries hold it: codes of languages canonical, no white space around texts.
 * @param owner the function that it was given to
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT`, `UNKNOWN_OPTION` or `UNSUPPORTED_LANGUAGE`, naming the entry and the way out
 */
export function givenTerm(value: unknown, index: number, owner: string): GlossaryTerm {
  const name = `glossary[${index}]`;
  if (!isObject(value)) throw invalidArgument(owner, name, 'a term, { texts: { en: …, de: … } }', value);
  for (const key of Object.keys(value)) {
    if (!MEMBERS.includes(key as (typeof MEMBERS)[number])) throw unknownOption(`${owner}: ${name}`, key, MEMBERS);
  }
  const doNotTranslate = flag(value.doNotTranslate, owner, `${name}.doNotTranslate`);
  const caseSensitive = flag(value.caseSensitive, owner, `${name}.caseSensitive`);
  if (value.note !== undefined && typeof value.note !== 'string') {
    throw invalidArgument(owner, `${name}.note`, 'a text', value.note);
  }
  const texts = givenTexts(value.texts, owner, `${name}.texts`);
  const enough = doNotTranslate || texts[EVERY_LANGUAGE] !== undefined ? 1 : 2;
  if (Object.keys(texts).length < enough) {
    throw invalidArgument(
      owner,
      `${name}.texts`,
      `the term in two languages at least, or in one with "doNotTranslate", or under "${EVERY_LANGUAGE}" when it is the same in all`,
      value.texts,
    );
  }
  return { texts, ...(doNotTranslate ? { doNotTranslate } : {}), ...(caseSensitive ? { caseSensitive } : {}) };
}

function givenTexts(value: unknown, owner: string, name: string): Record<string, string> {
  if (!isObject(value)) throw invalidArgument(owner, name, 'texts by language, { en: …, de: … }', value);
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    const language = languageOf(key, owner, name);
    if (Object.hasOwn(texts, language)) {
      throw invalidArgument(owner, name, `one text for each language; two are "${language}"`, value);
    }
    texts[language] = givenText(text, owner, `${name}.${key}`);
  }
  return texts;
}

function languageOf(key: string, owner: string, name: string): string {
  if (key === EVERY_LANGUAGE) return EVERY_LANGUAGE;
  try {
    return normalizeLanguage(key);
  } catch (cause) {
    const { code, message, details } = cause as VoiceLinguaError;
    throw new VoiceLinguaError(code, `${owner}: "${name}": ${message}`, {
      cause,
      details: { ...details, owner, option: name },
    });
  }
}

function givenText(value: unknown, owner: string, name: string): string {
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '') throw invalidArgument(owner, name, 'a text that is not empty', value);
  if (text.length > MAX_TERM_LENGTH) {
    throw new VoiceLinguaError(
      'INVALID_ARGUMENT',
      `${owner}: "${name}" has ${text.length} characters, and a term at most ${MAX_TERM_LENGTH}: ${describe(text)}. Whole sentences belong in the translation memory.`,
      { details: { owner, option: name } },
    );
  }
  if (CONTROL_CHARACTERS.test(text)) throw invalidArgument(owner, name, 'a text without control characters', text);
  if (/\p{Surrogate}/u.test(text)) throw invalidArgument(owner, name, 'a text without lone surrogates', text);
  return text;
}

function flag(value: unknown, owner: string, name: string): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  throw invalidArgument(owner, name, 'true or false', value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
