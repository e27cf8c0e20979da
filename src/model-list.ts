import { existsSync } from 'node:fs';
import { VoiceLinguaError } from './domain/errors.js';
import { normalizeLanguage, withTraditional } from './domain/language.js';
import { invalidArgument, type OptionKind } from './domain/options.js';
import { PRESETS } from './engines/llm/presets.js';
import type { LanguagePair } from './engines/routed-translator.js';

/** One model of a list, as its user named it. */
export interface ListedModel {
  /** Name, file or folder; a chat model's name with its provider. */
  readonly reference: string;
  /** The provider of a chat model, and the provider's own name of it. */
  readonly chat?: { readonly provider: string; readonly model: string };
  /** Languages that it is to be used for; without, those that it tells itself. */
  readonly pair?: LanguagePair;
  /** SentencePiece file, folder with one or two, `characters` or `whitespace`. */
  readonly tokenizer?: string;
}

const SIDE = '(?:zh-tw|[a-z]{2,3})(?:_(?:zh-tw|[a-z]{2,3}))*';
const PAIR = new RegExp(`^(${SIDE})-(${SIDE})=(.+)$`, 'i');
const TOKENIZER = /^(.+)\+tokenizer=(.+)$/;
const CHAT = new RegExp(`^(${PRESETS.map(({ name }) => name).join('|')}):(.+)$`);

/**
 * The translation models that a reference names, the preferred first: `opus-mt-en-de,m2m100`. Each may have its languages in front
 * (`en-de=MODEL`, several of a side joined by `_`) and a tokenizer behind (`MODEL+tokenizer=FILE`). What is the path of something that
 * is there stays whole, commas and all.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` for an entry that names nothing
 */
export function modelList(reference: string): readonly ListedModel[] {
  const pieces = reference.split(',');
  const models: ListedModel[] = [];
  for (let start = 0; start < pieces.length; ) {
    let end = pieces.length;
    // The longest that is a path; a piece by itself else.
    while (end > start + 1 && !isPath(pieces.slice(start, end).join(','))) end--;
    models.push(listedModel(pieces.slice(start, end).join(',').trim()));
    start = end;
  }
  return models;
}

/** A list as an option takes it: a text with commas, or texts; always given on as one text. */
export function modelReferences(): OptionKind<string, 'optional'> {
  return {
    presence: 'optional',
    read: (value, { owner, name }) => {
      const list: unknown[] = Array.isArray(value) ? value : [value];
      const named = (one: unknown): one is string =>
        typeof one === 'string' && one.trim() !== '' && !one.includes('\0');
      if (list.length === 0 || !list.every(named)) {
        throw invalidArgument(owner, name, 'a model, or several, the preferred first', value);
      }
      return modelList(list.join(',')).map(written).join(',');
    },
  };
}

function listedModel(text: string): ListedModel {
  if (text === '') {
    throw new VoiceLinguaError(
      'INVALID_ARGUMENT',
      'A list of translation models has an empty entry. Take the comma out.',
    );
  }
  const bare = partsOf(text);
  const chat = existsSync(bare.reference) ? null : CHAT.exec(bare.reference);
  if (chat === null) return bare;
  const [, provider, model] = chat as unknown as [string, string, string];
  if (bare.tokenizer !== undefined) {
    throw new VoiceLinguaError('INVALID_ARGUMENT', `${bare.reference} is a chat model, which has no tokenizer here.`);
  }
  return { ...bare, chat: { provider, model } };
}

function partsOf(text: string): ListedModel {
  if (existsSync(text)) return { reference: text };
  const pair = PAIR.exec(text);
  const rest = pair === null ? text : (pair[3] as string);
  const tokenizer = existsSync(rest) ? null : TOKENIZER.exec(rest);
  return {
    reference: tokenizer === null ? rest : (tokenizer[1] as string),
    ...(pair === null ? {} : { pair: { reads: side(pair[1] as string), writes: side(pair[2] as string) } }),
    ...(tokenizer === null ? {} : { tokenizer: tokenizer[2] as string }),
  };
}

function side(text: string): readonly string[] {
  return withTraditional(text.split('_').map(normalizeLanguage));
}

/** Whether a text with commas names one thing, whatever stands around it. */
function isPath(text: string): boolean {
  const { reference, tokenizer } = partsOf(text.trim());
  return existsSync(reference) && (tokenizer === undefined || !tokenizer.includes(',') || existsSync(tokenizer));
}

/** The entry as a list holds it: equal for equal models, whatever white space stood around them. */
function written({ reference, pair, tokenizer }: ListedModel): string {
  const languages = pair === undefined ? '' : `${pair.reads.join('_')}-${pair.writes.join('_')}=`;
  return `${languages}${reference}${tokenizer === undefined ? '' : `+tokenizer=${tokenizer}`}`;
}
