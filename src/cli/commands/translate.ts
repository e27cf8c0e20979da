import type { VoiceLingua } from '../api.js';
import { Batch } from '../batch/outcome.js';
import { type Context, targetLanguages, termOptions, withLibrary } from '../context.js';
import { tellCosts } from '../costs.js';
import { documentInputs, TEXT_FORMATS, type TextFormat } from '../documents.js';
import { isAbout, usageError } from '../errors.js';
import { batchExitCode } from '../exit-codes.js';
import { defined, lineGroups, readBytes } from '../io.js';
import type { DocumentWork } from './translate-documents.js';

/** Lines of one call to the library: enough to fill its batches, few enough to print soon and to stop soon. */
const GROUP = 64;

/** More of stdin is not read: the library refuses what has more, by its size. */
const MAX_STDIN_BYTES = 17 * 1024 * 1024;

/**
 * `voicelingua translate`: translations in the order of the texts, one line for each text and language; documents with their
 * structure.
 */
export async function translate(context: Context, args: readonly string[]): Promise<number> {
  const { io, ui, settings, flags } = context;
  const format = formatOf(flags.format);
  if (settings.to === undefined) throw usageError('translate needs target languages: --to de, or --to de,fr,zh-tw.');
  const fromStdin = args.includes('-') || (args.length === 0 && io.stdin.isTTY !== true);
  if (args.includes('-') && args.length > 1) throw usageError('"-" reads texts from stdin and stands alone.');
  if (args.length === 0 && !fromStdin) throw usageError('translate needs a text, or - to read one a line from stdin.');
  const languages = await targetLanguages(context, settings.to);
  const structured = format === 'text' ? undefined : format;
  const documents = fromStdin ? await stdinDocument(context, structured) : await documentInputs(args, format, io.cwd);
  if (documents !== null) {
    const { translateDocuments } = await import('./translate-documents.js');
    return await translateDocuments(context, documents, languages, structured);
  }
  if (structured === 'srt' || structured === 'vtt') {
    throw usageError(`--format ${structured} is for files and stdin, and "${args[0]}" is no file.`);
  }
  if (flags.out !== undefined) throw usageError('--out is for documents; translations of texts go to stdout.');
  const batch = new Batch(ui);
  const translator = new LineTranslator(context, languages, batch);
  await withLibrary(context, async (lingua) => {
    if (fromStdin) for await (const lines of lineGroups(io.stdin)) await translator.translate(lingua, lines);
    else await translator.translate(lingua, args);
    await tellCosts(context, lingua);
  });
  ui.summary(batch.summary());
  return batchExitCode(batch.completed, batch.failures);
}

function formatOf(given: unknown): TextFormat | undefined {
  if (given === undefined) return undefined;
  const found = TEXT_FORMATS.find((name) => name === given);
  if (found === undefined) throw usageError(`--format is one of ${TEXT_FORMATS.join(', ')}; got "${String(given)}".`);
  return found;
}

/** All of stdin as one document; null when it holds texts, one a line. */
async function stdinDocument(
  { io }: Context,
  format: Exclude<TextFormat, 'text'> | undefined,
): Promise<readonly DocumentWork[] | null> {
  return format === undefined ? null : [{ name: 'stdin', bytes: await readBytes(io.stdin, MAX_STDIN_BYTES) }];
}

class LineTranslator {
  #index = 0;
  /** Warnings that were given: groups of lines say the same. */
  readonly #told = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly languages: readonly string[],
    private readonly batch: Batch,
  ) {}

  async translate(lingua: VoiceLingua, texts: readonly string[]): Promise<void> {
    for (let at = 0; at < texts.length; at += GROUP) await this.#group(lingua, texts.slice(at, at + GROUP));
  }

  async #group(lingua: VoiceLingua, texts: readonly string[]): Promise<void> {
    const { settings, flags, signal } = this.context;
    signal.throwIfAborted();
    const units = texts.map((text, index) => ({ id: String(index), text })).filter(({ text }) => text.trim() !== '');
    const byLanguage = new Map<string, Map<string, Translated>>();
    if (units.length > 0) {
      try {
        const set = await lingua.translate(
          units,
          defined({
            to: this.languages,
            from: settings.language,
            format: flags.format === 'html' ? 'html' : undefined,
            beamSize: settings.beamSize,
            ...termOptions(this.context),
            model: settings.mtModel,
            priority: settings.priority,
            signal,
          }),
        );
        for (const [language, translation] of Object.entries(set.languages)) {
          byLanguage.set(language, new Map(translation.units.map((unit) => [unit.id, unit])));
        }
        for (const warning of set.warnings) this.#warn(warning);
      } catch (error) {
        signal.throwIfAborted();
        // Every other group would fail of it too.
        if (isAbout(error, termOptions(this.context).glossary)) throw error;
        this.#fail(error, texts);
        return;
      }
    }
    texts.forEach((text, index) => {
      this.#print(text, String(index), byLanguage);
    });
  }

  #warn(warning: string): void {
    if (!this.#told.has(warning)) this.context.ui.warning(warning);
    this.#told.add(warning);
  }

  // Blank lines stay blank, so that line numbers of input and output agree.
  #print(text: string, id: string, byLanguage: ReadonlyMap<string, ReadonlyMap<string, Translated>>): void {
    const { ui } = this.context;
    const languages = byLanguage.size > 0 ? [...byLanguage.keys()] : this.languages;
    const found = languages.map((language) => ({ language, ...(byLanguage.get(language)?.get(id) ?? BLANK) }));
    for (const { language, text: translated } of found) {
      const line = translated.replace(/\s*[\r\n]+\s*/g, ' ');
      ui.result(this.languages.length > 1 ? `${language}\t${line}` : line);
    }
    ui.record({
      type: 'translation',
      index: this.#index,
      text,
      translations: Object.fromEntries(
        found.map(({ language, text: content, confidence, suspect }) => [
          language,
          { content, confidence, ...(suspect === undefined ? {} : { suspect }) },
        ]),
      ),
    });
    this.#index += 1;
    this.batch.done();
  }

  #fail(error: unknown, texts: readonly string[]): void {
    const [first] = texts;
    const more = texts.length > 1 ? ` and ${texts.length - 1} more` : '';
    this.batch.failed(error, `text ${this.#index + 1} ("${(first ?? '').slice(0, 40)}"${more})`);
    for (let missing = 1; missing < texts.length; missing += 1)
      this.batch.failures.push(this.batch.failures.at(-1) ?? 'internal');
    this.#index += texts.length;
  }
}

interface Translated {
  readonly text: string;
  readonly confidence: number;
  readonly suspect?: string;
}

const BLANK: Translated = { text: '', confidence: 1 };
