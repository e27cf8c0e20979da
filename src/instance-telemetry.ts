import type { LogEntry, VoiceLinguaOptions } from './api-types.js';
import type { LifecycleEvent } from './domain/lifecycle.js';
import { packageVersion } from './package/files.js';
import { logEntryOf } from './telemetry/log-entry.js';
import { type LogFile, openLogFile } from './telemetry/log-file.js';
import { isLogged } from './telemetry/log-line.js';
import { type Gauges, TaskMetrics } from './telemetry/task-metrics.js';

/** What an instance tells of its work: entries for its logger and its log file, numbers for Prometheus. */
export class Telemetry {
  readonly #options: Pick<VoiceLinguaOptions, 'logger' | 'logLevel'>;
  readonly #metrics = new TaskMetrics({ version: packageVersion() });
  readonly #file: LogFile | null;

  constructor(options: Pick<VoiceLinguaOptions, 'logger' | 'logLevel' | 'logFile'>) {
    this.#options = options;
    const { logFile, logLevel = 'info' } = options;
    const onTrouble = (error: Error): void =>
      this.#tell({ level: 'warn', message: error.message, source: 'voicelingua' });
    this.#file = logFile === undefined || logLevel === 'silent' ? null : openLogFile(logFile, logLevel, { onTrouble });
  }

  /** Whether anybody hears entries. */
  get heard(): boolean {
    return this.#options.logger !== undefined || this.#file !== null;
  }

  log(entry: LogEntry): void {
    this.#file?.write(entry);
    this.#tell(entry);
  }

  observe(event: LifecycleEvent): void {
    this.#metrics.observe(event);
    if (this.heard) this.log(logEntryOf(event));
  }

  metrics(gauges: Gauges): Promise<string> {
    return this.#metrics.text(gauges);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  /** A logger that throws is the caller's own trouble; the work goes on. */
  #tell(entry: LogEntry): void {
    const { logger, logLevel = 'info' } = this.#options;
    if (logger === undefined || !isLogged(entry.level, logLevel)) return;
    try {
      logger(entry);
    } catch {}
  }
}
