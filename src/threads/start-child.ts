import { type ChildProcess, fork } from 'node:child_process';

/**
 * Starts a child process from a module of the library, compiled or not, with a channel for messages (structured clones),
 * its stdout and stderr as pipes, and one more pipe as its descriptor 4. It does not take over the caller's own flags nor
 * `NODE_OPTIONS`, which are not for it: a debugger's port can be had once only. A TypeScript loader is registered when
 * the library runs from its sources.
 * All its threads allocate from one heap, which keeps freed memory, however large the block (glibc; nothing elsewhere). CTranslate2 asks
 * for blocks of up to hundreds of megabytes in each layer and step and frees them again; the system would clear every page of them
 * anew, which takes a third of the time of Whisper's encoder.
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

/** Above any block; a heap's end is given back by `trimMemory` of the addon alone. */
const NEVER_TRIMMED = 2 ** 40;

function tunables(given: string | undefined): string {
  const ours = ['arena_max=1', 'mmap_max=0', `trim_threshold=${NEVER_TRIMMED}`].map((one) => `glibc.malloc.${one}`);
  return [given, ...ours].filter((part) => part !== undefined && part !== '').join(':');
}
