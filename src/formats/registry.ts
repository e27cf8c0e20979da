import { invalidArgument } from '../domain/options.js';
import { nearest } from '../domain/suggest.js';
import { json } from './json.js';
import { srt } from './srt.js';
import { txt } from './txt.js';
import { vtt } from './vtt.js';
import type { Writer } from './writer.js';

const WRITERS: readonly Writer[] = [json, srt, vtt, txt];

const BY_NAME: ReadonlyMap<string, Writer> = new Map(WRITERS.map((writer) => [writer.name, writer]));

/** Names of all formats that can be written. */
export const FORMAT_NAMES: readonly string[] = [...BY_NAME.keys()];

/**
 * The writers of some formats, each once, in the order given.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` for an unknown name, with the nearest one and the list.
 */
export function findWriters(names: readonly string[]): Writer[] {
  return [...new Set(names)].map((name) => {
    const writer = BY_NAME.get(name);
    if (writer !== undefined) return writer;
    const hint = `one of ${FORMAT_NAMES.join(', ')} (did you mean "${nearest(name, FORMAT_NAMES)}"?)`;
    throw invalidArgument('formats', 'format', hint, name);
  });
}
