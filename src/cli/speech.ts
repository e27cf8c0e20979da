import type { TaskRequest } from './api.js';
import { defined } from './io.js';
import type { Settings } from './settings.js';

/** Recognition options as the library takes them; undefined when none is set. */
export function audioOptions(settings: Settings): TaskRequest['transcribe'] {
  const { beamSize, strategy, prompt, wordTimestamps } = settings;
  const options = defined({ beamSize, strategy, initialPrompt: prompt, wordTimestamps });
  return Object.keys(options).length === 0 ? undefined : options;
}
