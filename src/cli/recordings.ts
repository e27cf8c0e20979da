import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { type Found, textIds } from './text-ids.js';

/** Extensions that a folder is searched for; a file that is named itself may have any. */
const AUDIO_EXTENSIONS = new Set(
  (
    '3gp aac ac3 aif aifc aiff alac amr ape au caf flac m4a m4b m4v mka mkv mov mp1 mp2 mp3 mp4 mpga ' +
    'oga ogg ogv opus spx ts wav wave weba webm wma wv'
  )
    .split(' ')
    .map((extension) => `.${extension}`),
);

/** Whether a file of a folder is taken for a recording; hidden ones are not. */
export const isRecording = (name: string): boolean =>
  !name.startsWith('.') && AUDIO_EXTENSIONS.has(extname(name).toLowerCase());

export interface FoundRecording extends Found {
  readonly textId: string;
  /** The file that the path leads to, links followed: the same for a file that is found twice. */
  readonly real: string;
}

/**
 * Recordings in a folder and below, sorted by path, each file once, told one after the other while the search goes on.
 * Links are followed; hidden names, and folders that may not be read below the first one, are left out.
 * @param unreadable called with such a folder
 */
export async function* recordingsBelow(
  folder: string,
  unreadable: (path: string, error: unknown) => void,
): AsyncGenerator<FoundRecording> {
  yield* below(folder, folder, new Set([await realpath(folder)]), new Set(), unreadable);
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly folder: boolean;
  readonly real: string;
}

async function* below(
  folder: string,
  base: string,
  folders: Set<string>,
  files: Set<string>,
  unreadable: (path: string, error: unknown) => void,
): AsyncGenerator<FoundRecording> {
  const entries = await entriesOf(folder);
  const names = entries.filter(({ folder: is }) => !is);
  const ids = textIds(names.map(({ path }) => ({ path, base })));
  const idOf = new Map(names.map(({ path }, index) => [path, ids[index] as string]));
  for (const { path, real, folder: isFolder } of entries) {
    const seen = isFolder ? folders : files;
    if (seen.has(real)) continue;
    seen.add(real);
    if (!isFolder) yield { path, base, real, textId: idOf.get(path) as string };
    else {
      try {
        yield* below(path, base, folders, files, unreadable);
      } catch (error) {
        unreadable(path, error);
      }
    }
  }
}

/** Folders and recordings of a folder in the order of their paths, in which a folder counts with its slash. */
async function entriesOf(folder: string): Promise<Entry[]> {
  const real = await realpath(folder);
  const entries: Entry[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const found = await entryOf(folder, real, entry);
    if (found !== null && (found.folder || isRecording(found.name))) entries.push(found);
  }
  const key = ({ name, folder: is }: Entry): string => (is ? name + sep : name);
  return entries.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

async function entryOf(folder: string, realFolder: string, entry: Dirent): Promise<Entry | null> {
  const { name } = entry;
  const path = join(folder, name);
  if (!entry.isSymbolicLink()) {
    if (!entry.isDirectory() && !entry.isFile()) return null;
    return { name, path, folder: entry.isDirectory(), real: join(realFolder, name) };
  }
  try {
    const [facts, real] = await Promise.all([stat(path), realpath(path)]);
    return facts.isDirectory() || facts.isFile() ? { name, path, folder: facts.isDirectory(), real } : null;
  } catch {
    // A link that leads nowhere.
    return null;
  }
}
