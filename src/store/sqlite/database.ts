import fs from 'node:fs';
import Database from 'better-sqlite3';
import { VoiceLinguaError } from '../../domain/errors.js';
import { type Answer, answerOf, ask, connect, inTransaction, prepare, retryBusy } from './connection.js';
import { corrupt, fileError, storeError } from './errors.js';
import { findDamage, findSchemaDamage } from './integrity.js';
import { MIGRATIONS, type Migration } from './migrations/index.js';
import { APPLICATION_ID, createFile, createSchema, fileExists, latestVersion, migrate } from './new-file.js';

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
 * A connection with its prepared statements, each prepared once. A limit that is bound is written `LIMIT ? + 0`: with a plain
 * parameter there SQLite plans by its value, and prepares the statement again each time that it is bound.
 */
export class StoreDatabase {
  readonly #statements = new Map<string, Database.Statement<unknown[], unknown>>();
  readonly #beforeClose: Array<() => void> = [];

  constructor(
    readonly connection: Database.Database,
    readonly path: string,
    /** Whether all of the file was checked when it was opened. */
    readonly checked = true,
  ) {}

  sql<Row = unknown>(text: string): Database.Statement<unknown[], Row> {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = prepare(this.connection, text);
      this.#statements.set(text, statement);
    }
    return statement as Database.Statement<unknown[], Row>;
  }

  /** @param action writes what may also be lost; nobody is waited for */
  beforeClose(action: () => void): void {
    this.#beforeClose.push(action);
  }

  close(): void {
    for (const action of this.#beforeClose) this.#attempt(action);
    this.#statements.clear();
    this.connection.close();
  }

  #attempt(action: () => void): void {
    try {
      this.connection.exec('PRAGMA busy_timeout = 0');
      inTransaction(this.connection, action);
    } catch {
      // Another process is writing, or the disk is full: then it is lost.
    }
  }
}

/**
 * Opens the store at `path`, makes it when there is none, and brings its schema up to date; a copy is kept before that.
 * @throws {VoiceLinguaError} `STORE_CORRUPT`, `STORE_NEWER`, `STORE_UNREADABLE`, `STORE_UNWRITABLE` or `STORE_BUSY`;
 * a file that is not a sound store is left as it is.
 */
export function openDatabase(path: string, options: DatabaseOptions): StoreDatabase {
  const migrations = options.migrations ?? MIGRATIONS;
  if (path === MEMORY) {
    const memory = createSchema(connect(MEMORY), migrations);
    memory.exec('PRAGMA foreign_keys = ON');
    return new StoreDatabase(memory, path);
  }
  let connection: Database.Database | undefined;
  try {
    const made = !fileExists(path) && createFile(path, migrations);
    assertSoundFile(path);
    connection = connect(path, { fileMustExist: true, timeout: options.busyTimeoutMs });
    const length = assertOurs(connection, path, migrations);
    // What was just made here is what it should be; another process's file is looked at.
    const checked = made || assertSoundContents(connection, path, length);
    configure(connection, options.busyTimeoutMs);
    migrate(connection, path, migrations);
    return new StoreDatabase(connection, path, checked);
  } catch (error) {
    connection?.close();
    throw storeError(error, path);
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
  retryBusy(busyTimeoutMs, () =>
    connection.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
      PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = ${JOURNAL_SIZE_LIMIT}`),
  );
}

/** The length of the file as SQLite sees it, bytes. */
function assertOurs(connection: Database.Database, file: string, migrations: readonly Migration[]): number {
  const [application, version, pages, pageSize] = ask(
    connection,
    'application_id, user_version, page_count, page_size',
    'pragma_application_id, pragma_user_version, pragma_page_count, pragma_page_size',
  ) as [number, number, number, number];
  if (application !== APPLICATION_ID) {
    throw new VoiceLinguaError(
      'STORE_UNREADABLE',
      `"${file}" is a SQLite file of another program and was left as it is: name another file for the store.`,
      { details: { path: file } },
    );
  }
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
  return pages * pageSize;
}

/** False when the store is too large to be looked at as a whole now. */
function assertSoundContents(connection: Database.Database, file: string, length: number): boolean {
  const whole = length <= FULL_CHECK_BYTES;
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

/** What is wrong with the store in `file`, or null; reads all of it and writes nothing. */
export function findStoredDamage(file: string): string | null {
  const connection = connect(file, { readonly: true });
  try {
    return damageOn(connection, findDamage);
  } finally {
    connection.close();
  }
}
