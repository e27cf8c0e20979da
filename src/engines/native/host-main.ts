/**
 * Entry of an engine host: a child process with the engines of its parent, whose settings are its first argument (JSON).
 * It lives no longer than its parent: it ends with the channel to it, and on Linux with the parent's thread that started it.
 */
import { toVoiceLinguaError } from '../../domain/errors.js';
import { CRASH_REPORT_FD, type HostReply, type HostRequest } from '../../pool/host-protocol.js';
import { HostServer } from '../../pool/host-server.js';
import { LocalHost, type LocalHostOptions } from './local-host.js';

/** What the parent gives the host. */
export interface HostSettings extends Omit<LocalHostOptions, 'onLog' | 'onChange' | 'onShared'> {
  /** Process id of the parent. */
  readonly parent: number;
  /** Whether the engines' log entries are wanted. */
  readonly log: boolean;
}

const send = (reply: HostReply): void => {
  process.send?.(reply);
};

// Lanes may be blocked in native code, which nothing else can end.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Ctrl-C and a service manager reach the whole group of processes; the parent decides what becomes of the work.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

function serve({ parent, log, ...settings }: HostSettings): void {
  const host: LocalHost = new LocalHost({
    ...settings,
    onLog: log ? (entries) => send({ kind: 'log', entries }) : undefined,
    onChange: () => server.modelsChanged(),
    onShared: (marks) => server.shared(marks),
  });
  host.guardProcess(parent, CRASH_REPORT_FD);
  host.warmUp();
  const onRequest = (listener: (request: HostRequest) => void): void => {
    process.on('message', listener);
  };
  const server: HostServer = new HostServer(host, { send, onRequest }, host.info);
}

try {
  process.title = 'voicelingua-host';
  serve(JSON.parse(process.argv[2] ?? '') as HostSettings);
} catch (error) {
  process.send?.({ kind: 'failed', error: toVoiceLinguaError(error).toJSON() } satisfies HostReply, () =>
    process.exit(0),
  );
}
