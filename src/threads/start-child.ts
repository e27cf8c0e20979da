import { type ChildProcess, fork } from 'node:child_process';

/**
 * Starts a child process from a module of the library, compiled or not, with a channel for messages (structured clones),
 * its stdout and stderr as pipes, and one more pipe as its descriptor 4. It does not take over the caller's own flags nor
 * `NODE_OPTIONS`, which are not for it: a debugger's port can be had once only. A TypeScript loader is registered when
 * the library runs from its sources.
 */
export function startChild(entry: URL, args: readonly string[]): ChildProcess {
  const typescript = entry.pathname.endsWith('.ts');
  return fork(entry, args, {
    execArgv: typescript ? ['--import', import.meta.resolve('tsx')] : [],
    env: { ...process.env, NODE_OPTIONS: '' },
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
  });
}
