import type { Library, VoiceLingua, VoiceLinguaOptions } from './api.js';
import { usageError } from './errors.js';
import { defined, type Io } from './io.js';
import { didYouMean, type Settings } from './settings.js';
import type { Ui } from './ui.js';

/** What a command is given. */
export interface Context {
  readonly io: Io;
  readonly ui: Ui;
  readonly settings: Settings;
  /** Options that belong to one command alone, as typed. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Aborted by SIGINT, SIGTERM, or a reader that closed stdout. */
  readonly signal: AbortSignal;
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
  if (settings.isolation === 'process') {
    throw usageError('--isolation process is not in this version: inference runs on threads. Use --isolation thread.');
  }
  const { store, device, jobs, threads, sttModel, mtModel, tokenizer, isolation } = settings;
  return defined({
    store,
    device,
    jobs,
    threads,
    sttModel,
    mtModel,
    tokenizer,
    isolation,
    logger: (entry) => {
      if (entry.level === 'warn') ui.warning(entry.message);
      else if (entry.level === 'error' || io.env.VOICELINGUA_DEBUG) ui.message(`${entry.level}: ${entry.message}`);
    },
  } satisfies { [K in keyof VoiceLinguaOptions]: VoiceLinguaOptions[K] | undefined });
}

/** Target languages: `all` stands for every language that the project promises. */
export async function targetLanguages(context: Context, languages: readonly string[]): Promise<string[]> {
  const { CORE_LANGUAGES, normalizeLanguage } = await context.library();
  const named = languages.filter((language) => language !== 'all').map((language) => normalizeLanguage(language));
  return [...new Set(languages.includes('all') ? [...named, ...CORE_LANGUAGES] : named)];
}

/** Refuses what `--format` cannot mean before any work is done for it. */
export async function checkFormats({ settings, library }: Context): Promise<void> {
  if (settings.format === undefined) return;
  if (settings.out === undefined) throw usageError('--format needs --out DIR to write to.');
  const { FORMAT_NAMES } = await library();
  const unknown = settings.format.find((name) => !FORMAT_NAMES.includes(name));
  if (unknown !== undefined) {
    throw usageError(`--format does not know "${unknown}"${await didYouMean(unknown, FORMAT_NAMES)}`);
  }
}
