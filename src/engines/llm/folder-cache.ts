import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CachedTranslation, isCachedTranslation, type ResponseCache } from './response-cache.js';

/** Form of the files; others are taken as not there. */
const VERSION = 1;
/** Temporary files that are older were left behind by a process that died. */
const LEFTOVER_MS = 3_600_000;

/**
 * A folder with one small file for each answer, for this user alone; several processes may use it at once. Files are
 * written under another name and renamed, so that a crash leaves whole answers or none. A file that is damaged all the
 * same counts as not there. Nothing is deleted by itself.
 */
export class FolderResponseCache implements ResponseCache {
  readonly #folder: string;
  #swept: Promise<void> | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Null as well for whatever cannot be read. */
  async get(key: string): Promise<CachedTranslation | null> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#fileOf(key), 'utf8'));
      if (!isCachedTranslation(value)) return null;
      const { version, key: own } = value as { version?: unknown; key?: unknown };
      return version === VERSION && own === key ? { text: value.text, confidence: value.confidence } : null;
    } catch {
      return null;
    }
  }

  /** Rejects with the file system's error when the folder cannot be written. */
  async put(key: string, { text, confidence }: CachedTranslation): Promise<void> {
    const file = this.#fileOf(key);
    await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
    await mkdir(this.#temporary, { recursive: true, mode: 0o700 });
    this.#swept ??= this.#sweep();
    await this.#swept;
    const temporary = join(this.#temporary, randomBytes(12).toString('hex'));
    try {
      await writeFile(temporary, JSON.stringify({ version: VERSION, key, text, confidence }), {
        mode: 0o600,
        flag: 'wx',
      });
      await rename(temporary, file);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
  }

  get #temporary(): string {
    return join(this.#folder, 'tmp');
  }

  /** Two levels, since some file systems are slow with very many files in one folder. */
  #fileOf(key: string): string {
    return join(this.#folder, key.slice(0, 2), `${key}.json`);
  }

  async #sweep(): Promise<void> {
    const before = Date.now() - LEFTOVER_MS;
    for (const name of await readdir(this.#temporary).catch(() => [])) {
      const file = join(this.#temporary, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      if (mtimeMs < before) await unlink(file).catch(() => undefined);
    }
  }
}
