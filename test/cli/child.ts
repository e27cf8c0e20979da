import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '../../src/cli/main.js';
import { CORE_LANGUAGES, normalizeLanguage } from '../../src/domain/language.js';
import { RecordingLingua } from './support.js';

/** A command line whose library does as CHILD_MODE says, for tests of what only a process of its own can show. */
const lingua = new RecordingLingua();
const forever = sleep(600_000, undefined, { ref: true });

if (process.env.CHILD_MODE === 'hang' || process.env.CHILD_MODE === 'stubborn') {
  lingua.run = async (ids, { signal, onEvent }) => {
    const stopped = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => {
        process.stderr.write('library: told to stop\n');
        if (process.env.CHILD_MODE === 'hang') reject(signal.reason);
      });
    });
    onEvent?.({ type: 'started', taskId: ids[0] ?? '' });
    await Promise.race([stopped, forever]);
    throw new Error('unreachable');
  };
}

await start(async () => ({
  CORE_LANGUAGES,
  FORMAT_NAMES: [],
  normalizeLanguage,
  openVoiceLingua: async () => lingua.api(),
}));
