import { realpath, stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { CliError, usageError } from './errors.js';
import { STRUCTURED_ENDINGS, TEXT_ENDINGS } from './file-endings.js';
import { nameOf } from './inputs.js';
import { type Found, textIds } from './text-ids.js';

/** What `translate --format` takes; `text` is the arguments themselves, whatever files there are. */
export const TEXT_FORMATS = ['text', 'html', 'srt', 'vtt'] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

/** A file to translate, with the name that its translations get; or why there is none. */
export type DocumentInput =
  | { readonly name: string; readonly path: string; readonly textId: string }
  | { readonly name: string; readonly error: unknown };

/**
 * The documents that arguments name, each once, in their order; null when they are texts. A file is a document by its ending, with a
 * `format` whatever its ending.
 * @throws {CliError} for texts and documents at once
 */
export async function documentInputs(
  args: readonly string[],
  format: TextFormat | undefined,
  cwd: string,
): Promise<readonly DocumentInput[] | null> {
  if (format === 'text') return null;
  const kinds = await Promise.all(args.map((arg) => kindOf(arg, format, resolve(cwd, arg))));
  const text = args.find((_, index) => kinds[index] === 'text');
  const document = args.find((_, index) => kinds[index] !== 'text');
  if (document === undefined) return null;
  if (text !== undefined) {
    throw usageError(
      `translate takes texts or documents, and "${document}" is a document while "${text}" is none. With --format text all are texts.`,
    );
  }
  const found: Array<{ readonly name: string; readonly path: string; readonly missing: boolean }> = [];
  const seen = new Set<string>();
  for (const [index, arg] of args.entries()) {
    const path = resolve(cwd, arg);
    const real = await realpath(path).catch(() => path);
    if (!seen.has(real)) found.push({ name: nameOf(path, cwd), path, missing: kinds[index] === 'missing' });
    seen.add(real);
  }
  const ids = outputIds(found);
  return found.map(({ name, path, missing }, index) =>
    missing ? { name, error: noFile(name) } : { name, path, textId: ids[index] as string },
  );
}

type Kind = 'text' | 'document' | 'missing';

async function kindOf(arg: string, format: TextFormat | undefined, path: string): Promise<Kind> {
  const facts = await stat(path).catch(() => null);
  const ending = extname(arg).toLowerCase();
  const named = STRUCTURED_ENDINGS.has(ending) || TEXT_ENDINGS.has(ending);
  if (facts !== null && (named || (format !== undefined && facts.isFile()))) return 'document';
  // A sentence may end in the name of a file; one word that does is the name itself, mistyped.
  return named && !/\s/.test(arg) ? 'missing' : 'text';
}

/** Names for what is written: files that only their ending tells apart may share one, since it stays. */
function outputIds(found: ReadonlyArray<{ readonly path: string }>): string[] {
  const ids = new Array<string>(found.length);
  const byEnding = new Map<string, Array<Found & { readonly index: number }>>();
  for (const [index, { path }] of found.entries()) {
    const ending = extname(path);
    const files = byEnding.get(ending) ?? [];
    files.push({ path, base: dirname(path), index });
    byEnding.set(ending, files);
  }
  for (const files of byEnding.values()) {
    const named = textIds(files);
    for (const [at, { index }] of files.entries()) ids[index] = named[at] as string;
  }
  return ids;
}

function noFile(name: string): CliError {
  return new CliError(
    'INPUT_NOT_FOUND',
    'input',
    `There is no file "${name}"; check the path. To translate the word itself, add --format text.`,
  );
}
