import { mkdir, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { VoiceLinguaError } from '../domain/errors.js';
import { sweepLeftovers, temporaryName } from './temporary-names.js';

/** All at once, or in pieces as they come. */
export type FileData = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/**
 * Writes a file through a temporary one in the same folder, flushed to the disk and renamed: readers see the old file
 * or the complete new one. Missing folders are made; on an error nothing stays behind.
 * @throws {VoiceLinguaError} `DISK_FULL` or `OUTPUT_UNWRITABLE`, with the path and the way out; what the pieces throw is thrown as it is
 */
export async function writeFileAtomic(file: string, data: FileData): Promise<void> {
  const folder = path.dirname(file);
  const temporary = path.join(folder, temporaryName());
  try {
    await mkdir(folder, { recursive: true });
    await sweepLeftovers(folder);
    await writeDurably(temporary, data);
    await rename(temporary, file);
    await syncFolder(folder);
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    throw cause instanceof SourceFailure ? cause.cause : unwritable(file, cause);
  }
}

async function writeDurably(file: string, data: FileData): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    if (typeof data === 'string' || data instanceof Uint8Array) await handle.writeFile(data);
    else for await (const piece of piecesOf(data)) await handle.writeFile(piece);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The pieces themselves failed, and not their writing. */
class SourceFailure extends Error {}

async function* piecesOf<T>(data: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* data;
  } catch (cause) {
    throw new SourceFailure('', { cause });
  }
}

/** Makes the rename itself survive a power loss, where the system can sync folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP'].includes(errnoOf(error))) throw error;
  } finally {
    await handle.close();
  }
}

const WAYS_OUT: Readonly<Record<string, string>> = {
  EACCES: 'no permission: choose another folder or change its rights',
  EPERM: 'no permission: choose another folder or change its rights',
  EROFS: 'the file system is read-only: choose another folder',
  ENOSPC: 'the disk is full: free space or choose another folder',
  EDQUOT: 'the disk quota is used up: free space or choose another folder',
  EFBIG: 'the file would be larger than this process may write: raise the limit (ulimit -f)',
  EIO: 'the disk failed: check it or choose another folder',
  EISDIR: 'there is a folder of that name: move it or choose another text id',
  ENOTEMPTY: 'there is a folder of that name: move it or choose another text id',
  ENOTDIR: 'a part of the path is a file, not a folder: choose another folder',
  EEXIST: 'a part of the path is a file, not a folder: choose another folder',
  ENAMETOOLONG: 'the path is too long: choose a shorter text id or folder',
};

function unwritable(file: string, cause: unknown): VoiceLinguaError {
  const errno = errnoOf(cause);
  const reason = WAYS_OUT[errno] ?? (cause instanceof Error ? cause.message : String(cause));
  const code = errno === 'ENOSPC' || errno === 'EDQUOT' ? 'DISK_FULL' : 'OUTPUT_UNWRITABLE';
  return new VoiceLinguaError(code, `Cannot write ${JSON.stringify(file)}: ${reason}.`, {
    cause,
    details: { path: file, errno },
  });
}

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
