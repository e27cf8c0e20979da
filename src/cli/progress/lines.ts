import type { Ui } from '../ui.js';
import { formatCount, formatDuration } from '../units.js';
import type { Figures } from './meter.js';
import { type Display, LINE_MS } from './progress.js';

/** The figures as words, for a line or a bar. */
export function figureWords(figures: Figures): string[] {
  const { failed, perMinute, speed, left } = figures;
  return [
    failed === 0 ? null : `${formatCount(failed)} failed`,
    perMinute === null
      ? null
      : `${perMinute < 10 ? perMinute.toFixed(1) : formatCount(Math.round(perMinute))} a minute`,
    speed === null ? null : `${speed.toFixed(1)}x real time`,
    left === null ? null : `${formatDuration(left)} left`,
  ].filter((word) => word !== null);
}

/** `350 of 1,200+`: the plus stands for what the search may still find. */
export const doneOf = ({ done, total, searching }: Figures): string =>
  `${formatCount(done)} of ${formatCount(total)}${searching ? '+' : ''}`;

/** At most one line in three seconds; the first comes with the first work. */
export function lineDisplay(ui: Ui, nameOf: (taskId: string) => string): Display {
  let last = Number.NEGATIVE_INFINITY;
  return {
    show(figures) {
      if (performance.now() - last < LINE_MS) return;
      const now = figures();
      const { current } = now;
      if (current === null) return;
      last = performance.now();
      const at = current.progress === 0 ? 'started' : `${Math.floor(current.progress * 100)} %`;
      ui.message(`${[`${doneOf(now)} done`, ...figureWords(now)].join(', ')}; ${nameOf(current.taskId)} ${at}`);
    },
    stop() {},
  };
}

/** `{"type":"progress"}` for programs, at most one in three seconds; a batch that is done sooner has none. */
export function recordDisplay(ui: Ui): Display {
  let last = performance.now();
  return {
    show(figures) {
      if (performance.now() - last < LINE_MS) return;
      last = performance.now();
      const { total, searching, done, failed, perMinute, speed, left, elapsed } = figures();
      ui.record({
        type: 'progress',
        total,
        searching,
        done,
        failed,
        per_minute: perMinute,
        real_time_speed: speed,
        seconds_left: left,
        seconds: elapsed,
      });
    },
    stop() {},
  };
}
