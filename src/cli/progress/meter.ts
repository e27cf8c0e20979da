import type { JobEvent } from '../api.js';

/** How an input ended: `before` by an earlier call, `failed` also when it could not be stored. */
export type Ending = 'completed' | 'before' | 'failed' | 'cancelled';

/** How far a batch is. Rates are null until there is something to tell. */
export interface Figures {
  readonly total: number;
  /** More may be found. */
  readonly searching: boolean;
  readonly done: number;
  readonly failed: number;
  /** Share of the known work that is done, parts of running tasks included, 0..1. */
  readonly share: number;
  readonly perMinute: number | null;
  /** Seconds of audio done in a second. */
  readonly speed: number | null;
  /** Seconds of work left. */
  readonly left: number | null;
  /** Seconds since the start. */
  readonly elapsed: number;
  /** Task of the last event, and how far it is. */
  readonly current: { readonly taskId: string; readonly progress: number } | null;
}

/** Rates are those of the last two minutes: a batch of unlike files is not judged by its first ones. */
const WINDOW_MS = 120_000;
const SAMPLE_MS = 1000;
/** Before that a rate would say more about the start than about the work. */
const SETTLED_MS = 3000;
/** A task that goes on from a checkpoint begins with all that was done before; more than this was not done just now. */
const MOST_AT_ONCE_SECONDS = 60;

interface Sample {
  readonly at: number;
  readonly ended: number;
  /** Tasks done, with the parts of those in work. */
  readonly worked: number;
  readonly audio: number;
}

interface Part {
  progress: number;
  /** Seconds of audio, the last that was told. */
  processed: number;
}

/** Counts a batch from its events; the time for each event does not grow with the batch. */
export class Meter {
  readonly #now: () => number;
  readonly #start: number;
  readonly #parts = new Map<string, Part>();
  readonly #counts: Record<Ending, number> = { completed: 0, before: 0, failed: 0, cancelled: 0 };
  readonly #samples: Sample[] = [];
  #partSum = 0;
  #audio = 0;
  #total = 0;
  #searching = false;
  #current: Figures['current'] = null;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#start = now();
  }

  found(total: number, all: boolean): void {
    this.#total = total;
    this.#searching = !all;
  }

  event(event: JobEvent): void {
    switch (event.type) {
      case 'started':
        this.#sample();
        this.#current = { taskId: event.taskId, progress: 0 };
        break;
      case 'progress':
        this.#progress(event.taskId, event.progress, event.processed);
        break;
      case 'done':
        if (event.status === 'pending') this.#forget(event.taskId);
        break;
      default:
    }
  }

  /** @param audioSeconds length of the recording, when the task was done now */
  ended(ending: Ending, taskId?: string, audioSeconds?: number | null): void {
    this.#counts[ending] += 1;
    if (taskId === undefined) return;
    const part = this.#parts.get(taskId);
    if (ending === 'completed' && audioSeconds) {
      const last = part?.processed ?? 0;
      this.#audio +=
        part === undefined ? Math.min(audioSeconds, MOST_AT_ONCE_SECONDS) : Math.max(0, audioSeconds - last);
    }
    this.#forget(taskId);
    this.#sample();
  }

  figures(): Figures {
    this.#sample();
    const { completed, before, failed, cancelled } = this.#counts;
    const done = completed + before + failed + cancelled;
    const [first] = this.#samples;
    const last = this.#latest();
    const seconds = first === undefined ? 0 : (last.at - first.at) / 1000;
    const rated = first !== undefined && seconds * 1000 >= SETTLED_MS;
    const worked = rated ? (last.worked - first.worked) / seconds : 0;
    const open = this.#total - done - this.#partSum;
    return {
      total: this.#total,
      searching: this.#searching,
      done,
      failed,
      share: this.#total === 0 ? 0 : Math.min(1, (done + this.#partSum) / this.#total),
      perMinute: rated && last.ended > first.ended ? ((last.ended - first.ended) / seconds) * 60 : null,
      speed: rated && last.audio > first.audio ? (last.audio - first.audio) / seconds : null,
      left: worked > 0 && !this.#searching ? open / worked : null,
      elapsed: (last.at - this.#start) / 1000,
      current: this.#current,
    };
  }

  #progress(taskId: string, progress: number, processed: number | undefined): void {
    const known = this.#parts.get(taskId);
    const part = known ?? { progress: 0, processed: 0 };
    if (known === undefined) this.#parts.set(taskId, part);
    this.#partSum += progress - part.progress;
    part.progress = progress;
    if (processed !== undefined) {
      const more = Math.max(0, processed - part.processed);
      this.#audio += known === undefined ? Math.min(more, MOST_AT_ONCE_SECONDS) : more;
      part.processed = Math.max(part.processed, processed);
    }
    this.#current = { taskId, progress };
    this.#sample();
  }

  #forget(taskId: string): void {
    this.#partSum -= this.#parts.get(taskId)?.progress ?? 0;
    this.#parts.delete(taskId);
    if (this.#parts.size === 0) this.#partSum = 0;
    if (this.#current?.taskId === taskId) this.#current = null;
  }

  #latest(): Sample {
    const { completed, failed, cancelled } = this.#counts;
    const ended = completed + failed + cancelled;
    return { at: this.#now(), ended, worked: ended + this.#partSum, audio: this.#audio };
  }

  #sample(): void {
    const now = this.#now();
    const last = this.#samples.at(-1);
    if (last !== undefined && now - last.at < SAMPLE_MS) return;
    this.#samples.push(this.#latest());
    while (this.#samples.length > 2 && now - (this.#samples[0] as Sample).at > WINDOW_MS) this.#samples.shift();
  }
}
