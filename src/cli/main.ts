import { type Library, loadLibrary } from './api.js';
import type { Command } from './context.js';
import { EXIT_BY_CATEGORY, EXIT_OK } from './exit-codes.js';
import { Interrupted, Interrupts } from './interrupts.js';
import { type Io, processIo } from './io.js';
import { buildProgram, type Invocation } from './program.js';
import type { CommandName } from './specs.js';

const COMMANDS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.js')).run,
  watch: async () => (await import('./commands/watch.js')).watch,
  transcribe: async () => (await import('./commands/transcribe.js')).transcribe,
  translate: async () => (await import('./commands/translate.js')).translate,
  package: async () => (await import('./commands/package.js')).packageTasks,
  query: async () => (await import('./commands/query.js')).query,
  status: async () => (await import('./commands/status.js')).status,
  history: async () => (await import('./commands/history.js')).history,
  stats: async () => (await import('./commands/stats.js')).stats,
  metrics: async () => (await import('./commands/metrics.js')).metrics,
  'tasks list': async () => (await import('./commands/tasks-list.js')).list,
  'tasks show': async () => (await import('./commands/tasks-show.js')).show,
  'tasks retry': async () => (await import('./commands/tasks-change.js')).retry,
  'tasks cancel': async () => (await import('./commands/tasks-change.js')).cancel,
  'tasks delete': async () => (await import('./commands/tasks-change.js')).remove,
  'tasks prune': async () => (await import('./commands/tasks-prune.js')).prune,
  'memory import': async () => (await import('./commands/memory-import.js')).importMemory,
  'memory export': async () => (await import('./commands/memory-export.js')).exportMemory,
  'memory prune': async () => (await import('./commands/memory-prune.js')).pruneMemory,
  'memory stats': async () => (await import('./commands/memory-stats.js')).memoryStats,
  doctor: async () => (await import('./commands/doctor.js')).doctor,
  demo: async () => (await import('./commands/demo.js')).demo,
};

/**
 * One call of the command line: parses, runs the command, prints, and answers with the exit code.
 * @param argv the arguments after the program's name
 */
export async function main(
  argv: readonly string[],
  io: Io,
  interrupts: Interrupts,
  library: () => Promise<Library> = loadLibrary,
): Promise<number> {
  let exitCode: number = EXIT_OK;
  const program = buildProgram(io, async (invocation) => {
    exitCode = await execute(invocation, io, interrupts, library);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // Commander has printed already; it throws for help and version too.
    if (error instanceof Error && 'exitCode' in error && error.constructor.name === 'CommanderError') {
      return error.exitCode === 0 ? EXIT_OK : EXIT_BY_CATEGORY.usage;
    }
    throw error;
  }
  return exitCode;
}

async function execute(
  invocation: Invocation,
  io: Io,
  interrupts: Interrupts,
  library: () => Promise<Library>,
): Promise<number> {
  const [{ Ui }, { loadConfig, resolveSettings }] = await Promise.all([import('./ui.js'), import('./settings.js')]);
  const { flags } = invocation;
  let ui = new Ui(io, { json: flags.json === true, quiet: flags.quiet === true });
  try {
    const config = await loadConfig(typeof flags.config === 'string' ? flags.config : undefined, io.env, io.cwd);
    const settings = resolveSettings(invocation.settings, flags, io.env, config);
    ui = new Ui(io, settings);
    const command = await COMMANDS[invocation.command]();
    const { stop, signal } = interrupts;
    const graceful = (graceMs: number): void => interrupts.graceful(graceMs);
    const code = await command({ io, ui, settings, flags, stop, signal, graceful, library }, invocation.args);
    return interrupts.exitCode ?? code;
  } catch (error) {
    // What fails because the work was told to end is no failure; while it ends gently, one still is.
    if (interrupts.signal.aborted && interrupts.exitCode !== null) return interrupts.exitCode;
    const code = EXIT_BY_CATEGORY[ui.failure(error).category];
    return interrupts.exitCode ?? code;
  }
}

/** How long the library may take to stop at once after the first request before the process ends without it. */
const STOP_MS = 5000;
/** The same after a second request. */
const STOP_NOW_MS = 700;
/** How long after its grace gentle stopping may take before the work is ended. */
const LATE_MS = 3000;

/** Runs the command line of this process and ends it. */
export async function start(library: () => Promise<Library> = loadLibrary): Promise<void> {
  const interrupts = new Interrupts();
  const exitAfter = (ms: number, reason: Interrupted): void => {
    setTimeout(() => process.exit(reason.exitCode), ms).unref();
  };
  const onSignal = (reason: Interrupted): void => {
    const second = interrupts.stop.aborted;
    const led = interrupts.request(reason);
    if (led === 'ended') process.exit(reason.exitCode);
    if (led === 'ending') exitAfter(second ? STOP_NOW_MS : STOP_MS, reason);
    if (led === 'stopping') {
      const overdue = (): void => {
        interrupts.end(reason);
        exitAfter(STOP_NOW_MS, reason);
      };
      setTimeout(overdue, (interrupts.graceMs ?? 0) + LATE_MS).unref();
    }
  };
  process.on('SIGINT', () => onSignal(new Interrupted('SIGINT')));
  process.on('SIGTERM', () => onSignal(new Interrupted('SIGTERM')));
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      process.stderr.write(`error: Cannot write the results: ${error.message}.\n`);
      process.exit(EXIT_BY_CATEGORY.resource);
    }
    if (interrupts.signal.aborted) return;
    const closed = new Interrupted('EPIPE');
    interrupts.end(closed);
    exitAfter(STOP_MS, closed);
  });
  process.stderr.on('error', () => {});

  const code = await main(process.argv.slice(2), processIo(), interrupts, library);
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(interrupts.exitCode ?? code);
}

// process.exit drops what a pipe has not taken yet.
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) resolve();
    else stream.write('', () => resolve());
  });
