import cliProgress from 'cli-progress';
import type { Io, Output } from '../io.js';
import type { Ui } from '../ui.js';
import { formatDuration } from '../units.js';
import { doneOf, figureWords } from './lines.js';
import type { Figures } from './meter.js';
import type { Display } from './progress.js';

const BAR_WIDTH = 24;
const REDRAWS_A_SECOND = 5;
const CLEAR_LINE = '\u001b[K';
const WRAP = '\u001b[?7h';
const NO_WRAP = '\u001b[?7l';
const SAVE = '\u001b7';
const RESTORE = '\u001b8';

/** A bar on the terminal's last line, redrawn by its own timer, so that the clock goes on while a long window is recognised. */
export function openBar(io: Io, ui: Ui, nameOf: (taskId: string) => string): Display {
  let latest: (() => Figures) | null = null;
  const bar = new cliProgress.SingleBar(
    {
      stream: withoutCursorMemory(io.stderr),
      format: () => (latest === null ? '' : barLine(latest(), nameOf)),
      fps: REDRAWS_A_SECOND,
      hideCursor: false,
      clearOnComplete: true,
      forceRedraw: true,
      gracefulExit: false,
      linewrap: false,
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(1, 0);
  // The bar is cut at the edge of the terminal; lines that are printed meanwhile are not.
  ui.live = {
    hide: () => io.stderr.write(`\r${CLEAR_LINE}${WRAP}`),
    show: () => io.stderr.write(NO_WRAP),
  };
  return {
    show(figures) {
      latest = figures;
    },
    stop() {
      bar.stop();
      ui.live = null;
    },
  };
}

/**
 * The package saves the cursor's place at its start and goes back there at its end, over the lines that were printed
 * meanwhile. This stream does not pass that on.
 */
function withoutCursorMemory(stream: Output): NodeJS.WriteStream {
  const write = (text: string): boolean => (text === SAVE || text === RESTORE ? true : stream.write(text));
  return { write, isTTY: true, columns: stream.columns } as NodeJS.WriteStream;
}

function barLine(figures: Figures, nameOf: (taskId: string) => string): string {
  const { share, elapsed, current } = figures;
  const full = Math.floor(share * BAR_WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
  const percent = String(Math.floor(share * 100)).padStart(3);
  const words = [doneOf(figures), ...figureWords(figures), formatDuration(Math.floor(elapsed))];
  if (current !== null) words.push(nameOf(current.taskId));
  return `${bar} ${percent} % | ${words.join(' | ')}`;
}
