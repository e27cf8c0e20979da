import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { MAX_MEMORY_TEXT } from '../../domain/translation-memory.js';
import { tmxError } from './failures.js';
import { CHARACTER_TYPE } from './vocabulary.js';

/** Deepest nesting of elements, and most texts of a unit and most characters between two marks of XML, of a file that is no attack. */
const MAX_DEPTH = 64;
const MAX_VARIANTS = 1_000;
const MAX_TOKEN = 4 * 1024 * 1024;

/** What becomes of inline codes (`bpt`, `ept`, `it`, `ph`, `ut`): they hold formatting of the original file, as text. */
export type InlineCodes = 'drop' | 'text';

const CODES: ReadonlySet<string> = new Set(['bpt', 'ept', 'it', 'ph', 'ut']);

export interface TmxVariant {
  /** As the file says; empty when it does not. */
  readonly language: string;
  /** Null when it is longer than the memory takes. */
  readonly text: string | null;
}

export interface TmxUnit {
  /** The language that the others are translations of, as the unit or else the file says; empty when neither does. */
  readonly source: string;
  readonly props: ReadonlyMap<string, string>;
  readonly variants: readonly TmxVariant[];
}

type Attributes = Readonly<Record<string, string>>;

/** Text that stops growing when it is too long. */
class Text {
  value: string | null = '';
  /** Whether codes were just left out. */
  #joint = false;

  append(text: string): void {
    if (this.value === null) return;
    // `a <ph/> b` without its code is `a b`.
    const joined = this.#joint && /\s$/.test(this.value) ? text.trimStart() : text;
    this.#joint = false;
    this.value += joined;
    if (this.value.length > MAX_MEMORY_TEXT) this.value = null;
  }

  leaveOut(): void {
    this.#joint = true;
  }
}

/**
 * Takes a TMX document in pieces and gives its units. Text of a segment stays as it is, `hi` and unknown elements stand for what they
 * hold, codes are left out or kept as text. Document types are not read and no entities are but XML's own five, so that nothing is
 * fetched and nothing expands.
 */
export class TmxParser {
  readonly #xml = new SaxesParser();
  readonly #path: string[] = [];
  #units: TmxUnit[] = [];
  #fileSource = '';
  #unitSource = '';
  #props = new Map<string, string>();
  #variants: TmxVariant[] = [];
  #language = '';
  #segment: Text | null = null;
  /** The property or placeholder whose text is being read. */
  #held: { readonly type: string; readonly text: Text } | null = null;
  /** How many codes are open around the present text. */
  #codes = 0;
  #token = 0;

  /** @param name the file, for messages */
  constructor(
    private readonly name: string,
    private readonly inline: InlineCodes,
  ) {
    this.#xml.on('doctype', (doctype) => {
      if (doctype.includes('[')) {
        this.#refuse(
          'INPUT_UNSUPPORTED_FORMAT',
          'it brings a document type of its own, which is not read. Remove it from the file.',
        );
      }
    });
    this.#xml.on('opentag', (tag) => this.#open(tag));
    this.#xml.on('closetag', ({ name: element }) => this.#close(element));
    this.#xml.on('text', (text) => this.#text(text));
    this.#xml.on('cdata', (text) => this.#text(text));
    for (const event of ['comment', 'processinginstruction', 'xmldecl'] as const) {
      this.#xml.on(event, () => {
        this.#token = 0;
      });
    }
  }

  /** Units that end in this piece. */
  feed(text: string): TmxUnit[] {
    this.#token += text.length;
    this.#do(() => this.#xml.write(text));
    if (this.#token > MAX_TOKEN) {
      this.#refuse('INPUT_TOO_LARGE', `it has more than ${MAX_TOKEN} characters without an element. Is it TMX?`);
    }
    const units = this.#units;
    this.#units = [];
    return units;
  }

  /** @throws {VoiceLinguaError} `INPUT_CORRUPT` when the document is not whole */
  end(): void {
    this.#do(() => this.#xml.close());
  }

  #do(action: () => void): void {
    try {
      action();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // `12:7: unclosed tag: tu`
      const found = /^(\d+):(\d+): (.*?)\.?$/s.exec(message);
      if (found === null) throw error;
      const [, line, column, reason] = found;
      throw tmxError(
        'INPUT_CORRUPT',
        this.name,
        `line ${line}, column ${column}: ${reason}. Export it again, or correct the XML there.`,
        { line: Number(line), column: Number(column) },
        error,
      );
    }
  }

  #refuse(code: 'INPUT_UNSUPPORTED_FORMAT' | 'INPUT_TOO_LARGE', reason: string): never {
    throw tmxError(code, this.name, reason, { line: this.#xml.line });
  }

  #open({ name: element, attributes }: SaxesTagPlain): void {
    this.#token = 0;
    if (this.#path.length === 0) this.#root(element, attributes);
    this.#path.push(element);
    if (this.#path.length > MAX_DEPTH)
      this.#refuse('INPUT_TOO_LARGE', `its elements are nested more than ${MAX_DEPTH} deep.`);
    if (this.#segment !== null) this.#openInline(element, attributes);
    else if (element === 'header') this.#fileSource = attributes.srclang ?? '';
    else if (element === 'tu') {
      this.#unitSource = attributes.srclang ?? this.#fileSource;
      this.#props = new Map();
      this.#variants = [];
    } else if (element === 'prop' && this.#path.at(-2) === 'tu') {
      this.#held = { type: attributes.type ?? '', text: new Text() };
    } else if (element === 'tuv') this.#language = attributes['xml:lang'] ?? attributes.lang ?? '';
    else if (element === 'seg' && this.#path.at(-2) === 'tuv') this.#segment = new Text();
  }

  #root(element: string, { version = '' }: Attributes): void {
    if (element !== 'tmx') {
      this.#refuse('INPUT_UNSUPPORTED_FORMAT', `it is not TMX: its first element is <${element}>, not <tmx>.`);
    }
    if (!/^1\.\d/.test(version)) {
      this.#refuse('INPUT_UNSUPPORTED_FORMAT', `it is TMX ${version || 'without a version'}; versions 1.x are read.`);
    }
  }

  #openInline(element: string, { type }: Attributes): void {
    if (element === 'ph' && type === CHARACTER_TYPE && this.#held === null) {
      this.#held = { type: CHARACTER_TYPE, text: new Text() };
    } else if (CODES.has(element)) this.#codes += 1;
  }

  #text(text: string): void {
    this.#token = 0;
    if (this.#held !== null) this.#held.text.append(text);
    else if (this.#segment === null) return;
    else if (this.#codes === 0 || this.inline === 'text') this.#segment.append(text);
  }

  #close(element: string): void {
    this.#token = 0;
    this.#path.pop();
    if (this.#held !== null && (element === 'prop' || element === 'ph')) this.#endHeld(this.#held);
    else if (this.#segment !== null && element === 'seg') {
      if (this.#variants.length === MAX_VARIANTS) {
        this.#refuse('INPUT_TOO_LARGE', `a unit has more than ${MAX_VARIANTS} texts.`);
      }
      this.#variants.push({ language: this.#language, text: this.#segment.value });
      this.#segment = null;
    } else if (this.#segment !== null && CODES.has(element)) {
      this.#codes -= 1;
      if (this.#codes === 0 && this.inline === 'drop') this.#segment.leaveOut();
    } else if (element === 'tu') {
      this.#units.push({ source: this.#unitSource, props: this.#props, variants: this.#variants });
    }
  }

  #endHeld({ type, text }: { readonly type: string; readonly text: Text }): void {
    this.#held = null;
    if (this.#segment === null) this.#props.set(type, text.value ?? '');
    else if (this.#codes === 0) this.#segment.append(characterOf(text.value));
  }
}

function characterOf(text: string | null): string {
  const number = Number.parseInt(/^U\+([0-9A-F]{4,6})$/.exec(text ?? '')?.[1] ?? 'FFFD', 16);
  const character = number <= 0x10_ffff && (number < 0xd800 || number > 0xdfff);
  return String.fromCodePoint(character ? number : 0xfffd);
}
