import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type ErrorCode, toVoiceLinguaError, VoiceLinguaError } from '../../domain/errors.js';
import { DamagedRow } from './checksum.js';

const FREE_SPACE = 'The disk is full: free some space and try again; what was acknowledged is kept.';

/** Result codes of SQLite (extended ones by their beginning) → code and the way out. The first match holds. */
const MEANINGS: ReadonlyArray<readonly [prefix: string, code: ErrorCode, advice: string]> = [
  ['SQLITE_BUSY', 'STORE_BUSY', 'Another process holds the store; try again, or raise the busy timeout.'],
  ['SQLITE_LOCKED', 'STORE_BUSY', 'Another connection holds the store; try again.'],
  [
    'SQLITE_CORRUPT',
    'STORE_CORRUPT',
    'The store is damaged and was left as it is: move the file away or restore a copy.',
  ],
  ['SQLITE_NOTADB', 'STORE_CORRUPT', 'It is not a store: name another file, or move this one away.'],
  ['SQLITE_FULL', 'DISK_FULL', FREE_SPACE],
  [
    'SQLITE_READONLY',
    'STORE_UNWRITABLE',
    'The store cannot be written: check the permissions of the file and its folder.',
  ],
  ['SQLITE_PERM', 'STORE_UNWRITABLE', 'Check the permissions of the file and its folder.'],
  ['SQLITE_CANTOPEN', 'STORE_UNWRITABLE', 'Check that the folder is there and writable.'],
  ['SQLITE_IOERR_READ', 'STORE_UNREADABLE', 'The disk does not give the data back: check it.'],
  ['SQLITE_IOERR_SHORT_READ', 'STORE_UNREADABLE', 'The disk does not give the data back: check it.'],
  ['SQLITE_IOERR', 'STORE_UNWRITABLE', 'Writing to the disk failed: check it and its free space.'],
  ['SQLITE_AUTH', 'STORE_UNREADABLE', 'Check the permissions of the file.'],
  ['SQLITE_TOOBIG', 'INVALID_ARGUMENT', 'The text is too long to be stored: split it.'],
];

/** Below so little free space, bytes, a failure to write is put down to it. */
const FULL_BELOW = 128 * 1024;

/** Whether the disk of the file is full. SQLite reports some failures for want of space as plain I/O errors. */
function diskIsFull(file: string): boolean {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(dirname(file));
    return bavail * bsize < FULL_BELOW || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}

function meaningOf(code: string, path: string): readonly [ErrorCode, advice: string] | null {
  const meaning = MEANINGS.find(([prefix]) => code.startsWith(prefix));
  if (meaning === undefined) return null;
  const [, known, advice] = meaning;
  return known === 'STORE_UNWRITABLE' && diskIsFull(path) ? ['DISK_FULL', FREE_SPACE] : [known, advice];
}

/** Any failure of a store operation as a coded error that names the store's file. */
export function storeError(thrown: unknown, path: string): VoiceLinguaError {
  if (thrown instanceof Database.SqliteError) {
    const meaning = meaningOf(thrown.code, path);
    if (meaning !== null) {
      const [code, advice] = meaning;
      return new VoiceLinguaError(code, `Store "${path}": ${thrown.message}. ${advice}`, {
        cause: thrown,
        details: { path, sqlite: thrown.code },
      });
    }
    // The index for searches has no code of its own for what it cannot read.
    if (/\bfts5\b/.test(thrown.message)) return corrupt(path, `is damaged (${thrown.message})`);
    return new VoiceLinguaError('INTERNAL', `Store "${path}": ${thrown.message} (${thrown.code}).`, {
      cause: thrown,
      details: { path, sqlite: thrown.code },
    });
  }
  if (thrown instanceof DamagedRow) return corrupt(path, `is damaged: ${thrown.message}`);
  return isAddonFailure(thrown) ? addonError(thrown) : toVoiceLinguaError(thrown);
}

/** SQLite's own addon is not there, or was built for another Node: `npm ci` under one version, run under another. */
export function isAddonFailure(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error)) return false;
  return (
    ('code' in thrown && thrown.code === 'ERR_DLOPEN_FAILED') ||
    thrown.message.startsWith('Could not locate the bindings file')
  );
}

function addonError(cause: Error): VoiceLinguaError {
  const other = cause.message.includes('NODE_MODULE_VERSION');
  const reason = other ? 'it was built for another version' : cause.message.split('\n')[0]?.replace(/[. ]*Tried:$/, '');
  return new VoiceLinguaError(
    'NATIVE_LOAD_FAILED',
    `SQLite's addon could not be loaded for Node ${process.version} (${reason}). Run: npm rebuild better-sqlite3`,
    { cause },
  );
}

export function corrupt(path: string, what: string): VoiceLinguaError {
  return new VoiceLinguaError(
    'STORE_CORRUPT',
    `Store "${path}" ${what}. It was left as it is: move the file away to start anew, or put a copy in its place.`,
    { details: { path } },
  );
}

/** A failure of the file system around the store's file. */
export function fileError(thrown: unknown, path: string, doing: string): VoiceLinguaError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const details = { path, errno: code };
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new VoiceLinguaError('DISK_FULL', `Store "${path}": cannot ${doing}. ${FREE_SPACE}`, { cause: thrown, details })
    : new VoiceLinguaError('STORE_UNWRITABLE', `Store "${path}": cannot ${doing} (${reason}).`, {
        cause: thrown,
        details,
      });
}
