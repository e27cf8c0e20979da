/** A lane for the pool's own tests: real worker thread and protocol, no engines. */
import { workerData } from 'node:worker_threads';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { serveLane } from '../../src/pool/lane-server.js';

const { flags } = workerData as { flags: Int32Array };
const held = new Set<string>();

serveLane({
  echo: ({ value }: { value: unknown }) => value,
  progress: (_params, onProgress) => {
    onProgress(0.5);
    onProgress(1);
    return 'done';
  },
  fail: () => {
    throw new VoiceLinguaError('MODEL_INVALID', 'no model', { details: { path: 'x' } });
  },
  die: () => process.exit(3),
  /** Keeps a name, as a lane keeps a model; answers whether it had to. */
  hold: ({ name }: { name: string }) => {
    const fresh = !held.has(name);
    held.add(name);
    return fresh;
  },
  /** Calls that were joined: answers which came together. Fails or dies when told to by one of them. */
  joined: ({ items, token }: { items: readonly string[]; token: number }) => {
    if (items.includes('block')) {
      Atomics.add(flags, 0, 1);
      Atomics.notify(flags, 0);
      Atomics.wait(flags, token, 0);
      throw new VoiceLinguaError('CANCELLED', 'stopped by its token');
    }
    if (items.includes('fail')) throw new VoiceLinguaError('ENGINE_FAILED', `failed with ${items.join(' ')}`);
    if (items.includes('die')) process.exit(3);
    return items.map((item) => `${item} of ${items.join(' ')}`);
  },
  drop: ({ name }: { name: string }) => held.delete(name),
  /** Deaf to its token. */
  hang: ({ ms }: { ms: number }) => {
    Atomics.add(flags, 0, 1);
    Atomics.notify(flags, 0);
    Atomics.wait(flags, 255, 0, ms);
    return 'came back';
  },
  /** Blocks like a native call: until its token's flag is set. */
  block: ({ token }: { token: number }) => {
    Atomics.add(flags, 0, 1);
    Atomics.notify(flags, 0);
    Atomics.wait(flags, token, 0);
    throw new VoiceLinguaError('CANCELLED', 'stopped by its token');
  },
});
