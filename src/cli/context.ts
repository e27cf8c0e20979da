import { resolve } from 'node:path';
import type { Library, LlmOptions, VoiceLingua, VoiceLinguaOptions } from './api.js';
import { usageError } from './errors.js';
import { defined, displayName, type Io } from './io.js';
import { usableLogFile } from './log-file.js';
import { didYouMean, type Settings } from './settings.js';
import type { Ui } from './ui.js';

/** What a command is given. */
export interface Context {
  readonly io: Io;
  readonly ui: Ui;
  readonly settings: Settings;
  /** Options that belong to one command alone, as typed. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Aborted by a first SIGINT or SIGTERM: a command that called {@link graceful} ends gently. */
  readonly stop: AbortSignal;
  /** Aborted when the work is to end at once: by a second signal, by the first without grace, by a reader that closed stdout. */
  readonly signal: AbortSignal;
  /** From now on the first signal aborts `stop` alone, and `signal` so many milliseconds later if the command still runs. */
  readonly graceful: (graceMs: number) => void;
  readonly library: () => Promise<Library>;
}

/** A command: does its work, prints, and answers with the exit code. */
export type Command = (context: Context, args: readonly string[]) => Promise<number>;

/** Opens the library by the settings, and closes it whatever happens. */
export async function withLibrary<T>(context: Context, work: (lingua: VoiceLingua) => Promise<T>): Promise<T> {
  const { openVoiceLingua } = await context.library();
  context.signal.throwIfAborted();
  const lingua = await openVoiceLingua(openOptions(context));
  try {
    return await work(lingua);
  } finally {
    await lingua.close();
  }
}

function openOptions({ settings, ui, io }: Context): VoiceLinguaOptions {
  const { store, device, jobs, threads, sttModel, mtModel, tokenizer, shortlist, isolation, logLevel } = settings;
  const { maxRetries, memoryWarn, memoryHold, memoryRefuse } = settings;
  return defined({
    store,
    device,
    jobs,
    threads,
    sttModel,
    mtModel,
    tokenizer,
    shortlist,
    llm: chatSettings(settings),
    isolation,
    maxRetries,
    retryBaseMs: settings.retryBase,
    softLimitMs: settings.softLimit,
    hardLimitMs: settings.hardLimit,
    memoryWarn,
    memoryHold,
    memoryRefuse,
    logLevel: logLevel ?? (io.env.VOICELINGUA_DEBUG ? 'debug' : undefined),
    logFile: usableLogFile(settings.logFile, io, ui),
    logger: (entry) => {
      // An error about a task is that task's outcome, which the command reports itself.
      const told = entry.level === 'error' && entry.taskId === undefined;
      if (entry.level === 'warn') ui.warning(displayName(entry.message));
      else if (told || io.env.VOICELINGUA_DEBUG) ui.message(displayName(`${entry.level}: ${entry.message}`));
    },
  } satisfies { [K in keyof VoiceLinguaOptions]: VoiceLinguaOptions[K] | undefined });
}

/** What is said of chat models by options of their own goes before the object of all of it. */
function chatSettings({ llm, llmBaseUrl, llmBudget }: Context['settings']): LlmOptions | undefined {
  if (llm === undefined && llmBaseUrl === undefined && llmBudget === undefined) return undefined;
  return { ...llm, ...defined({ baseUrl: llmBaseUrl, budget: llmBudget }) };
}

/** Target languages: `all` stands for every language that the project promises. */
export async function targetLanguages(context: Context, languages: readonly string[]): Promise<string[]> {
  const { CORE_LANGUAGES, normalizeLanguage } = await context.library();
  const named = languages.filter((language) => language !== 'all').map((language) => normalizeLanguage(language));
  return [...new Set(languages.includes('all') ? [...named, ...CORE_LANGUAGES] : named)];
}

/** The glossary and the use of the translation memory, as the library takes them. */
export function termOptions({ settings, io }: Context): { glossary?: string; memory?: boolean } {
  const { glossary, memory } = settings;
  return defined({ glossary: glossary === undefined ? undefined : resolve(io.cwd, glossary), memory });
}

/** Refuses what `--format` cannot mean before any work is done for it. */
export async function checkFormats({ settings, library }: Context): Promise<void> {
  if (settings.format === undefined) return;
  if (settings.out === undefined) throw usageError('--format needs --out DIR to write to.');
  const { FORMAT_NAMES } = await library();
  if (settings.format.includes('all')) settings.format = [...FORMAT_NAMES];
  const unknown = settings.format.find((name) => !FORMAT_NAMES.includes(name));
  if (unknown !== undefined) {
    throw usageError(`--format does not know "${unknown}"${await didYouMean(unknown, FORMAT_NAMES)}`);
  }
}
