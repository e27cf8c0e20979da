import type { JobEvent } from '../api.js';
import { displayName, type Io } from '../io.js';
import type { Ui } from '../ui.js';
import { type Ending, type Figures, Meter } from './meter.js';

/** Shows figures; it is told often and shows them seldom. */
export interface Display {
  show(figures: () => Figures): void;
  stop(): void;
}

/** Time between two lines of progress, off a terminal and with `--json`. */
export const LINE_MS = 3000;

/** How a batch goes on: a bar on a terminal, a line now and then otherwise, records too with `--json`, nothing when quiet. */
export class Progress {
  readonly #meter = new Meter();
  readonly #displays: readonly Display[];

  constructor(displays: readonly Display[]) {
    this.#displays = displays;
  }

  found(total: number, all: boolean): void {
    this.#meter.found(total, all);
    this.#show();
  }

  event(event: JobEvent): void {
    this.#meter.event(event);
    if (event.type === 'started' || event.type === 'progress') this.#show();
  }

  ended(ending: Ending, taskId?: string, audioSeconds?: number | null): void {
    this.#meter.ended(ending, taskId, audioSeconds);
    this.#show();
  }

  figures(): Figures {
    return this.#meter.figures();
  }

  stop(): void {
    for (const display of this.#displays) display.stop();
  }

  #show(): void {
    for (const display of this.#displays) display.show(() => this.#meter.figures());
  }
}

/** @param names what the inputs are called, by task id */
export async function openProgress(io: Io, ui: Ui, names: ReadonlyMap<string, string>): Promise<Progress> {
  if (ui.quiet) return new Progress([]);
  const displays: Display[] = [];
  const nameOf = (taskId: string): string => displayName(names.get(taskId) ?? taskId);
  if (io.stderr.isTTY === true && io.env.TERM !== 'dumb') {
    const { openBar } = await import('./bar.js');
    displays.push(openBar(io, ui, nameOf));
  } else {
    const { lineDisplay } = await import('./lines.js');
    displays.push(lineDisplay(ui, nameOf));
  }
  if (ui.json) {
    const { recordDisplay } = await import('./lines.js');
    displays.push(recordDisplay(ui));
  }
  return new Progress(displays);
}
