import cliProgress from 'cli-progress';
import type { Io } from '../io.js';
import type { Ui } from '../ui.js';
import { formatDuration } from '../units.js';
import { doneOf, figureWords } from './lines.js';
import type { Figures } from './meter.js';
import type { Display } from './progress.js';

const BAR_WIDTH = 24;
const REDRAWS_A_SECOND = 5;

/** A bar on the terminal's last line, redrawn by its own timer, so that the clock goes on while a long window is recognised. */
export function openBar(io: Io, ui: Ui, nameOf: (taskId: string) => string): Display {
  let latest: (() => Figures) | null = null;
  const bar = new cliProgress.SingleBar(
    {
      stream: io.stderr as NodeJS.WriteStream,
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
  ui.live = {
    hide: () => io.stderr.write('\r\u001b[K'),
    show: () => {},
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

function barLine(figures: Figures, nameOf: (taskId: string) => string): string {
  const { share, elapsed, current } = figures;
  const full = Math.floor(share * BAR_WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
  const percent = String(Math.floor(share * 100)).padStart(3);
  const words = [doneOf(figures), ...figureWords(figures), formatDuration(Math.floor(elapsed))];
  if (current !== null) words.push(nameOf(current.taskId));
  return `${bar} ${percent} % | ${words.join(' | ')}`;
}
