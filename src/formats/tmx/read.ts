import { normalizeLanguage } from '../../domain/language.js';
import { IMPORTED_MODEL, type NewMemoryEntry } from '../../domain/translation-memory.js';
import { decodedXml } from './decode.js';
import { type InlineCodes, TmxParser, type TmxUnit, type TmxVariant } from './parser.js';
import { ANY_LANGUAGE, PROP_CONFIDENCE, PROP_MODEL, PROP_OPTIONS } from './vocabulary.js';

/** Largest file unless another limit is given, bytes. */
const DEFAULT_MAX_BYTES = 2 * 1024 ** 3;
const BATCH = 500;

export interface TmxReadOptions {
  /** The file, for messages. */
  readonly name: string;
  /** Only translations from these languages. Defaults to all. */
  readonly sources?: readonly string[];
  /** Only translations into these languages. Defaults to all. */
  readonly targets?: readonly string[];
  /** What becomes of inline codes, which hold formatting of the file that was translated. Defaults to `drop`. */
  readonly inline?: InlineCodes;
  /**
   * Brings our own export back as it was: units keep the model, options and confidence that the file names, and white space at their
   * ends. Otherwise, the default, they are imports of the model `imported`, with the confidence 1, and trimmed as sentences are.
   */
  readonly restore?: boolean;
  /** Larger files are refused, bytes. Defaults to 2 GiB. */
  readonly maxBytes?: number;
}

/** Why a translation of a file did not become an entry. */
export type TmxSkip =
  /** A text of the pair is missing or empty, or the unit does not say which one is the source. */
  | 'incomplete'
  /** A code that is no language's. */
  | 'language'
  /** Both texts are of one language to us (`en-US` and `en-GB`). */
  | 'sameLanguage'
  | 'tooLong'
  /** Not of the languages asked for. */
  | 'unwanted';

export interface TmxCounts {
  readonly units: number;
  readonly entries: number;
  readonly skipped: Readonly<Record<TmxSkip, number>>;
}

/**
 * The entries of a TMX file, read once and as they come. Each text of a unit that is not its source's becomes an entry. Where the unit and
 * the file leave the source open (`*all*`), it is the first text.
 *
 * Iterating throws `INPUT_CORRUPT` for what is not well-formed or cut off, with line and column, `INPUT_UNSUPPORTED_FORMAT` for what is
 * not TMX 1.x or brings a document type of its own, and `INPUT_TOO_LARGE`.
 */
export class TmxReader implements AsyncIterable<readonly NewMemoryEntry[]> {
  #units = 0;
  #entries = 0;
  readonly #skipped: Record<TmxSkip, number> = {
    incomplete: 0,
    language: 0,
    sameLanguage: 0,
    tooLong: 0,
    unwanted: 0,
  };
  readonly #languages = new Map<string, string | null>();

  constructor(
    private readonly chunks: AsyncIterable<Uint8Array>,
    private readonly options: TmxReadOptions,
  ) {}

  /** Of what was read so far. */
  get counts(): TmxCounts {
    return { units: this.#units, entries: this.#entries, skipped: { ...this.#skipped } };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly NewMemoryEntry[]> {
    const { name, inline = 'drop', maxBytes = DEFAULT_MAX_BYTES } = this.options;
    const parser = new TmxParser(name, inline);
    let batch: NewMemoryEntry[] = [];
    for await (const text of decodedXml(this.chunks, name, maxBytes)) {
      for (const unit of parser.feed(text)) {
        this.#units += 1;
        batch.push(...this.#entriesOf(unit));
        if (batch.length < BATCH) continue;
        yield batch;
        batch = [];
      }
    }
    parser.end();
    if (batch.length > 0) yield batch;
  }

  #entriesOf(unit: TmxUnit): NewMemoryEntry[] {
    const from = this.#sourceOf(unit);
    const others = unit.variants.filter((variant) => variant !== from);
    if (from === undefined || others.length === 0) {
      this.#skipped.incomplete += 1;
      return [];
    }
    const entries: NewMemoryEntry[] = [];
    for (const to of others) {
      const made = this.#entry(unit, from, to);
      if (typeof made === 'string') this.#skipped[made] += 1;
      else entries.push(made);
    }
    this.#entries += entries.length;
    return entries;
  }

  #sourceOf({ source, variants }: TmxUnit): TmxVariant | undefined {
    if (source === '' || source.toLowerCase() === ANY_LANGUAGE) return variants[0];
    const exact = variants.find(({ language }) => language.toLowerCase() === source.toLowerCase());
    const code = this.#language(source);
    return exact ?? variants.find(({ language }) => code !== null && this.#language(language) === code);
  }

  #entry({ props }: TmxUnit, from: TmxVariant, to: TmxVariant): NewMemoryEntry | TmxSkip {
    const { sources, targets, restore = false } = this.options;
    const source = this.#language(from.language);
    const target = this.#language(to.language);
    if (source === null || target === null) return 'language';
    if (source === target) return 'sameLanguage';
    if (sources?.includes(source) === false || targets?.includes(target) === false) return 'unwanted';
    if (from.text === null || to.text === null) return 'tooLong';
    if (restore) {
      const model = props.get(PROP_MODEL) || IMPORTED_MODEL;
      const options = props.get(PROP_OPTIONS) ?? '';
      return { text: from.text, source, target, model, options, translation: to.text, confidence: confidenceOf(props) };
    }
    const text = from.text.trim();
    const translation = to.text.trim();
    if (text === '' || translation === '') return 'incomplete';
    return { text, source, target, model: IMPORTED_MODEL, options: '', translation, confidence: 1 };
  }

  /** Our code for a language of the file; null for what is none. */
  #language(code: string): string | null {
    const known = this.#languages.get(code);
    if (known !== undefined) return known;
    let language: string | null = null;
    try {
      language = normalizeLanguage(code);
    } catch {
      // Left out and counted: one odd code is no reason to refuse a file.
    }
    this.#languages.set(code, language);
    return language;
  }
}

function confidenceOf(props: ReadonlyMap<string, string>): number {
  const confidence = Number(props.get(PROP_CONFIDENCE) ?? 1);
  return confidence >= 0 && confidence <= 1 ? confidence : 1;
}
