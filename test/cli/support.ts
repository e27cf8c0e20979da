import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { VoiceLingua, VoiceLinguaOptions } from '../../src/api-types.js';
import type { Library } from '../../src/cli/api.js';
import { Interrupts } from '../../src/cli/interrupts.js';
import { main } from '../../src/cli/main.js';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { CORE_LANGUAGES, normalizeLanguage } from '../../src/domain/language.js';
import { outputPath } from '../../src/domain/text-id.js';

export { RecordingLingua, taskRecord } from './recording-lingua.js';

export class Sink extends Writable {
  text = '';

  constructor(readonly isTTY = false) {
    super();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }

  // What cli-progress asks of a terminal.
  cursorTo(): void {}
  clearLine(): void {}
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as JSON lines. */
  records(): Array<Record<string, unknown>>;
}

export interface CliOptions {
  readonly lingua?: VoiceLingua;
  readonly stdin?: string | Readable;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly interrupts?: Interrupts;
  readonly opened?: VoiceLinguaOptions[];
  /** Whether stdout and stderr are a terminal. */
  readonly terminal?: boolean;
  /** Where stdout and stderr go, to look at them while the command runs. */
  readonly stdout?: Sink;
  readonly stderr?: Sink;
}

/** The library's pure parts, and `lingua` as what is opened; without one, opening it is a failure. */
export function libraryOf(lingua: VoiceLingua | undefined, opened: VoiceLinguaOptions[] = []): Library {
  return {
    CORE_LANGUAGES,
    FORMAT_NAMES: ['json', 'srt', 'vtt', 'txt'],
    normalizeLanguage,
    outputPath,
    openVoiceLingua: async (given) => {
      opened.push(given ?? {});
      if (lingua === undefined) throw new VoiceLinguaError('INTERNAL', 'the library was opened');
      return lingua;
    },
  };
}

/** Runs the command line in this process, with a library that is given. */
export async function cli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const stdout = options.stdout ?? new Sink(options.terminal);
  const stderr = options.stderr ?? new Sink(options.terminal);
  const io = {
    stdin: typeof options.stdin === 'object' ? options.stdin : Readable.from([Buffer.from(options.stdin ?? '')]),
    stdout,
    stderr,
    env: { HOME: '/nonexistent', VOICELINGUA_LOG_FILE: 'none', ...options.env },
    cwd: options.cwd ?? process.cwd(),
  };
  const library = libraryOf(options.lingua, options.opened);
  const code = await main(argv, io, options.interrupts ?? new Interrupts(), async () => library);
  return { code, stdout: stdout.text, stderr: stderr.text, records: () => records(stdout.text) };
}

export const records = (text: string): Array<Record<string, unknown>> =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** A folder that is gone after `work`. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'voicelingua-cli-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
