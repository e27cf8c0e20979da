import { type Library, loadLibrary } from './api.js';
import type { Command } from './context.js';
import { EXIT_BY_CATEGORY, EXIT_BY_SIGNAL, EXIT_OK } from './exit-codes.js';
import { type Io, processIo } from './io.js';
import { buildProgram, type Invocation } from './program.js';

const COMMANDS: Readonly<Record<Invocation['command'], () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.js')).run,
  transcribe: async () => (await import('./commands/transcribe.js')).transcribe,
  translate: async () => (await import('./commands/translate.js')).translate,
  package: async () => (await import('./commands/package.js')).packageTasks,
  query: async () => (await import('./commands/query.js')).query,
  'tasks list': async () => (await import('./commands/tasks.js')).list,
  'tasks show': async () => (await import('./commands/tasks.js')).show,
  'tasks cancel': async () => (await import('./commands/tasks.js')).cancel,
  doctor: async () => (await import('./commands/doctor.js')).doctor,
  demo: async () => (await import('./commands/demo.js')).demo,
};

/** Why the work was stopped from outside. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(readonly by: keyof typeof EXIT_BY_SIGNAL | 'EPIPE') {
    super(`stopped by ${by}`);
  }

  get exitCode(): number {
    return this.by === 'EPIPE' ? EXIT_OK : EXIT_BY_SIGNAL[this.by];
  }
}

/**
 * One call of the command line: parses, runs the command, prints, and answers with the exit code.
 * @param argv the arguments after the program's name
 */
export async function main(
  argv: readonly string[],
  io: Io,
  signal: AbortSignal,
  library: () => Promise<Library> = loadLibrary,
): Promise<number> {
  let exitCode: number = EXIT_OK;
  const program = buildProgram(io, async (invocation) => {
    exitCode = await execute(invocation, io, signal, library);
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
  signal: AbortSignal,
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
    return await command({ io, ui, settings, flags, signal, library }, invocation.args);
  } catch (error) {
    if (signal.aborted) return signal.reason instanceof Interrupted ? signal.reason.exitCode : EXIT_BY_SIGNAL.SIGINT;
    return EXIT_BY_CATEGORY[ui.failure(error).category];
  }
}

/** How long the library may take to stop after a signal before the process ends without it. */
const STOP_MS = 5000;

/** Runs the command line of this process and ends it. */
export async function start(library: () => Promise<Library> = loadLibrary): Promise<void> {
  const controller = new AbortController();
  const stop = (reason: Interrupted) => {
    if (controller.signal.aborted) process.exit(reason.exitCode);
    controller.abort(reason);
    setTimeout(() => process.exit(reason.exitCode), STOP_MS).unref();
  };
  process.on('SIGINT', () => stop(new Interrupted('SIGINT')));
  process.on('SIGTERM', () => stop(new Interrupted('SIGTERM')));
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      process.stderr.write(`error: Cannot write the results: ${error.message}.\n`);
      process.exit(EXIT_BY_CATEGORY.resource);
    }
    if (!controller.signal.aborted) stop(new Interrupted('EPIPE'));
  });
  process.stderr.on('error', () => {});

  const code = await main(process.argv.slice(2), processIo(), controller.signal, library);
  const { reason, aborted } = controller.signal;
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(aborted && reason instanceof Interrupted ? reason.exitCode : code);
}

// process.exit drops what a pipe has not taken yet.
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) resolve();
    else stream.write('', () => resolve());
  });
