import type { Io } from '../io.js';
import type { Ui } from '../ui.js';
import { formatCount, formatDuration } from '../units.js';
import { LINE_MS } from './progress.js';

/** Work that is done sooner shows nothing. */
const FIRST_MS = 1000;
const REDRAW_MS = 200;
const CLEAR_LINE = '\u001b[K';

/**
 * How work goes on whose end nobody knows: a line that is redrawn on a terminal, a line now and then otherwise, records too with
 * `--json`, nothing when quiet.
 */
export class CountLine {
  readonly #io: Io;
  readonly #ui: Ui;
  readonly #words: string;
  readonly #terminal: boolean;
  readonly #began = performance.now();
  #next = this.#began + FIRST_MS;
  #line = '';

  /** @param words what follows the count: `translations read` */
  constructor(io: Io, ui: Ui, words: string) {
    this.#io = io;
    this.#ui = ui;
    this.#words = words;
    this.#terminal = io.stderr.isTTY === true && io.env.TERM !== 'dumb';
  }

  /** May be told often. */
  update(count: number): void {
    const now = performance.now();
    if (this.#ui.quiet || now < this.#next) return;
    const seconds = (now - this.#began) / 1000;
    this.#next = now + (this.#terminal ? REDRAW_MS : LINE_MS);
    const line = `${formatCount(count)} ${this.#words}, ${formatDuration(Math.floor(seconds))}`;
    if (this.#terminal) this.#redraw(line);
    else this.#ui.message(line);
    if (!this.#terminal) this.#ui.record({ type: 'progress', done: count, seconds });
  }

  stop(): void {
    if (this.#line === '') return;
    this.#hide();
    this.#line = '';
    this.#ui.live = null;
  }

  #redraw(line: string): void {
    this.#line = line;
    this.#ui.live ??= { hide: () => this.#hide(), show: () => this.#io.stderr.write(this.#line) };
    this.#io.stderr.write(`\r${line}${CLEAR_LINE}`);
  }

  #hide(): void {
    this.#io.stderr.write(`\r${CLEAR_LINE}`);
  }
}
