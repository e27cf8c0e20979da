import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogEntry } from '../api-types.js';
import { VoiceLinguaError } from '../domain/errors.js';
import { isLogged, type LogLevel, type LogLineFormatter, loadLogLineFormatter, type TimedEntry } from './log-line.js';
import { codeOf, LOG_ROTATION, type LogRotation } from './log-rotation.js';
import { RotatingFile } from './rotating-file.js';

export interface LogFile {
  /** Notes an entry, to be written soon. Never throws and never waits; entries below the log's level are left out. */
  write(entry: LogEntry): void;
  /** Writes what is noted, for a second at most, and closes the file; idempotent. Later entries are left out. Never rejects. */
  close(): Promise<void>;
}

export interface LogFileOptions {
  /** Told once when entries have to be dropped and once when the file cannot be rotated. */
  readonly onTrouble?: (error: VoiceLinguaError) => void;
  /** Defaults to {@link LOG_ROTATION}. */
  readonly rotation?: LogRotation;
}

/** Longest that `close` waits for the disk, milliseconds. */
const CLOSE_MS = 1_000;
/** Entries that wait for the disk; what comes on top is dropped. */
const MAX_NOTED = 50_000;
/** Text that is made and written at once, characters; some 300 entries, a millisecond's work. */
const BATCH_LENGTH = 65_536;

/**
 * Opens a log of JSON lines: one file, put aside and compressed as {@link LOG_ROTATION} says; several processes may write to it. The file
 * and its folder are made with the first entry. While the file cannot be written, entries are dropped; when it can be again, the log goes
 * on and says how many are missing.
 * @param level entries below it are left out.
 */
export function openLogFile(path: string, level: LogLevel, options: LogFileOptions = {}): LogFile {
  return new JsonLogFile(resolve(path), level, options);
}

class JsonLogFile implements LogFile {
  readonly #path: string;
  readonly #level: LogLevel;
  readonly #onTrouble: LogFileOptions['onTrouble'];
  readonly #file: RotatingFile;
  readonly #told = new Set<string>();
  #noted: TimedEntry[] = [];
  #format: LogLineFormatter | null = null;
  #writing: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  #gaveUp = false;
  #dropped = 0;

  constructor(path: string, level: LogLevel, { onTrouble, rotation = LOG_ROTATION }: LogFileOptions) {
    this.#path = path;
    this.#level = level;
    this.#onTrouble = onTrouble;
    this.#file = new RotatingFile(path, rotation, (error) => this.#tell('is not rotated', error));
  }

  write(entry: LogEntry): void {
    if (this.#closing !== null || !isLogged(entry.level, this.#level)) return;
    if (this.#noted.length >= MAX_NOTED) {
      this.#drop(1, new Error('more comes than the disk takes'));
      return;
    }
    this.#noted.push({ entry, time: new Date().toISOString() });
    flushAtExit.add(this.#flushNow);
    this.#writing ??= this.#writeNoted();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((passed) => {
      timer = setTimeout(passed, CLOSE_MS);
    });
    // The file is closed after the last write, however long that one takes.
    const closed = (async () => {
      await this.#writing;
      await this.#file.close().catch(() => {});
    })();
    await Promise.race([closed, tooLong]);
    clearTimeout(timer);
    this.#gaveUp = true;
    if (this.#noted.length > 0) this.#drop(this.#noted.length, new Error(`its disk took more than ${CLOSE_MS} ms`));
    flushAtExit.delete(this.#flushNow);
  }

  async #writeNoted(): Promise<void> {
    // One turn, so that what is said together is written together.
    await nextTurn();
    while (this.#noted.length > 0 && !this.#gaveUp) {
      const notice = this.#notice();
      const lines = Buffer.from(notice + this.#takeBatch());
      const { written, error } = await this.#file.append(lines);
      if (notice !== '' && written > 0) this.#dropped = 0;
      if (error !== null) this.#drop(countLines(lines, Math.max(written, Buffer.byteLength(notice))), error);
    }
    this.#writing = null;
  }

  #takeBatch(): string {
    let text = '';
    let taken = 0;
    for (const timed of this.#noted) {
      if (text.length >= BATCH_LENGTH) break;
      text += this.#line(timed);
      taken += 1;
    }
    this.#noted.splice(0, taken);
    return text;
  }

  #line(timed: TimedEntry): string {
    try {
      this.#format ??= loadLogLineFormatter();
      return this.#format(timed);
    } catch (error) {
      this.#drop(1, error);
      return '';
    }
  }

  /** Line that says how many entries are missing here; empty when none is. */
  #notice(): string {
    if (this.#dropped === 0) return '';
    const data = { dropped: this.#dropped };
    const message = `${this.#dropped} entries are missing here: the log could not be written.`;
    return this.#line({ entry: { level: 'warn', message, data }, time: new Date().toISOString() });
  }

  #drop(entries: number, error: unknown): void {
    this.#dropped += entries;
    this.#tell('cannot be written, its entries are dropped', error);
  }

  #tell(what: string, cause: unknown): void {
    if (this.#told.has(what) || this.#onTrouble === undefined) return;
    this.#told.add(what);
    const code = codeOf(cause);
    const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
    const reason = cause instanceof Error ? cause.message : String(cause);
    const wayOut = full ? 'Make room on its disk' : 'Make it writable, or name another file';
    const message = `The log file "${this.#path}" ${what}: ${reason}. ${wayOut}; the work is not affected.`;
    try {
      this.#onTrouble(
        new VoiceLinguaError(full ? 'DISK_FULL' : 'OUTPUT_UNWRITABLE', message, {
          cause,
          details: { path: this.#path },
        }),
      );
    } catch {
      // A listener's own failure must not end the log.
    }
  }

  /** What is noted and not on its way yet, when the process ends without `close`. */
  readonly #flushNow = (): void => {
    try {
      const lines = this.#noted.map((timed) => this.#line(timed)).join('');
      this.#noted = [];
      this.#file.appendNow(Buffer.from(lines));
    } catch {
      // The process ends; there is nobody to tell.
    }
  };
}

/** Open logs with entries. One listener for all: one for each would bring Node's warning about too many. */
class ExitFlushes {
  readonly #flushes = new Set<() => void>();

  add(flush: () => void): void {
    if (this.#flushes.size === 0) process.on('exit', this.#run);
    this.#flushes.add(flush);
  }

  delete(flush: () => void): void {
    if (this.#flushes.delete(flush) && this.#flushes.size === 0) process.off('exit', this.#run);
  }

  readonly #run = (): void => {
    for (const flush of this.#flushes) flush();
  };
}

const flushAtExit = new ExitFlushes();

function countLines(text: Buffer, from: number): number {
  let lines = 0;
  for (let at = text.indexOf(0x0a, from); at !== -1; at = text.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}
