import type { Library, VoiceLingua, VoiceLinguaOptions } from './api.js';
import { usageError } from './errors.js';
import { defined, type Io } from './io.js';
import type { Settings } from './settings.js';
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
  const { store, device, jobs, threads, sttModel, mtModel, tokenizer } = settings;
  return defined({
    store,
    device,
    jobs,
    threads,
    sttModel,
    mtModel,
    tokenizer,
    logger: (entry) => {
      if (entry.level === 'warn') ui.warning(entry.message);
      else if (entry.level === 'error' || io.env.VOICELINGUA_DEBUG) ui.message(`${entry.level}: ${entry.message}`);
    },
  } satisfies { [K in keyof VoiceLinguaOptions]: VoiceLinguaOptions[K] | undefined });
}

/** Target languages: `all` stands for every language that the project promises. */
export async function targetLanguages(context: Context, languages: readonly string[]): Promise<string[]> {
  if (!languages.includes('all')) return [...languages];
  const { CORE_LANGUAGES } = await context.library();
  return [...new Set([...languages.filter((language) => language !== 'all'), ...CORE_LANGUAGES])];
}
