import { VoiceLinguaError } from '../../domain/errors.js';
import type { DecodedWindow } from './window-source.js';

interface Recording {
  readonly group: string | undefined;
  readonly windows: Set<number>;
}

interface StoredWindow {
  readonly recording: number;
  readonly samples: number;
}

/** Numbers of different hosts do not meet: each counts from a start of its own. */
const NUMBERS_PER_HOST = 2 ** 32;

/** The recordings that are open on the decoding lane, and the windows of them that wait to be recognised. */
export class Recordings {
  readonly #first: number;
  #last: number;
  readonly #open = new Map<number, Recording>();
  readonly #windows = new Map<number, StoredWindow>();

  readonly #release: (samples: number) => void;

  /**
   * @param generation which host of its caller this is, from 0
   * @param release drops the samples of a window that nobody asks for any more
   */
  constructor(generation: number, release: (samples: number) => void = () => undefined) {
    this.#release = release;
    this.#first = generation * NUMBERS_PER_HOST;
    this.#last = this.#first;
  }

  /** Windows whose samples are held. */
  get windows(): number {
    return this.#windows.size;
  }

  get openCount(): number {
    return this.#open.size;
  }

  open(group: string | undefined): number {
    const id = ++this.#last;
    this.#open.set(id, { group, windows: new Set() });
    return id;
  }

  isOpen(id: number): boolean {
    return this.#open.has(id);
  }

  /** @throws `CLOSED`, or `ENGINE_CRASHED` when it was open in a host that is gone */
  check(id: number): void {
    if (!this.#open.has(id)) throw this.#absent(id, 'recording');
  }

  /** Keeps a window's samples and gives its number; one without speech is not kept and has none. */
  keep(id: number, { samples, speech }: DecodedWindow): number {
    const recording = this.#open.get(id);
    if (!speech || recording === undefined) {
      this.#release(samples);
      return 0;
    }
    const window = ++this.#last;
    recording.windows.add(window);
    this.#windows.set(window, { recording: id, samples });
    return window;
  }

  /**
   * Number of a window's samples. After a failure the window can be recognised again.
   * @throws `CLOSED`, or `ENGINE_CRASHED` when they were in a host that is gone
   */
  samples(window: number): number {
    const found = this.#windows.get(window);
    if (found === undefined) throw this.#absent(window, 'window');
    return found.samples;
  }

  discard(window: number): void {
    const found = this.#windows.get(window);
    if (found === undefined) return;
    this.#windows.delete(window);
    this.#open.get(found.recording)?.windows.delete(window);
    this.#release(found.samples);
  }

  close(id: number): void {
    for (const window of [...(this.#open.get(id)?.windows ?? [])]) this.discard(window);
    this.#open.delete(id);
  }

  of(group: string): number[] {
    return [...this.#open].filter(([, recording]) => recording.group === group).map(([id]) => id);
  }

  #absent(number: number, what: string): VoiceLinguaError {
    if (number > this.#first) return new VoiceLinguaError('CLOSED', `This ${what} is closed.`);
    return lostWithItsHost(what);
  }
}

/** For work on something that was held by a thread or process which ended through no fault of this group. */
export function lostWithItsHost(what: string): VoiceLinguaError {
  return new VoiceLinguaError('ENGINE_CRASHED', `The ${what} was open in an engine host that has ended since.`, {
    details: { culprit: 'other', signal: null, exitCode: null, stderr: '' },
  });
}
