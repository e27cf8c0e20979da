import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { VoiceLinguaError } from '../domain/errors.js';
import { humanBytes } from '../domain/memory.js';

/** Answers the bytes that an ordinary user may still write where a folder lies; rejects like `fs.statfs`. */
export type FreeSpace = (folder: string) => Promise<number | null>;

/**
 * Looks whether a file system has room before something is written to it. `path` need not exist yet: the nearest folder above
 * that does is asked. A file system that does not tell passes, and so does a place that cannot be looked at: writing there says why.
 * @throws {VoiceLinguaError} `DISK_FULL` with the folder, what is free and what is needed
 */
export async function checkDiskSpace(path: string, neededBytes: number, freeSpace: FreeSpace = free): Promise<void> {
  const folder = resolve(path);
  const available = await nearest(folder, freeSpace);
  if (available === null || available >= neededBytes) return;
  throw new VoiceLinguaError(
    'DISK_FULL',
    `There is not enough room in ${JSON.stringify(folder)}: ${humanBytes(available)} are free, about ${humanBytes(neededBytes)} are needed. Free space or choose another folder.`,
    { details: { path: folder, free: available, needed: neededBytes } },
  );
}

async function nearest(folder: string, freeSpace: FreeSpace): Promise<number | null> {
  for (let place = folder; ; place = dirname(place)) {
    try {
      return await freeSpace(place);
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!missing || place === dirname(place)) return null;
    }
  }
}

/** Some network and user-space file systems say that they have no blocks at all; they do not know. */
async function free(folder: string): Promise<number | null> {
  const { blocks, bavail, bsize } = await statfs(folder);
  return blocks > 0 ? bavail * bsize : null;
}
