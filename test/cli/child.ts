import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '../../src/cli/main.js';
import { libraryOf, RecordingLingua } from './support.js';

/**
 * A command line whose library does as CHILD_MODE says, for tests of what only a process of its own can show. Of the tasks
 * that it is given it starts one. `gentle` ends that when it is asked to stop, `hang` when it is told to end, `stubborn` never.
 */
const mode = process.env.CHILD_MODE;
const lingua = new RecordingLingua();
const forever = sleep(600_000, undefined, { ref: true });

if (mode === 'gentle' || mode === 'hang' || mode === 'stubborn') {
  lingua.run = async (ids = [], { signal, stop, onEvent, onTask } = {}) => {
    const say = (text: string): boolean => process.stderr.write(`library: ${text}\n`);
    const asked = new Promise<void>((resolve) => {
      stop?.addEventListener('abort', () => {
        say('asked to stop');
        if (mode === 'gentle') resolve();
      });
    });
    const told = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => {
        say('told to end');
        if (mode === 'hang') reject(signal.reason);
      });
    });
    for await (const id of ids) {
      onEvent?.({ type: 'started', taskId: id });
      await Promise.race([asked, told, forever]);
      onTask?.({ ...(await lingua.task(id)), status: 'completed' }, null);
      if (stop?.aborted) break;
    }
    return { total: 1, completed: 1, failed: 0, cancelled: 0 };
  };
}

if (mode === 'waiting') setTimeout(() => process.stderr.write('child: ready\n'), 200);
await start(async () => libraryOf(lingua));
