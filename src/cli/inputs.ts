import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import type { TaskRequest } from './api.js';
import { CliError, inputError, usageError } from './errors.js';
import { type Io, readAll } from './io.js';
import { isManifest, readManifest } from './manifest.js';

/** One piece of work, or the reason why an input is none. */
export type Input =
  | { readonly name: string; readonly request: TaskRequest }
  | { readonly name: string; readonly error: unknown };

/** Extensions that a folder is searched for; a file that is named itself may have any. */
const AUDIO_EXTENSIONS = new Set(
  (
    '3gp aac ac3 aif aifc aiff alac amr ape au caf flac m4a m4b m4v mka mkv mov mp1 mp2 mp3 mp4 mpga ' +
    'oga ogg ogv opus spx ts wav wave weba webm wma wv'
  )
    .split(' ')
    .map((extension) => `.${extension}`),
);
const TEXT_EXTENSIONS = new Set(['.txt', '.text', '.md']);
const GLOB = /[*?[\]{}()!]/;

interface Found {
  readonly path: string;
  /** Folder that the text id is counted from. */
  readonly base: string;
}

/**
 * All work that the arguments name, in their order, each file once: files, folders (recordings in it and below),
 * globs, `@list` and `-` (paths, one a line or NUL-separated), and manifests. Inputs that cannot be read come back as
 * errors, so that the rest of the batch can go on.
 */
export async function expandInputs(args: readonly string[], io: Io): Promise<Input[]> {
  const found: Array<Found | Input> = [];
  for (const arg of args) {
    try {
      if (arg === '-') for (const path of pathList(await readAll(io.stdin))) found.push(...(await expand(path, io)));
      else if (arg.startsWith('@')) {
        for (const path of pathList(readText(resolve(io.cwd, arg.slice(1))))) found.push(...(await expand(path, io)));
      } else found.push(...(await expand(arg, io)));
    } catch (error) {
      found.push({ name: arg, error });
    }
  }
  return withTextIds(unique(found), io.cwd);
}

async function expand(arg: string, io: Io): Promise<Array<Found | Input>> {
  const path = resolve(io.cwd, arg);
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    if (GLOB.test(arg)) return await expandGlob(arg, io);
    return [{ name: arg, error: inputError(arg, error) }];
  }
  if (stats.isDirectory()) return await expandFolder(arg, path);
  if (isManifest(path)) return readManifest(path, readText(path));
  return [{ path, base: dirname(path) }];
}

async function expandFolder(arg: string, path: string): Promise<Found[]> {
  const { glob } = await import('tinyglobby');
  const files = await glob('**/*', { cwd: path, absolute: true, followSymbolicLinks: true, expandDirectories: false });
  const recordings = files.filter((file) => AUDIO_EXTENSIONS.has(extname(file).toLowerCase())).sort();
  if (recordings.length === 0) {
    throw new CliError(
      'INPUT_NOT_FOUND',
      'input',
      `The folder "${arg}" holds no recordings. Name files of other kinds, or a glob, to take them all the same.`,
    );
  }
  return recordings.map((file) => ({ path: resolve(file), base: path }));
}

async function expandGlob(arg: string, io: Io): Promise<Found[]> {
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
  return files.sort().map((file) => ({ path: resolve(file), base }));
}

function pathList(source: string): string[] {
  return source.includes('\0')
    ? source.split('\0').filter((path) => path !== '')
    : source
        .replace(/^\uFEFF/, '')
        .split(/\r?\n/)
        .filter((path) => path !== '');
}

function unique(found: ReadonlyArray<Found | Input>): Array<Found | Input> {
  const seen = new Set<string>();
  return found.filter((item) => {
    if (!('path' in item)) return true;
    const real = realpathSync(item.path);
    return !seen.has(real) && seen.add(real) !== undefined;
  });
}

/**
 * Text ids: the path below the input without the extension. Where two files would share one, both take the path below
 * their common folder, with the extension if that is what tells them apart: outputs are named after text ids.
 */
function withTextIds(found: ReadonlyArray<Found | Input>, cwd: string): Input[] {
  const groups = new Map<string, Found[]>();
  for (const item of found) {
    if (!('path' in item)) continue;
    const id = textIdBelow(item.base, item.path);
    groups.set(id, [...(groups.get(id) ?? []), item]);
  }
  const ids = new Map<Found, string>();
  for (const [id, group] of groups) {
    if (group.length === 1) {
      for (const item of group) ids.set(item, id);
      continue;
    }
    const parent = commonFolder(group.map((item) => item.path));
    const shared = group.map((item) => textIdBelow(parent, item.path));
    group.forEach((item, index) => {
      const own = shared[index] ?? id;
      const told = shared.filter((other) => other === own).length === 1;
      ids.set(item, told ? own : slashed(relative(parent, item.path)));
    });
  }
  return found.map((item) => ('path' in item ? toInput(item, ids.get(item) ?? '', cwd) : item));
}

function toInput(item: Found, textId: string, cwd: string): Input {
  const below = relative(cwd, item.path);
  const name = below.startsWith('..') ? item.path : below;
  if (!TEXT_EXTENSIONS.has(extname(item.path).toLowerCase())) {
    return { name, request: { audio: item.path, textId } };
  }
  try {
    return { name, request: { text: readText(item.path), textId } };
  } catch (error) {
    return { name, error };
  }
}

const slashed = (path: string): string => path.split(sep).join('/');

function textIdBelow(base: string, path: string): string {
  const below = slashed(relative(base, path));
  return below.slice(0, below.length - extname(below).length) || basename(path);
}

function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? sep);
  while (!paths.every((path) => path.startsWith(folder === sep ? sep : folder + sep))) folder = dirname(folder);
  return folder;
}

/** A text file's content without byte order mark and trailing line breaks. */
export function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/[\r\n]+$/, '');
  } catch (error) {
    if (error instanceof TypeError) {
      throw new CliError('INPUT_CORRUPT', 'input', `"${path}" is not UTF-8 text; convert it first (iconv -t utf-8).`);
    }
    throw inputError(path, error);
  }
}

/** Gives a recording its reference text: of a file, or `<text id>.txt` of a folder. */
export function referenceFinder(
  reference: string | undefined,
  recordings: number,
  cwd: string,
): (textId: string) => string | undefined {
  if (reference === undefined) return () => undefined;
  const path = resolve(cwd, reference);
  let folder: boolean;
  try {
    folder = statSync(path).isDirectory();
  } catch (error) {
    throw inputError(reference, error);
  }
  if (folder) {
    return (textId) => {
      const file = join(path, `${textId}.txt`);
      return statSync(file, { throwIfNoEntry: false })?.isFile() ? readText(file) : undefined;
    };
  }
  if (recordings !== 1) {
    throw usageError(
      `--reference names one file for ${recordings} recordings. Give a folder that holds <text id>.txt for each.`,
    );
  }
  const content = readText(path);
  return () => content;
}
