import { createHash } from 'node:crypto';
import path from 'node:path';
import { invalidArgument } from './options.js';

/** Longest text id, in bytes of UTF-8: the longest path a file system takes. */
export const MAX_TEXT_ID_BYTES = 4096;
/** Longest name that file systems take, in bytes. */
const MAX_NAME_BYTES = 255;

const DEVICE_NAME = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/**
 * The text id itself when it is one: a text with something visible in it, at most {@link MAX_TEXT_ID_BYTES} bytes,
 * well-formed, without NUL. All else is allowed, since ids come from file names.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT`
 */
export function checkTextId(value: unknown, owner: string, name = 'textId'): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw invalidArgument(owner, name, 'a text that is not empty', value);
  }
  if (/[\0\p{Surrogate}]/u.test(value)) {
    throw invalidArgument(owner, name, 'well-formed text without NUL characters', value);
  }
  if (Buffer.byteLength(value) > MAX_TEXT_ID_BYTES) {
    throw invalidArgument(owner, name, `at most ${MAX_TEXT_ID_BYTES} bytes long`, value);
  }
  return value;
}

/**
 * Path of an output file: `<folder>/<textId><suffix>`, always inside `folder`.
 *
 * A `/` in the id makes sub-folders. What a file system cannot hold or what would lead out of the folder (`..`, a
 * leading `/`, control characters, `\`, names over 255 bytes; on Windows also `<>:"|?*`, device names and names that
 * end in a dot or space) is replaced or cut, and such a name gets `~` and a piece of the id's hash, so that different
 * ids keep different files.
 */
export function outputPath(
  folder: string,
  textId: string,
  suffix: string,
  platform: NodeJS.Platform = process.platform,
): string {
  const given = textId.split('/');
  const kept = given.filter((name) => name !== '' && name !== '.');
  const folders = kept.slice(0, -1).map((name) => fitting(safeName(name, platform), name));
  const last = safeName(kept.at(-1) ?? '_', platform);
  const intact =
    given.length === kept.length &&
    [...folders, last].every((name, index) => name === kept[index]) &&
    Buffer.byteLength(last + suffix) <= MAX_NAME_BYTES;
  return path.join(
    folder,
    ...folders,
    intact ? `${last}${suffix}` : `${withTag(last, suffix, tagOf(textId))}${suffix}`,
  );
}

function safeName(name: string, platform: NodeJS.Platform): string {
  let safe = name === '..' ? '__' : name.replace(/[\p{Cc}\\]/gu, '_');
  if (platform === 'win32') {
    safe = safe.replace(/[<>:"|?*]/g, '_').replace(/[. ]+$/, (end) => '_'.repeat(end.length));
    if (DEVICE_NAME.test(safe)) safe = `_${safe}`;
  }
  return safe;
}

function fitting(safe: string, original: string): string {
  return Buffer.byteLength(safe) <= MAX_NAME_BYTES ? safe : withTag(safe, '', tagOf(original));
}

function tagOf(text: string): string {
  return `~${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}

function withTag(name: string, suffix: string, tag: string): string {
  const room = MAX_NAME_BYTES - Buffer.byteLength(tag + suffix);
  let cut = '';
  let used = 0;
  for (const character of name) {
    used += Buffer.byteLength(character);
    if (used > room) break;
    cut += character;
  }
  return cut + tag;
}
