import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { VoiceLingua } from '../api.js';
import type { Context } from '../context.js';
import { CliError } from '../errors.js';

const EVERY_MS = 15_000;

/** Writes the library's metrics for Prometheus' textfile collector while a batch runs. */
export class MetricsFile {
  readonly #path: string;
  readonly #lingua: VoiceLingua;
  readonly #context: Context;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #warned = false;

  private constructor(path: string, lingua: VoiceLingua, context: Context) {
    this.#path = path;
    this.#lingua = lingua;
    this.#context = context;
  }

  /**
   * Null when no file is asked for.
   * @throws {CliError} when it cannot be written: a wrong path is told before the work, not after it
   */
  static async open(context: Context, lingua: VoiceLingua): Promise<MetricsFile | null> {
    const { metricsFile } = context.settings;
    if (metricsFile === undefined) return null;
    const file = new MetricsFile(resolve(context.io.cwd, metricsFile), lingua, context);
    try {
      await file.#write();
    } catch (error) {
      throw new CliError('OUTPUT_UNWRITABLE', 'resource', file.#problem(error));
    }
    file.#timer = setInterval(() => {
      file.#writing = file.#writing.then(() => file.#writeOrWarn());
    }, EVERY_MS);
    file.#timer.unref();
    return file;
  }

  /** Writes the last figures. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#writing;
    await this.#writeOrWarn();
  }

  async #writeOrWarn(): Promise<void> {
    try {
      await this.#write();
      this.#warned = false;
    } catch (error) {
      if (!this.#warned) this.#context.ui.warning(this.#problem(error));
      this.#warned = true;
    }
  }

  /** Through a temporary file, whose name the collector does not look at: it reads `*.prom` alone. */
  async #write(): Promise<void> {
    const folder = dirname(this.#path);
    const temporary = join(folder, `.voicelingua-${randomBytes(8).toString('hex')}.tmp`);
    const metrics = await this.#lingua.metrics();
    await mkdir(folder, { recursive: true });
    try {
      await writeFile(temporary, metrics, { flag: 'wx' });
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  #problem(error: unknown): string {
    return `Cannot write the metrics file "${this.#path}": ${error instanceof Error ? error.message : String(error)}.`;
  }
}
