import { type ChildProcess, fork } from 'node:child_process';

/**
 * V8's heaps, one a thread, kept small: little of the work of our children is JavaScript. Together they save some 15 MB of an engine
 * host with three threads.
 */
const SPARING = ['--optimize-for-size', '--max-semi-space-size=1'];

/**
 * Starts a child process from a module of the library, compiled or not, with a channel for messages (structured clones),
 * its stdout and stderr as pipes, and one more pipe as its descriptor 4. It does not take over the caller's own flags nor
 * `NODE_OPTIONS`, which are not for it: a debugger's port can be had once only. A TypeScript loader is registered when
 * the library runs from its sources.
 * All its threads allocate from one heap (glibc; nothing elsewhere): what one thread frees, the next may have.
 */
export function startChild(entry: URL, args: readonly string[]): ChildProcess {
  const typescript = entry.pathname.endsWith('.ts');
  return fork(entry, args, {
    execArgv: [...SPARING, ...(typescript ? ['--import', import.meta.resolve('tsx')] : [])],
    env: { ...process.env, NODE_OPTIONS: '', GLIBC_TUNABLES: tunables(process.env.GLIBC_TUNABLES) },
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
  });
}

function tunables(given: string | undefined): string {
  const ours = 'glibc.malloc.arena_max=1';
  return given === undefined || given === '' ? ours : `${given}:${ours}`;
}
