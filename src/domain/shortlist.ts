import { createHash } from 'node:crypto';
import { VoiceLinguaError } from './errors.js';

/** How a list was made: of tokens that occur in texts, of all of the language's script, and those with all Latin tokens too. */
export const SHORTLIST_WIDTHS = ['texts', 'script', 'script-and-latin'] as const;
export type ShortlistWidth = (typeof SHORTLIST_WIDTHS)[number];

/** Share of sentences that must come out with the same tokens with a list as without; a list below it is not used. */
export const SHORTLIST_SAME = 0.995;

/** What a list does to translations, measured on sentences that it was not made of. */
export interface ShortlistEffect {
  readonly sentences: number;
  /** Of those, how many had the same tokens as with the whole vocabulary. */
  readonly same: number;
  /** How many times as fast, the whole translation taken together. */
  readonly speed: number;
  readonly beamSize: number;
  /** Code of the language that the sentences were in. */
  readonly source: string;
}

/** Tokens that translations into a language may consist of, beside those of their source. */
export interface Shortlist {
  /** Sorted, each once. */
  readonly ids: readonly number[];
  readonly width: ShortlistWidth;
  readonly effect: ShortlistEffect;
}

/** The lists of a model, by language. */
export interface ShortlistFile {
  /** What the model was called when the lists were made. */
  readonly model: string;
  /** Tells the weights and the vocabulary that the lists were made for. */
  readonly identity: string;
  /** Tokens of the target vocabulary. */
  readonly vocabulary: number;
  readonly lists: ReadonlyMap<string, Shortlist>;
}

const FORMAT = 'voicelingua-shortlists';
const VERSION = 1;
const IDENTITY = /^[0-9a-f]{64}$/;
const LANGUAGE = /^[a-z]{2,3}(-[a-z]{2,8})?$/;
const RANGE = /^(0|[1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?$/;

/** JSON, ids as ranges: `0-3,17,20-900`. */
export function shortlistText({ model, identity, vocabulary, lists }: ShortlistFile): string {
  const languages = [...lists].sort(([a], [b]) => (a < b ? -1 : 1));
  const file = {
    format: FORMAT,
    version: VERSION,
    model: { name: model, identity, vocabulary },
    lists: Object.fromEntries(
      languages.map(([language, { ids, width, effect }]) => [
        language,
        { width, tokens: ids.length, effect, ids: rangesOf(ids) },
      ]),
    ),
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/**
 * Reads what {@link shortlistText} wrote.
 * @param path of the file, for messages
 * @throws {VoiceLinguaError} `MODEL_INVALID` for a file that is damaged, `MODEL_UNSUPPORTED` for one of a later version
 */
export function parseShortlists(text: string, path: string): ShortlistFile {
  const damaged = (what: string): VoiceLinguaError =>
    new VoiceLinguaError(
      'MODEL_INVALID',
      `The shortlist file ${path} is damaged: ${what}. Make it again (voicelingua models optimize), delete it, or do without (--shortlist off).`,
      { details: { path } },
    );
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw damaged('it is not JSON');
  }
  if (!isRecord(file) || file.format !== FORMAT) throw damaged(`it does not say that it is "${FORMAT}"`);
  if (file.version !== VERSION) {
    throw new VoiceLinguaError(
      'MODEL_UNSUPPORTED',
      `The shortlist file ${path} has version ${String(file.version)}; this program reads version ${VERSION}. Make it again (voicelingua models optimize), or do without (--shortlist off).`,
      { details: { path } },
    );
  }
  const { model, lists } = file;
  if (!isRecord(model) || typeof model.name !== 'string') throw damaged('it does not name its model');
  if (typeof model.identity !== 'string' || !IDENTITY.test(model.identity)) throw damaged('its model has no identity');
  const { vocabulary } = model;
  if (!isCount(vocabulary) || vocabulary === 0) throw damaged('the size of the vocabulary is missing');
  if (!isRecord(lists)) throw damaged('it has no lists');
  const read = new Map<string, Shortlist>();
  for (const [language, list] of Object.entries(lists)) {
    if (!LANGUAGE.test(language) || !isRecord(list)) throw damaged(`"${language}" is no list of a language`);
    const ids = typeof list.ids === 'string' ? idsOf(list.ids, vocabulary) : null;
    if (ids === null || ids.length === 0) {
      throw damaged(`the ids of "${language}" are not sorted ranges below ${vocabulary}`);
    }
    if (list.tokens !== ids.length) throw damaged(`"${language}" has ${ids.length} ids and says ${list.tokens}`);
    const width = SHORTLIST_WIDTHS.find((known) => known === list.width);
    const effect = effectOf(list.effect);
    if (width === undefined || effect === null) throw damaged(`how "${language}" was made and measured is missing`);
    read.set(language, { ids, width, effect });
  }
  return { model: model.name, identity: model.identity, vocabulary, lists: read };
}

/** Tells lists apart, by the text of their file. */
export function shortlistKey(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Whether so many of the sentences came out the same that a list may be used. */
export function sameEnough({ sentences, same }: Pick<ShortlistEffect, 'sentences' | 'same'>): boolean {
  return sentences > 0 && same / sentences >= SHORTLIST_SAME;
}

function effectOf(given: unknown): ShortlistEffect | null {
  if (!isRecord(given)) return null;
  const { sentences, same, speed, beamSize, source } = given;
  if (!isCount(sentences) || !isCount(same) || !isCount(beamSize) || same > sentences) return null;
  if (typeof speed !== 'number' || !Number.isFinite(speed) || typeof source !== 'string') return null;
  return { sentences, same, speed, beamSize, source };
}

function rangesOf(ids: readonly number[]): string {
  const ranges: string[] = [];
  for (let start = 0; start < ids.length; ) {
    let end = start;
    while (end + 1 < ids.length && ids[end + 1] === (ids[end] as number) + 1) end++;
    ranges.push(end === start ? `${ids[start]}` : `${ids[start]}-${ids[end]}`);
    start = end + 1;
  }
  return ranges.join(',');
}

/** Null when they are not rising, or not below `size`. */
function idsOf(ranges: string, size: number): number[] | null {
  const ids: number[] = [];
  let last = -1;
  for (const range of ranges.split(',')) {
    const match = RANGE.exec(range);
    if (match === null) return null;
    const start = Number(match[1]);
    const end = match[2] === undefined ? start : Number(match[2]);
    if (start <= last || end < start || end >= size) return null;
    for (let id = start; id <= end; id++) ids.push(id);
    last = end;
  }
  return ids;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
