import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { VoiceLinguaError } from '../../domain/errors.js';
import { connect, inTransaction, pragmaOf, prepare } from './connection.js';
import { fileError, isAddonFailure } from './errors.js';
import { sealSchema } from './integrity.js';
import type { Migration } from './migrations/index.js';
import { SCHEMA, SCHEMA_VERSION } from './schema.js';

/** `VLts`: tells a store from another program's SQLite file. */
export const APPLICATION_ID = 0x564c7473;

export function fileExists(file: string): boolean {
  try {
    fs.statSync(file);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return false;
    throw fileError(error, file, 'look at it');
  }
}

/**
 * A new store is made under another name and linked into place when it is whole and on the disk: whoever finds the file finds a
 * store, and of two processes that make one at the same time the first wins. An empty file is therefore never a new store.
 * @returns whether the file is the one made here
 */
export function createFile(file: string, migrations: readonly Migration[]): boolean {
  const folder = path.dirname(file);
  const draft = draftName(file);
  try {
    fs.mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw fileError(error, file, `make its folder "${folder}"`);
  }
  try {
    const connection = connect(draft);
    try {
      // Nobody else sees the draft, and it is flushed as a whole before anyone does.
      connection.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
      createSchema(connection, migrations);
      connection.exec('PRAGMA journal_mode = WAL');
    } finally {
      connection.close();
    }
    syncFile(draft);
    const ours = putInPlace(draft, file);
    syncFolder(folder);
    return ours;
  } catch (error) {
    throw error instanceof Database.SqliteError || error instanceof VoiceLinguaError || isAddonFailure(error)
      ? error
      : fileError(error, file, 'make it');
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) fs.rmSync(draft + suffix, { force: true });
  }
}

/** In one step up to {@link SCHEMA_VERSION}, by the migrations from there on. */
export function createSchema(connection: Database.Database, migrations: readonly Migration[]): Database.Database {
  const latest = latestVersion(migrations);
  const known = latest >= SCHEMA_VERSION;
  const steps = migrations.filter(({ version }) => !known || version > SCHEMA_VERSION);
  inTransaction(connection, () => {
    connection.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    if (known) connection.exec(SCHEMA);
    for (const { up } of steps) connection.exec(up);
    connection.exec(`PRAGMA user_version = ${latest}`);
    sealSchema(connection);
  });
  return connection;
}

export function latestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

export function migrate(connection: Database.Database, file: string, migrations: readonly Migration[]): void {
  const version = (): number => pragmaOf(connection, 'user_version') as number;
  const before = version();
  if (before === latestVersion(migrations)) return;
  const copy = keepCopy(connection, file, before);
  // Another process was first, and kept a copy of its own; this one may have been made after its migration.
  if (version() !== before) fs.rmSync(copy);
  inTransaction(connection, () => {
    const from = version();
    for (const migration of migrations) {
      if (migration.version <= from) continue;
      connection.exec(migration.up);
      connection.exec(`PRAGMA user_version = ${migration.version}`);
    }
    sealSchema(connection);
  });
}

/**
 * A copy under `<file>.v<schema>.bak`, with a number when that name is taken. It gets the name once it is whole and on the disk.
 */
function keepCopy(connection: Database.Database, file: string, version: number): string {
  const draft = draftName(file);
  try {
    prepare(connection, 'VACUUM INTO ?').run(draft);
    syncFile(draft);
    let copy = `${file}.v${version}.bak`;
    for (let number = 1; !putInPlace(draft, copy); number += 1) copy = `${file}.v${version}.${number}.bak`;
    syncFolder(path.dirname(file));
    return copy;
  } catch (error) {
    throw error instanceof Database.SqliteError ? error : fileError(error, file, 'keep a copy of it');
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** False when there is a file of that name already, which stays. */
function putInPlace(draft: string, file: string): boolean {
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return false;
    // File systems without hard links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    if (fileExists(file)) return false;
    fs.renameSync(draft, file);
    return true;
  }
}

function draftName(file: string): string {
  return `${file}.${process.pid}-${randomBytes(4).toString('hex')}.new`;
}

function syncFile(file: string): void {
  const descriptor = fs.openSync(file, 'r+');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
