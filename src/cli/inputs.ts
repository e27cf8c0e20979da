import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, extname, relative, resolve } from 'node:path';
import type { TaskRequest } from './api.js';
import { AsyncQueue } from './async-queue.js';
import { CliError, inputError } from './errors.js';
import { STRUCTURED_ENDINGS, TEXT_ENDINGS } from './file-endings.js';
import { type Io, readAll } from './io.js';
import { isManifest, readManifest } from './manifest.js';
import { recordingsBelow } from './recordings.js';
import { readText } from './references.js';
import { type Found, textIds } from './text-ids.js';

/** One piece of work, or the reason why an input is none. */
export type Input =
  | { readonly name: string; readonly request: TaskRequest }
  | { readonly name: string; readonly error: unknown };

/** Inputs that come one after the other. */
export interface InputSource {
  /**
   * Some, at most `most`, as soon as there are any; none when all were taken.
   * @param lingerMs how long more are waited for after the first
   */
  take(most: number, lingerMs?: number): Promise<readonly Input[]>;
  /** Ends the search; what was found is not given any more. */
  close(): void;
}

const GLOB = /[*?[\]{}()!]/;

/** A file whose text id is known, or an input already. */
type Named = (Found & { readonly textId: string }) | Input;

/** All inputs at once; see {@link inputSource}. */
export async function expandInputs(args: readonly string[], io: Io): Promise<Input[]> {
  return [...(await lookAhead(inputSource(args, io), true)).inputs];
}

/**
 * All work that the arguments name, in their order, each file once: files, folders (recordings in it and below),
 * globs, `@list` and `-` (paths, one a line or NUL-separated), and manifests. Inputs that cannot be read come as
 * errors, so that the rest of the batch can go on. Names are searched for ahead of what is taken; text files are read
 * when they are taken.
 * @param onFound how many inputs are known, and whether that is all
 */
export function inputSource(
  args: readonly string[],
  io: Io,
  onFound: (found: number, all: boolean) => void = () => {},
): InputSource {
  const queue = new AsyncQueue<Named>();
  const search = async (): Promise<void> => {
    let found = 0;
    for await (const named of namedInputs(args, io, (count) => onFound(count, false))) {
      if (!queue.push(named)) return;
      found += 1;
      onFound(found, false);
    }
    onFound(found, true);
    queue.end();
  };
  search().catch((error: unknown) => queue.fail(error));
  return {
    take: async (most, lingerMs) =>
      (await queue.take(most, lingerMs)).map((named) => ('path' in named ? toInput(named, io.cwd) : named)),
    close: () => queue.close(),
  };
}

/** A source that gives `head` first. */
export function resumedSource(head: readonly Input[], rest: InputSource): InputSource {
  const waiting = [...head];
  return {
    take: async (most, lingerMs) => (waiting.length > 0 ? waiting.splice(0, most) : rest.take(most, lingerMs)),
    close: () => {
      waiting.length = 0;
      rest.close();
    },
  };
}

/** Looks on until there is work, or at all inputs; the source that is answered gives them again. */
export async function lookAhead(
  source: InputSource,
  whole: boolean,
): Promise<{ readonly inputs: readonly Input[]; readonly source: InputSource }> {
  const inputs: Input[] = [];
  for (let some = await source.take(1000); some.length > 0; some = await source.take(1000)) {
    inputs.push(...some);
    if (!whole && some.some((input) => 'request' in input)) break;
  }
  return { inputs, source: resumedSource(inputs, source) };
}

/**
 * A text id depends on the names that it has to be told apart from. In one folder those are its neighbours, so its files
 * come as they are found; with several arguments all names are collected first.
 */
async function* namedInputs(
  args: readonly string[],
  io: Io,
  onCollected: (count: number) => void,
): AsyncGenerator<Named> {
  const [first] = args;
  if (args.length === 1 && first !== undefined && !isList(first)) {
    const path = resolve(io.cwd, first);
    if ((await stat(path).catch(() => null))?.isDirectory()) {
      yield* searched(first, recordings(first, path));
      return;
    }
  }
  const found: Array<Found | Input> = [];
  const seen = new Set<string>();
  for (const arg of args) {
    for await (const item of searched(arg, expandArgument(arg, io))) {
      if ('path' in item) {
        const real = await realOf(item);
        if (seen.has(real)) continue;
        seen.add(real);
      }
      found.push(item);
      onCollected(found.length);
    }
  }
  yield* withTextIds(found);
}

const isList = (arg: string): boolean => arg === '-' || arg.startsWith('@');

/** What was found up to an error, then the error, under the argument's name. */
async function* searched<T>(arg: string, items: AsyncIterable<T>): AsyncGenerator<T | Input> {
  try {
    yield* items;
  } catch (error) {
    yield { name: arg, error };
  }
}

async function* expandArgument(arg: string, io: Io): AsyncGenerator<Found | Input> {
  if (!isList(arg)) return yield* expandPath(arg, io);
  const source = arg === '-' ? await readAll(io.stdin) : readText(resolve(io.cwd, arg.slice(1)));
  for (const path of pathList(source)) yield* searched(path, expandPath(path, io));
}

async function* expandPath(arg: string, io: Io): AsyncGenerator<Found | Input> {
  const path = resolve(io.cwd, arg);
  let facts: Stats;
  try {
    facts = await stat(path);
  } catch (error) {
    if (!GLOB.test(arg)) throw inputError(arg, error);
    return yield* expandGlob(arg, io);
  }
  if (facts.isDirectory()) yield* recordings(arg, path);
  else if (isManifest(path)) yield* readManifest(path, readText(path));
  else yield { path, base: dirname(path) };
}

async function* recordings(arg: string, path: string): AsyncGenerator<(Found & { textId: string }) | Input> {
  const unreadable: Input[] = [];
  let found = 0;
  try {
    for await (const recording of recordingsBelow(path, (folder, error) => {
      unreadable.push({ name: folder, error: inputError(folder, error) });
    })) {
      found += 1;
      yield recording;
      yield* unreadable.splice(0);
    }
  } catch (error) {
    throw inputError(arg, error);
  }
  yield* unreadable;
  if (found === 0 && unreadable.length === 0) {
    throw new CliError(
      'INPUT_NOT_FOUND',
      'input',
      `The folder "${arg}" holds no recordings. Name files of other kinds, or a glob, to take them all the same.`,
    );
  }
}

async function* expandGlob(arg: string, io: Io): AsyncGenerator<Found> {
  const { glob } = await import('tinyglobby');
  const files = await glob(arg, { cwd: io.cwd, absolute: true, onlyFiles: true, expandDirectories: false });
  if (files.length === 0) {
    throw new CliError('INPUT_NOT_FOUND', 'input', `"${arg}" is no file, and as a pattern it matches none.`);
  }
  const parts = arg.split('/');
  const fixed = parts.slice(0, -1);
  const magic = fixed.findIndex((part) => GLOB.test(part));
  const base = resolve(
    io.cwd,
    (magic === -1 ? fixed : fixed.slice(0, magic)).join('/') || (arg[0] === '/' ? '/' : '.'),
  );
  for (const file of files.sort()) yield { path: resolve(file), base };
}

function pathList(source: string): string[] {
  return source.includes('\0')
    ? source.split('\0').filter((path) => path !== '')
    : source
        .replace(/^\uFEFF/, '')
        .split(/\r?\n/)
        .filter((path) => path !== '');
}

async function realOf(found: Found & { readonly real?: string }): Promise<string> {
  return found.real ?? (await realpath(found.path).catch(() => found.path));
}

function* withTextIds(found: ReadonlyArray<Found | Input>): Generator<Named> {
  const ids = textIds(found.filter((item): item is Found => 'path' in item));
  let next = 0;
  for (const item of found) {
    if ('path' in item) yield { ...item, textId: ids[next++] as string };
    else yield item;
  }
}

function toInput({ path, textId }: Found & { readonly textId: string }, cwd: string): Input {
  const name = nameOf(path, cwd);
  const ending = extname(path).toLowerCase();
  if (STRUCTURED_ENDINGS.has(ending)) return { name, error: isDocument(name) };
  if (!TEXT_ENDINGS.has(ending)) return { name, request: { audio: path, textId } };
  try {
    return { name, request: { text: readText(path), textId } };
  } catch (error) {
    return { name, error };
  }
}

function isDocument(name: string): CliError {
  return new CliError(
    'INPUT_UNSUPPORTED_FORMAT',
    'input',
    `"${name}" is a document, not a recording. Translate it with its structure: voicelingua translate FILE --to LANGS --out DIR.`,
  );
}

/** A path as messages show it: from the current folder when it lies below. */
export function nameOf(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below.startsWith('..') ? path : below;
}
