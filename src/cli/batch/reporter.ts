import { resolve } from 'node:path';
import type { Library, TaskRecord, VoiceLingua } from '../api.js';
import type { Context } from '../context.js';
import { defined, displayName } from '../io.js';
import type { Progress } from '../progress/progress.js';
import { subtitleLayout } from '../speech.js';
import { taskRecord } from '../task-record.js';
import { formatDuration, formatPercent } from '../units.js';
import type { Batch } from './outcome.js';
import { isPackaged, packageFormats } from './packages.js';

/** Packages written at once; each waits for the disk. */
const AT_ONCE = 4;

type Job = () => Promise<void>;

/** Packages tasks that have ended and tells of them, a few at once, while the others are worked on. */
export class Reporter {
  readonly #context: Context;
  readonly #library: Library;
  readonly #lingua: VoiceLingua;
  readonly #batch: Batch;
  readonly #progress: Progress;
  readonly #out: string | null;
  readonly #ended: Job[] = [];
  /** Looked at when nothing that ended now waits. */
  readonly #before: Job[] = [];
  readonly #running = new Set<Promise<void>>();
  #packages = 0;
  readonly #broken: (error: unknown) => void;

  /** @param broken called with what keeps tasks from being told, such as a store that fails */
  constructor(
    context: Context,
    library: Library,
    lingua: VoiceLingua,
    batch: Batch,
    progress: Progress,
    broken: (error: unknown) => void,
  ) {
    this.#context = context;
    this.#library = library;
    this.#lingua = lingua;
    this.#batch = batch;
    this.#progress = progress;
    this.#broken = broken;
    const { out } = context.settings;
    this.#out = out === undefined ? null : resolve(context.io.cwd, out);
  }

  /** Packages written by this call. */
  get packages(): number {
    return this.#packages;
  }

  /** Tasks that an earlier call completed: only what is missing of their packages is written. */
  doneBefore(tasks: ReadonlyArray<{ readonly id: string; readonly name: string }>): void {
    const names = new Map(tasks.map(({ id, name }) => [id, name]));
    this.#before.push(async () => {
      const ids = [...names.keys()];
      const found = await this.#lingua.tasks({ ids, limit: ids.length });
      const byId = new Map(found.map((task) => [task.id, task]));
      for (const [id, name] of names) {
        const task = byId.get(id);
        if (task === undefined) this.deleted(id, name);
        else this.#before.push(() => this.#report(task, name, true));
      }
    });
    this.#next();
  }

  completed(task: TaskRecord, name: string): void {
    this.#ended.push(() => this.#report(task, name, false));
    this.#next();
  }

  failed(error: unknown, name: string, taskId?: string): void {
    this.#batch.failed(error, name, taskId);
    this.#progress.ended('failed', taskId);
  }

  cancelled(error: unknown, name: string, taskId: string): void {
    this.#batch.cancelled(error, name);
    this.#progress.ended('cancelled', taskId);
  }

  /** A task that somebody deleted while it was waited for. */
  deleted(taskId: string, name: string): void {
    this.cancelled(new Error(`Task ${taskId} was deleted.`), name, taskId);
  }

  /** What was done before is not looked at any more; the next call does it. */
  leaveRest(): void {
    this.#before.length = 0;
  }

  /** Resolves when all that was handed in is told. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
  }

  #next(): void {
    while (this.#running.size < AT_ONCE) {
      const job = this.#ended.shift() ?? this.#before.shift();
      if (job === undefined) return;
      const running = job()
        .catch((error: unknown) => {
          this.leaveRest();
          this.#broken(error);
        })
        .finally(() => {
          this.#running.delete(running);
          this.#next();
        });
      this.#running.add(running);
    }
  }

  async #report(task: TaskRecord, name: string, before: boolean): Promise<void> {
    const { ui, settings } = this.#context;
    if (task.status !== 'completed') {
      this.cancelled(new Error(`Task ${task.id} is ${task.status}.`), name, task.id);
      return;
    }
    try {
      await this.#package(task, before);
    } catch (error) {
      this.failed(error, name, task.id);
      return;
    }
    if (before) this.#batch.doneBefore();
    else this.#batch.done(task.audioDuration);
    this.#progress.ended(before ? 'before' : 'completed', task.id, task.audioDuration);
    if (!before) for (const warning of task.warnings) ui.warning(`${displayName(name)}: ${warning}`);
    ui.record({ ...taskRecord(task), resumed: before, out: settings.out ?? null });
    ui.result(this.#line(task, before));
  }

  async #package(task: TaskRecord, before: boolean): Promise<void> {
    if (this.#out === null) return;
    const formats = packageFormats(this.#context.settings.format);
    if (before && (await isPackaged(this.#library, task, this.#out, formats))) return;
    const given = this.#context.settings.format === undefined ? undefined : formats;
    await this.#lingua.packageTask(
      task.id,
      defined({ out: this.#out, formats: given, subtitles: subtitleLayout(this.#context.settings) }),
    );
    this.#packages += 1;
  }

  #line(task: TaskRecord, before: boolean): string {
    const { green, bold, dim } = this.#context.ui.out;
    const facts = [
      task.detectedLanguage,
      task.accuracy === null ? null : `accuracy ${formatPercent(task.accuracy.accuracy)}`,
      task.audioDuration === null ? null : `${formatDuration(task.audioDuration)} of audio`,
      before ? 'done before' : formatDuration(task.processingTime),
    ].filter((fact) => fact !== null);
    return `${green(task.status)}  ${bold(displayName(task.textId))}  ${facts.join('  ')}  ${dim(task.id)}`;
  }
}
