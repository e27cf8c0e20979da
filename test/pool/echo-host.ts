/** A host for the pool's own tests: real process, channel and lanes, no engines. */
import type { HostReply, HostRequest } from '../../src/pool/host-protocol.js';
import { type HostedPool, HostServer } from '../../src/pool/host-server.js';
import { LanePool, type LanePoolCall } from '../../src/pool/lane-pool.js';
import type { HostStatus } from '../../src/pool/pool.js';

const settings = JSON.parse(process.argv[2] ?? '{}') as { refuse?: boolean; generation: number };
const flags = new Int32Array(new SharedArrayBuffer(4 * 1024));
const send = (reply: HostReply): void => {
  process.send?.(reply);
};
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));

let growth = 0;
let models: string[] = [];
let nextToken = 1;
const lanes = new LanePool({
  worker: new URL('./echo-lane.ts', import.meta.url),
  lanes: 2,
  workerData: { flags },
  tokens: {
    create: () => nextToken++,
    cancel: (token) => {
      Atomics.store(flags, token, 1);
      Atomics.notify(flags, token);
    },
    release: () => undefined,
  },
});

const released: string[] = [];

const host: HostedPool = {
  run: async <T>(call: LanePoolCall): Promise<T> => {
    const { method, params } = call;
    const answers: Record<string, () => unknown> = {
      generation: () => settings.generation,
      released: () => released,
      params: () => params,
      exit: () => process.exit(params.code as number),
      kill: () => process.kill(process.pid, 'SIGKILL'),
      stderr: () => process.stderr.write(params.text as string),
      grow: () => {
        growth += params.bytes as number;
      },
      load: () => {
        models = params.models as string[];
        server.modelsChanged();
      },
      log: () => send({ kind: 'log', entries: [{ level: 'info', source: 'voicelingua', message: 'hello' }] }),
    };
    const answer = answers[method];
    return (answer === undefined ? await lanes.run(call) : answer()) as T;
  },
  kill: () => undefined,
  release: (group) => {
    released.push(group);
  },
  loadedModels: () => models,
  status: (): HostStatus => ({ models, rss: 1e6, growth }),
  close: () => lanes.close(),
};

let server: HostServer;
if (settings.refuse) {
  const error = { code: 'NATIVE_LOAD_FAILED', message: 'no addon', retryable: false, details: {} } as const;
  process.send?.({ kind: 'failed', error } satisfies HostReply, () => process.exit(0));
} else {
  const onRequest = (listener: (request: HostRequest) => void): void => {
    process.on('message', listener);
  };
  server = new HostServer(host, { send, onRequest }, { pid: process.pid });
}
