import { closeSync, constants, fstatSync, mkdirSync, openSync, type Stats, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDue, type LogRotation, putAside, statOrNull, tidy } from './log-rotation.js';

/** How far {@link RotatingFile.append} came. */
export interface Appended {
  /** Bytes of whole lines that are in the file. */
  readonly written: number;
  /** Why the rest is not; null when all is. */
  readonly error: unknown;
}

const LINE_BREAK = 0x0a;
const PIECES = 'the disk takes only pieces of lines';
const LOOK_AGAIN_MS = 20;
const MAX_LOOKS = 10;
/** O_NONBLOCK: a pipe without a reader is refused, not waited for. */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/**
 * A file of lines that several processes append to and that any of them may put aside. Lines are whole: each call is one write to a file
 * opened with O_APPEND. A writer looks before each write whether the path still names its file, so what was put aside falls quiet at once,
 * and is compressed only then.
 */
export class RotatingFile {
  readonly #given: string;
  readonly #rotation: LogRotation;
  readonly #onRotationTrouble: (error: unknown) => void;
  readonly #closed = new AbortController();
  #path: string;
  #handle: FileHandle | null = null;
  #inode = 0;
  #opened = false;
  /** The file ends in the middle of a line. */
  #torn = false;
  #tidyTimer: NodeJS.Timeout | null = null;
  #tidying: Promise<void> = Promise.resolve();
  /** Lines of an append that has not come to its write. */
  #waiting: Buffer | null = null;

  /** @param onRotationTrouble told when the file could not be put aside or compressed; it is written to all the same. */
  constructor(path: string, rotation: LogRotation, onRotationTrouble: (error: unknown) => void) {
    this.#given = path;
    this.#path = path;
    this.#rotation = rotation;
    this.#onRotationTrouble = onRotationTrouble;
  }

  /** Appends whole lines. One call at a time; never rejects. */
  async append(lines: Buffer): Promise<Appended> {
    let written = 0;
    this.#waiting = lines;
    try {
      let handle = await this.#ready(lines.length);
      for (let shortWrites = 0; written < lines.length; shortWrites += 1) {
        if (shortWrites > 2) throw new Error(PIECES);
        written = await this.#write(handle, lines, written);
      }
      // Deleted between the look and the write: said again where it can be read.
      if ((await handle.stat()).nlink === 0) {
        handle = await this.#ready(lines.length);
        written = await this.#write(handle, lines, 0);
        if (written < lines.length) throw new Error(PIECES);
      }
      return { written, error: null };
    } catch (error) {
      return { written, error };
    } finally {
      this.#waiting = null;
    }
  }

  /** Appends at once, after what waits in {@link append}: for a process that ends. Throws what the file system throws. */
  appendNow(lines: Buffer): void {
    const all = Buffer.concat([this.#waiting ?? Buffer.alloc(0), lines]);
    this.#waiting = null;
    if (all.length === 0) return;
    if (this.#handle !== null) {
      writeSync(this.#handle.fd, all);
      return;
    }
    mkdirSync(dirname(this.#path), { recursive: true });
    const descriptor = openSync(this.#path, FLAGS, 0o600);
    if (fstatSync(descriptor).isFile()) writeSync(descriptor, all);
    closeSync(descriptor);
  }

  /** Ends what goes on in the background and closes the file. */
  async close(): Promise<void> {
    this.#closed.abort();
    if (this.#tidyTimer !== null) clearTimeout(this.#tidyTimer);
    await this.#tidying;
    await this.#letGo();
  }

  /** The file that the path names, opened, and a new one when that is due. */
  async #ready(length: number): Promise<FileHandle> {
    const now = new Date();
    let file = await this.#same();
    if (file !== null && isDue(file, length, this.#rotation, now)) {
      await putAside(this.#path, length, this.#rotation, now).catch(this.#onRotationTrouble);
      file = await this.#same();
      this.#tidyLater(this.#rotation.quietMs);
    }
    return this.#handle ?? (await this.#open());
  }

  /** The open file's facts if the path still names it, after opening what is there; null when nothing is, and none is open then. */
  async #same(): Promise<Stats | null> {
    const file = await statOrNull(this.#path);
    if (this.#handle !== null && file?.ino !== this.#inode) await this.#letGo();
    if (file !== null && this.#handle === null) await this.#open();
    return file;
  }

  async #open(): Promise<FileHandle> {
    if (!this.#opened) await mkdir(dirname(this.#given), { recursive: true });
    const handle = await open(this.#path, FLAGS, 0o600);
    try {
      const file = await handle.stat();
      if (!file.isFile()) throw new Error('it is no regular file');
      this.#inode = file.ino;
      this.#torn = await endsTorn(handle);
      // A link is followed: putting it aside would leave the file that it leads to. Gone already when another process puts it aside.
      this.#path = await realpath(this.#given).catch(() => this.#path);
      if (!this.#opened) this.#tidyLater(0);
      this.#opened = true;
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#handle = handle;
    return handle;
  }

  /** One write; answers up to where `lines` are in the file as whole lines. */
  async #write(handle: FileHandle, lines: Buffer, from: number): Promise<number> {
    const rest = lines.subarray(from);
    const piece = this.#torn ? Buffer.concat([Buffer.of(LINE_BREAK), rest]) : rest;
    this.#waiting = null;
    const { bytesWritten } = await handle.write(piece, 0, piece.length, null);
    if (bytesWritten === piece.length) {
      this.#torn = false;
      return lines.length;
    }
    if (bytesWritten === 0) return from;
    const end = from + bytesWritten - (piece.length - rest.length);
    const whole = Math.max(from, end === 0 ? 0 : lines.lastIndexOf(LINE_BREAK, end - 1) + 1);
    this.#torn = end > whole;
    return whole;
  }

  async #letGo(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  #tidyLater(afterMs: number): void {
    if (this.#tidyTimer !== null || this.#closed.signal.aborted) return;
    this.#tidyTimer = setTimeout(() => {
      this.#tidyTimer = null;
      this.#tidying = this.#tidying.then(() => this.#tidy());
    }, afterMs);
    this.#tidyTimer.unref();
  }

  async #tidy(): Promise<void> {
    let left = false;
    try {
      left = await tidy(this.#path, this.#rotation, this.#closed.signal);
    } catch (error) {
      if (!this.#closed.signal.aborted) this.#onRotationTrouble(error);
    }
    if (left) this.#tidyLater(this.#rotation.quietMs);
  }
}

/**
 * Whether the file ends in the middle of a line: a process was killed over it, or the disk was full. What another process is writing
 * right now looks the same for a moment, so it is looked at again as long as it grows.
 */
async function endsTorn(handle: FileHandle): Promise<boolean> {
  const last = Buffer.alloc(1);
  let before = -1;
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const { size } = await handle.stat();
    if (size === 0) return false;
    await handle.read(last, 0, 1, size - 1);
    if (last[0] === LINE_BREAK) return false;
    if (size === before) return true;
    before = size;
    await delay(LOOK_AGAIN_MS);
  }
  return true;
}
