import { type ChildProcess, fork } from 'node:child_process';

/**
 * Starts a child process from a module of the library, compiled or not, with a channel for messages (structured clones),
 * its stdout and stderr as pipes, and one more pipe as its descriptor 4. It does not take over the caller's own flags nor
 * `NODE_OPTIONS`, which are not for it: a debugger's port can be had once only. A TypeScript loader is registered when
 * the library runs from its sources.
 * All its threads allocate from one heap (glibc; nothing elsewhere): those of others give large blocks back to the system when they
 * are freed, and the engines free them to ask for them again.
 */
export function startChild(entry: URL, args: readonly string[]): ChildProcess {
  const typescript = entry.pathname.endsWith('.ts');
  return fork(entry, args, {
    execArgv: typescript ? ['--import', import.meta.resolve('tsx')] : [],
    env: { ...process.env, NODE_OPTIONS: '', GLIBC_TUNABLES: tunables(process.env.GLIBC_TUNABLES) },
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
  });
}

function tunables(given: string | undefined): string {
  return [given, 'glibc.malloc.arena_max=1'].filter((part) => part !== undefined && part !== '').join(':');
}
