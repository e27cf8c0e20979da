import type { JobEvent } from './api.js';
import { displayName, type Io } from './io.js';
import type { Ui } from './ui.js';

/** Shows how a batch goes on: a bar on a terminal, one line per event otherwise, nothing when quiet. */
export interface Progress {
  event(event: JobEvent): void;
  /** A task ended without events of its own, such as one that was done before. */
  ended(): void;
  stop(): void;
}

/** Progress lines of one recording. */
const STEPS = 10;

/** @param names text id by task id */
export async function openProgress(
  io: Io,
  ui: Ui,
  total: number,
  names: ReadonlyMap<string, string>,
): Promise<Progress> {
  if (ui.quiet) return { event() {}, ended() {}, stop() {} };
  if (io.stderr.isTTY === true && io.env.TERM !== 'dumb') return await openBar(io, ui, total, names);
  return new LineProgress(ui, names);
}

class LineProgress implements Progress {
  readonly #shown = new Map<string, number>();

  constructor(
    private readonly ui: Ui,
    private readonly names: ReadonlyMap<string, string>,
  ) {}

  event(event: JobEvent): void {
    const name = displayName(this.names.get(event.taskId) ?? event.taskId);
    const line = this.#line(event);
    if (line !== null) this.ui.message(`${name}: ${line}`);
  }

  ended(): void {}
  stop(): void {}

  #line(event: JobEvent): string | null {
    switch (event.type) {
      case 'queued':
        return 'queued';
      case 'started':
        return 'started';
      case 'progress': {
        const step = Math.floor(event.progress * STEPS + 1e-9);
        if (step >= STEPS || step <= (this.#shown.get(event.taskId) ?? 0)) return null;
        this.#shown.set(event.taskId, step);
        const of = event.total ? ` of ${event.total.toFixed(1)} s` : '';
        const seconds = event.processed === undefined ? '' : `, ${event.processed.toFixed(1)}${of || ' s'}`;
        return `${Math.floor(event.progress * 100)} %${seconds}`;
      }
      case 'done':
        this.#shown.delete(event.taskId);
        return event.status === 'pending' ? 'stopped' : event.status;
      default:
        return null;
    }
  }
}

async function openBar(io: Io, ui: Ui, total: number, names: ReadonlyMap<string, string>): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar(
    {
      stream: io.stderr as NodeJS.WriteStream,
      format: '{bar} {percentage} % | {done}/{total} | {elapsed} | {name}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 28,
      hideCursor: false,
      clearOnComplete: true,
      forceRedraw: true,
      gracefulExit: false,
      linewrap: false,
      formatValue: (value, _options, type) =>
        type === 'total' ? String(total) : type === 'percentage' ? String(value).padStart(3) : String(value),
    },
    cliProgress.Presets.shades_classic,
  );
  const started = Date.now();
  const parts = new Map<string, number>();
  let ended = 0;
  let name = '';
  // Thousandths: the bar moves within a task, and a batch of one long recording has a bar too.
  const scale = 1000;
  const update = () => {
    const sum = [...parts.values()].reduce((all, part) => all + part, ended);
    bar.update(Math.round(sum * scale), { done: ended, name, elapsed: clock(Date.now() - started) });
  };
  bar.start(total * scale, 0, { done: 0, name, elapsed: clock(0) });
  ui.live = {
    hide: () => io.stderr.write('\r\u001b[K'),
    show: () => {},
  };
  return {
    event(event) {
      if (event.type === 'progress') parts.set(event.taskId, event.progress);
      if (event.type === 'started') name = displayName(names.get(event.taskId) ?? '');
      if (event.type === 'done' && event.status !== 'pending') {
        parts.delete(event.taskId);
        ended += 1;
      }
      update();
    },
    ended() {
      ended += 1;
      update();
    },
    stop() {
      bar.stop();
      ui.live = null;
    },
  };
}

const clock = (ms: number): string =>
  `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`;
