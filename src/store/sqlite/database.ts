import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { VoiceLinguaError } from '../../domain/errors.js';
import { CHECKSUM_SQL, checksum, type Summed } from './checksum.js';
import { corrupt, fileError, isAddonFailure, storeError } from './errors.js';
import { type Answer, findDamage, findSchemaDamage, sealSchema } from './integrity.js';
import { MIGRATIONS, type Migration } from './migrations/index.js';

/** `VLts`: tells a store from another program's SQLite file. */
const APPLICATION_ID = 0x564c7473;
const SQLITE_MAGIC = 'SQLite format 3\0';
const HEADER_LENGTH = 100;
/**
 * Up to this size the whole file is checked when it is opened, which takes 80 ms at most. Above it, the header and the length
 * are, and the rest later by a child process (background-check.ts); what is damaged before that is seen when it is read, since
 * SQLite refuses a malformed page and each row that holds work carries a checksum.
 */
const FULL_CHECK_BYTES = 16 * 1024 * 1024;
const JOURNAL_SIZE_LIMIT = 16 * 1024 * 1024;
const MEMORY = ':memory:';

export interface DatabaseOptions {
  readonly busyTimeoutMs: number;
  readonly migrations?: readonly Migration[];
}

/**
 * Connections and statements of this thread, held until it ends: from Node 24.19 on, better-sqlite3 12 aborts the process when one
 * of them is collected as garbage (RemoveEnvironmentCleanupHook without a context). Each store has a thread of its own.
 */
const kept: unknown[] = [];

function keep<T>(made: T): T {
  kept.push(made);
  return made;
}

/** Sets or asks a pragma; the value it gives, if it gives one. Unlike the driver's own, leaves no statement to be collected. */
function pragma(connection: Database.Database, text: string): unknown {
  const statement = keep(connection.prepare(`PRAGMA ${text}`));
  if (statement.reader) return statement.pluck().get();
  statement.run();
  return undefined;
}

function connect(path: string, options?: Database.Options): Database.Database {
  const connection = keep(new Database(path, options));
  // Selections are temporary tables, see selections.ts.
  pragma(connection, 'temp_store = MEMORY');
  connection.function(CHECKSUM_SQL, { deterministic: true, varargs: true }, (...values: unknown[]) =>
    checksum(values as Summed[]),
  );
  return connection;
}

/**
 * A connection with its prepared statements, each prepared once. A limit that is bound is written `LIMIT ? + 0`: with a plain
 * parameter there SQLite plans by its value, and prepares the statement again each time that it is bound.
 */
export class StoreDatabase {
  readonly #statements = new Map<string, Database.Statement<unknown[], unknown>>();

  constructor(
    readonly connection: Database.Database,
    readonly path: string,
    /** Whether all of the file was checked when it was opened. */
    readonly checked = true,
  ) {}

  sql<Row = unknown>(text: string): Database.Statement<unknown[], Row> {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = keep(this.connection.prepare<unknown[], unknown>(text));
      this.#statements.set(text, statement);
    }
    return statement as Database.Statement<unknown[], Row>;
  }

  close(): void {
    this.#statements.clear();
    this.connection.close();
  }
}

/**
 * Opens the store at `path`, makes it when there is none, and brings its schema up to date; a copy is kept before that.
 * @throws {VoiceLinguaError} `STORE_CORRUPT`, `STORE_NEWER`, `STORE_UNREADABLE`, `STORE_UNWRITABLE` or `STORE_BUSY`;
 * a file that is not a sound store is left as it is.
 */
export function openDatabase(path: string, options: DatabaseOptions): StoreDatabase {
  const migrations = options.migrations ?? MIGRATIONS;
  if (path === MEMORY) return new StoreDatabase(createSchema(connect(MEMORY), migrations), path);
  let connection: Database.Database | undefined;
  try {
    if (!fileExists(path)) createFile(path, migrations);
    assertSoundFile(path);
    connection = connect(path, { fileMustExist: true, timeout: options.busyTimeoutMs });
    assertOurs(connection, path, migrations);
    const checked = assertSoundContents(connection, path);
    configure(connection, options.busyTimeoutMs);
    migrate(connection, path, migrations);
    return new StoreDatabase(connection, path, checked);
  } catch (error) {
    connection?.close();
    throw storeError(error, path);
  }
}

function fileExists(file: string): boolean {
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
 * A new store is made under another name and linked into place when it is whole: whoever finds the file finds a store,
 * and of two processes that make one at the same time the first wins. An empty file is therefore never a new store.
 */
function createFile(file: string, migrations: readonly Migration[]): void {
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
      pragma(connection, 'journal_mode = WAL');
      pragma(connection, 'synchronous = FULL');
      createSchema(connection, migrations);
    } finally {
      connection.close();
    }
    putInPlace(draft, file);
    syncFolder(folder);
  } catch (error) {
    throw error instanceof Database.SqliteError || error instanceof VoiceLinguaError || isAddonFailure(error)
      ? error
      : fileError(error, file, 'make it');
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) fs.rmSync(draft + suffix, { force: true });
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

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** What can be seen without SQLite, and before it could change anything: kind, header, length. */
function assertSoundFile(file: string): void {
  const kind = fs.statSync(file);
  if (!kind.isFile()) {
    throw new VoiceLinguaError(
      'STORE_UNREADABLE',
      `Store "${file}" is ${kind.isDirectory() ? 'a folder' : 'not a regular file'}: name a file.`,
      { details: { path: file } },
    );
  }
  const header = readHeader(file);
  // In this order, because another process may be moving its log into the file right now: once the log is gone, the
  // file is whole.
  const logged = hasLog(file);
  const { size } = fs.statSync(file);
  if (size === 0) throw corrupt(file, 'is empty, which a store never is');
  if (header.toString('latin1', 0, SQLITE_MAGIC.length) !== SQLITE_MAGIC) {
    throw corrupt(file, 'is not a store (it does not begin as a SQLite file)');
  }
  if (header.length < HEADER_LENGTH) throw corrupt(file, `is cut off after ${size} bytes`);
  const declared = header.readUInt16BE(16);
  const pageSize = declared === 1 ? 65_536 : declared;
  const whole = header.readUInt32BE(28) * pageSize;
  if (!logged && size < whole) throw corrupt(file, `is cut off: ${size} of ${whole} bytes are there`);
  try {
    fs.accessSync(file, fs.constants.W_OK);
  } catch (error) {
    throw fileError(error, file, 'write to it');
  }
}

function hasLog(file: string): boolean {
  return (fs.statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function readHeader(file: string): Buffer {
  try {
    const descriptor = fs.openSync(file, 'r');
    try {
      const header = Buffer.alloc(HEADER_LENGTH);
      return header.subarray(0, fs.readSync(descriptor, header, 0, HEADER_LENGTH, 0));
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    throw new VoiceLinguaError(
      'STORE_UNREADABLE',
      `Store "${file}" cannot be read: check the permissions of the file, and its disk (${(error as Error).message}).`,
      { cause: error, details: { path: file } },
    );
  }
}

function configure(connection: Database.Database, busyTimeoutMs: number): void {
  // The file says WAL already; the pragma only writes when it was switched off by hand, and then SQLite may answer
  // busy at once, without its own waiting.
  retryBusy(busyTimeoutMs, () => pragma(connection, 'journal_mode = WAL'));
  pragma(connection, 'synchronous = FULL');
  pragma(connection, 'foreign_keys = ON');
  pragma(connection, 'cell_size_check = ON');
  pragma(connection, `journal_size_limit = ${JOURNAL_SIZE_LIMIT}`);
}

function retryBusy<T>(busyTimeoutMs: number, action: () => T): T {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const deadline = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      return action();
    } catch (error) {
      const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!busy || performance.now() > deadline) throw error;
      Atomics.wait(pause, 0, 0, 10);
    }
  }
}

function schemaVersion(connection: Database.Database): number {
  return pragma(connection, 'user_version') as number;
}

function latestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

function assertOurs(connection: Database.Database, file: string, migrations: readonly Migration[]): void {
  if (pragma(connection, 'application_id') !== APPLICATION_ID) {
    throw new VoiceLinguaError(
      'STORE_UNREADABLE',
      `"${file}" is a SQLite file of another program and was left as it is: name another file for the store.`,
      { details: { path: file } },
    );
  }
  const version = schemaVersion(connection);
  const latest = latestVersion(migrations);
  if (version > latest) {
    throw new VoiceLinguaError(
      'STORE_NEWER',
      `Store "${file}" was written by a newer VoiceLingua (schema ${version}; this one knows ${latest}). ` +
        'Update VoiceLingua, or name another file for the store.',
      { details: { path: file, version, latest } },
    );
  }
  if (version < 1) throw corrupt(file, `says schema ${version}, which no store has`);
}

/** False when the store is too large to be looked at as a whole now. */
function assertSoundContents(connection: Database.Database, file: string): boolean {
  const pages = pragma(connection, 'page_count') as number;
  const pageSize = pragma(connection, 'page_size') as number;
  const whole = pages * pageSize <= FULL_CHECK_BYTES;
  const damage = damageOn(connection, whole ? findDamage : findSchemaDamage);
  if (damage !== null) throw corrupt(file, `is damaged (${damage})`);
  return whole;
}

function damageOn(connection: Database.Database, find: (answer: Answer) => string | null): string | null {
  try {
    return find(answerOf(connection));
  } catch (error) {
    // The statements of a check are sound, so what SQLite cannot make of them is the store's fault.
    if (error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(error.code))
      return error.message;
    throw error;
  }
}

function answerOf(connection: Database.Database): Answer {
  return (sql) => keep(connection.prepare<unknown[], unknown>(sql)).pluck().get();
}

/** What is wrong with the store in `file`, or null; reads all of it and writes nothing. */
export function findStoredDamage(file: string): string | null {
  const connection = connect(file, { readonly: true });
  try {
    return damageOn(connection, findDamage);
  } finally {
    connection.close();
  }
}

function createSchema(connection: Database.Database, migrations: readonly Migration[]): Database.Database {
  connection.transaction(() => {
    pragma(connection, `application_id = ${APPLICATION_ID}`);
    for (const migration of migrations) connection.exec(migration.up);
    pragma(connection, `user_version = ${latestVersion(migrations)}`);
    sealSchema(answerOf(connection));
  })();
  pragma(connection, 'foreign_keys = ON');
  return connection;
}

function migrate(connection: Database.Database, file: string, migrations: readonly Migration[]): void {
  const before = schemaVersion(connection);
  if (before === latestVersion(migrations)) return;
  const copy = keepCopy(connection, file, before);
  // Another process was first, and kept a copy of its own; this one may have been made after its migration.
  if (schemaVersion(connection) !== before) fs.rmSync(copy);
  connection
    .transaction(() => {
      const from = schemaVersion(connection);
      for (const migration of migrations) {
        if (migration.version <= from) continue;
        connection.exec(migration.up);
        pragma(connection, `user_version = ${migration.version}`);
      }
      sealSchema(answerOf(connection));
    })
    .immediate();
}

/**
 * A copy under `<file>.v<schema>.bak`, with a number when that name is taken. It gets the name once it is whole and on the disk.
 */
function keepCopy(connection: Database.Database, file: string, version: number): string {
  const draft = draftName(file);
  try {
    keep(connection.prepare('VACUUM INTO ?')).run(draft);
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
