import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { VoiceLinguaError } from '../domain/errors.js';
import { engineLanguage } from '../domain/language.js';
import { parseShortlists, type Shortlist, shortlistKey } from '../domain/shortlist.js';
import { modelsFolder } from './folder.js';

export interface StoredShortlist extends Shortlist {
  /** The first language with the same tokens: translations into both can share a call of the engine. */
  readonly name: string;
}

/** The shortlists of a model, where somebody has made some. */
export interface StoredShortlists {
  readonly path: string;
  /** Changes when the lists do. */
  readonly key: string;
  /** By the language as the engine knows it. */
  readonly lists: ReadonlyMap<string, StoredShortlist>;
  /** Tokens of the vocabulary that they are lists of. */
  readonly vocabulary: number;
}

const WEIGHTS = 'model.bin';
const VOCABULARIES = ['shared_vocabulary', 'target_vocabulary'].flatMap((stem) => [`${stem}.json`, `${stem}.txt`]);
/** Pieces of the weights that are looked at: other weights differ nearly everywhere. */
const SAMPLES = 64;
const SAMPLE_BYTES = 4096;

const identities = new Map<string, { readonly seen: string; readonly identity: string }>();
const files = new Map<string, { readonly seen: string; readonly stored: StoredShortlists }>();

/**
 * Tells models apart by what a list depends on: the target vocabulary, and the weights, of which evenly spread pieces are read. The same
 * files in another place are the same model. Null for what is no folder of CTranslate2.
 */
export function modelIdentity(path: string): string | null {
  const weights = join(path, WEIGHTS);
  const size = statSync(weights, { throwIfNoEntry: false });
  const vocabulary = VOCABULARIES.map((name) => join(path, name)).find((file) => existsSync(file));
  if (size === undefined || vocabulary === undefined) return null;
  const seen = `${stamp(size)} ${stamp(statSync(vocabulary))}`;
  const known = identities.get(path);
  if (known?.seen === seen) return known.identity;
  const hash = createHash('sha256').update(readFileSync(vocabulary)).update(`\0${size.size}\0`);
  const file = openSync(weights, 'r');
  try {
    const piece = Buffer.alloc(SAMPLE_BYTES);
    for (let sample = 0; sample < SAMPLES; sample++) {
      const at = Math.floor((Math.max(0, size.size - SAMPLE_BYTES) * sample) / (SAMPLES - 1));
      hash.update(piece.subarray(0, readSync(file, piece, 0, SAMPLE_BYTES, at)));
    }
  } finally {
    closeSync(file);
  }
  const identity = hash.digest('hex');
  identities.set(path, { seen, identity });
  return identity;
}

/** Where a model's shortlists are kept: in the models folder, since that of the model itself may be read-only or of another program. */
export function shortlistPath(model: string, identity: string, folder: string = modelsFolder()): string {
  return join(shortlistFolder(folder), `${basename(model)}-${identity.slice(0, 12)}.json`);
}

/**
 * The shortlists that were made for a model, null when there are none. The files of a model that is changed have another name.
 * @throws {VoiceLinguaError} `MODEL_INVALID` or `MODEL_UNSUPPORTED` for a file that cannot be used
 */
export function findShortlists(model: string, folder: string = modelsFolder()): StoredShortlists | null {
  if (!existsSync(shortlistFolder(folder))) return null;
  const identity = modelIdentity(model);
  if (identity === null) return null;
  const path = shortlistPath(model, identity, folder);
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return null;
  const seen = stamp(facts);
  const known = files.get(path);
  if (known?.seen === seen) return known.stored;
  const text = readFileSync(path, 'utf8');
  const { lists, vocabulary, identity: madeFor } = parseShortlists(text, path);
  if (madeFor !== identity) {
    throw new VoiceLinguaError(
      'MODEL_INVALID',
      `The shortlist file ${path} was made for another model than ${model}. Make it again (voicelingua models optimize), delete it, or do without (--shortlist off).`,
      { details: { path, model } },
    );
  }
  const stored = { path, key: shortlistKey(text), lists: named(lists), vocabulary };
  files.set(path, { seen, stored });
  return stored;
}

/** The list that is used for a target language. */
export function shortlistFor(stored: StoredShortlists | null, language: string): StoredShortlist | null {
  return stored?.lists.get(engineLanguage(language)) ?? null;
}

function named(lists: ReadonlyMap<string, Shortlist>): ReadonlyMap<string, StoredShortlist> {
  const all = [...lists];
  const alike = (a: readonly number[], b: readonly number[]): boolean =>
    a.length === b.length && a.every((id, index) => id === b[index]);
  return new Map(
    all.map(([language, list]) => {
      const [name] = all.find(([, other]) => alike(other.ids, list.ids)) ?? [language];
      return [language, { ...list, name }];
    }),
  );
}

function shortlistFolder(folder: string): string {
  return join(folder, 'shortlists');
}

function stamp({ size, mtimeMs, ino }: Stats): string {
  return `${size}:${mtimeMs}:${ino}`;
}
