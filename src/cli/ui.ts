import pc from 'picocolors';
import { type Failure, toFailure } from './errors.js';
import { displayName, type Io, type Output } from './io.js';
import type { Settings } from './settings.js';

type Colors = ReturnType<typeof pc.createColors>;

/** Counts of a batch; the last line of `--json`. */
export interface Summary {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** Something on the terminal's last line that must step aside while a line is printed. */
export interface LiveLine {
  hide(): void;
  show(): void;
}

/** Results to stdout, everything else to stderr. */
export class Ui {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Colours for stdout. */
  readonly out: Colors;
  /** Colours for stderr. */
  readonly err: Colors;
  live: LiveLine | null = null;
  readonly #io: Io;

  constructor(io: Io, settings: Pick<Settings, 'json' | 'quiet'>) {
    this.#io = io;
    this.json = settings.json === true;
    this.quiet = settings.quiet === true;
    this.out = pc.createColors(wantsColor(io, io.stdout));
    this.err = pc.createColors(wantsColor(io, io.stderr));
  }

  /** A result for people; nothing with `--json`. */
  result(line: string): void {
    if (!this.json) this.#write(this.#io.stdout, `${line}\n`);
  }

  /** A result that is a whole text, to the character; nothing with `--json`. */
  text(text: string): void {
    if (!this.json) this.#write(this.#io.stdout, text);
  }

  /** A result for programs; nothing without `--json`. */
  record(record: object): void {
    if (this.json) this.#write(this.#io.stdout, `${JSON.stringify(record)}\n`);
  }

  message(line: string): void {
    if (!this.quiet) this.#write(this.#io.stderr, `${line}\n`);
  }

  warning(line: string): void {
    if (!this.quiet) this.#write(this.#io.stderr, `${this.err.yellow('warning:')} ${line}\n`);
  }

  /** An error, with the input it is about; a record too, so that `--json` misses nothing. */
  failure(thrown: unknown, input?: string): Failure {
    const failure = toFailure(thrown);
    const { code, message, retryable, details } = failure;
    this.record({
      type: 'error',
      ...(input === undefined ? {} : { input }),
      error: { code, message, retryable, details },
    });
    const name = input === undefined ? '' : `${displayName(input)}: `;
    this.#write(this.#io.stderr, `${this.err.red('error:')} ${name}${message}\n`);
    const next = nextStep(failure);
    if (next !== null && !this.quiet) this.#write(this.#io.stderr, `  ${next}\n`);
    if (this.#io.env.VOICELINGUA_DEBUG && failure.stack) this.#write(this.#io.stderr, `${failure.stack}\n`);
    return failure;
  }

  summary(summary: Summary): void {
    this.record({ type: 'summary', ...summary });
    if (summary.total < 2 && summary.failed + summary.cancelled === 0) return;
    const parts = [`${summary.completed} completed`, `${summary.failed} failed`];
    if (summary.cancelled > 0) parts.push(`${summary.cancelled} cancelled`);
    this.message(`${parts.join(', ')}, of ${summary.total}`);
  }

  #write(stream: Output, text: string): void {
    this.live?.hide();
    stream.write(text);
    this.live?.show();
  }
}

function wantsColor(io: Io, stream: Output): boolean {
  return stream.isTTY === true && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
}

// Library messages already name the way out; these two kinds are about the installation, where a command helps more.
function nextStep(failure: Failure): string | null {
  if (failure.category === 'model') return 'next: voicelingua doctor shows the models that are there';
  if (failure.code === 'NATIVE_LOAD_FAILED') return 'next: voicelingua doctor shows what is missing';
  if (failure.code === 'INTERNAL') return 'next: set VOICELINGUA_DEBUG=1 to see where it happened';
  return null;
}
