import type { TaskRecord } from '../../domain/task.js';
import type { TranslationOptions } from '../../engines/ports.js';

/**
 * What becomes of a translation that checks speak against: `retry`, the default, translates it again in other ways and marks what stays
 * suspicious; `mark` only marks it; `off` looks at none.
 */
export type TranslationChecks = 'retry' | 'mark' | 'off';

/** How a task wants to be translated; names of the API. */
export interface TranslateSettings extends Omit<TranslationOptions, 'terms' | 'before'> {
  readonly checks?: TranslationChecks;
  /** Fingerprint of the glossary. */
  readonly glossary?: string;
  /** False: neither takes from the translation memory nor adds to it. */
  readonly memory?: boolean;
}

export function translateSettings(task: TaskRecord): TranslateSettings {
  return (task.options.translate ?? {}) as TranslateSettings;
}

/** What of it the engine takes. */
export function engineOptions({
  checks: _,
  glossary: __,
  memory: ___,
  ...options
}: TranslateSettings): TranslationOptions {
  return options;
}
