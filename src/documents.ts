import { stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkDiskSpace } from './admission/disk-space.js';
import type {
  DocumentSource,
  DocumentTranslation,
  LanguageTranslation,
  TranslateDocumentOptions,
  TranslatedDocument,
  TranslationSet,
} from './api-types.js';
import type { DocumentParts } from './document-parts.js';
import type { DocumentReader } from './document-reader.js';
import type { DocumentFormatName } from './domain/document-format.js';
import { VoiceLinguaError } from './domain/errors.js';
import { invalidArgument } from './domain/options.js';
import { outputPath } from './domain/text-id.js';
import type { TranslatedUnit, Unit } from './domain/unit.js';
import {
  checkDocumentSize,
  type DocumentText,
  decodedDocument,
  documentText,
  markedAs,
  readDocumentFile,
} from './formats/documents/read-file.js';
import { documentFormat } from './formats/documents/registry.js';
import { writeFileAtomic } from './formats/write-file.js';

/** A document that was read. */
export interface OpenDocument {
  readonly format: DocumentFormatName;
  /** Absolute path of its file; null for a text. */
  readonly path: string | null;
  /** Its name without folder and ending. */
  readonly stem: string;
  /** The ending of what is written, with its stop. */
  readonly ending: string;
  readonly content: DocumentText;
  readonly parts: DocumentParts;
}

/**
 * Reads a document.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT`, `INPUT_*`
 */
export async function openDocument(
  source: DocumentSource,
  named: DocumentFormatName | undefined,
  reader: DocumentReader,
): Promise<OpenDocument> {
  const { name, path, read } = sourceOf(source);
  const format = documentFormat(name, named).name;
  const { text, marked } = await read();
  const encoded = path !== null || typeof (source as { text?: unknown }).text !== 'string';
  return {
    format,
    path,
    stem: basename(name, extname(name)) || format,
    ending: extname(name) || `.${format}`,
    content: { text, marked: marked || (encoded && declaresOtherCharset(format, text)) },
    parts: await reader.open(format, text),
  };
}

/** Where the translations of a document are to be written to, by language. */
export type OutputPaths = ReadonlyMap<string, string>;

/**
 * Paths of what a call writes.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` where one is the document's own
 */
export async function outputPaths(
  { path, ending }: OpenDocument,
  textId: string,
  { to, out }: { readonly to: readonly string[]; readonly out?: string },
): Promise<OutputPaths> {
  if (out === undefined) return new Map();
  const paths = new Map(to.map((language) => [language, resolve(outputPath(out, textId, `.${language}${ending}`))]));
  const own = path === null ? null : await stat(path).catch(() => null);
  for (const written of paths.values()) {
    const there = await stat(written).catch(() => null);
    if (own === null || there === null || own.ino !== there.ino || own.dev !== there.dev) continue;
    throw new VoiceLinguaError(
      'INVALID_ARGUMENT',
      `translateDocument would write over the document itself, ${JSON.stringify(written)}. Choose another folder or text id.`,
      { details: { path: written } },
    );
  }
  return paths;
}

/** The document in the languages of a translation, written where there are paths. */
export async function writtenDocument(
  { format, content, parts }: OpenDocument,
  set: TranslationSet,
  paths: OutputPaths,
): Promise<TranslatedDocument> {
  const languages: Record<string, DocumentTranslation> = {};
  for (const [language, { units, confidence }] of Object.entries(set.languages)) {
    const same = language === set.source_language;
    const text = markedAs(content, same ? content.text : await parts.written(units, language));
    const path = paths.get(language);
    if (path !== undefined) {
      await checkDiskSpace(dirname(path), Buffer.byteLength(text));
      await writeFileAtomic(path, text);
    }
    languages[language] = { text, confidence, ...(path === undefined ? {} : { path }) };
  }
  const { source_language, model, warnings, processing_time, task_id } = set;
  return { format, source_language, languages, model, warnings, processing_time, task_id };
}

/** Options of the document's task. */
export function taskOptions(
  options: TranslateDocumentOptions & { readonly to: readonly string[]; readonly model?: string },
  document: OpenDocument,
): Omit<TranslateDocumentOptions, 'format' | 'out'> & {
  readonly to: readonly string[];
  readonly textId: string;
  readonly model?: string;
} {
  const { format: _, out: __, textId = document.stem, ...shared } = options;
  return { ...shared, textId };
}

interface Opened {
  readonly name: string;
  readonly path: string | null;
  readonly read: () => Promise<DocumentText>;
}

function sourceOf(source: DocumentSource): Opened {
  if (typeof source === 'string' || source instanceof URL) {
    if (source === '' || (source instanceof URL && source.protocol !== 'file:')) throw badSource(source);
    const path = resolve(source instanceof URL ? fileURLToPath(source) : source);
    return { name: basename(path), path, read: () => readDocumentFile(path) };
  }
  const { name, text } = (source ?? {}) as { name?: unknown; text?: unknown };
  if (typeof name !== 'string') throw badSource(source);
  if (typeof text === 'string') return { name, path: null, read: async () => documentText(text, name) };
  if (text instanceof Uint8Array) return { name, path: null, read: async () => decodedDocument(text, name) };
  throw badSource(source);
}

function badSource(source: unknown): VoiceLinguaError {
  return invalidArgument('translateDocument', 'source', 'a path, a file: URL or { name, text }', source);
}

/** A page that names another encoding than it is written in is read rightly with a byte order mark alone. */
function declaresOtherCharset(format: DocumentFormatName, text: string): boolean {
  if (format !== 'html') return false;
  const declared = /<(?:meta[^>]{0,300}charset|\?xml[^>]{0,300}encoding)\s*=\s*["']?\s*([\w.:-]+)/i.exec(
    text.slice(0, 4096),
  );
  return declared !== null && !/^utf-?8$/i.test(declared[1] as string);
}

/** Texts in HTML, and what is to be translated of them. */
export interface HtmlTexts {
  readonly units: readonly Unit[];
  /** A translation of the units as one of the texts. */
  written(set: TranslationSet): Promise<TranslationSet>;
}

/**
 * Takes apart texts in HTML for `translate`; what has nothing to translate comes back as it was.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` for anything but a text, texts or units, `INPUT_TOO_LARGE`
 */
export async function htmlTexts(input: unknown, reader: DocumentReader): Promise<HtmlTexts> {
  const texts = (typeof input === 'string' ? [input] : Array.isArray(input) ? input : [null]).map(
    (entry, index): Unit => {
      if (typeof entry === 'string') return { id: String(index), text: entry };
      const unit = entry as Partial<Unit> | null;
      if (typeof unit?.id === 'string' && typeof unit.text === 'string') return { id: unit.id, text: unit.text };
      throw invalidArgument('translate', 'input', 'a text, texts or units where "format" is "html"', input);
    },
  );
  const documents: Array<{ readonly parts: DocumentParts; readonly units: readonly Unit[] }> = [];
  for (const { id, text } of texts) {
    checkDocumentSize(Buffer.byteLength(text), `text ${id}`);
    const parts = await reader.open('html', text);
    documents.push({ parts, units: await parts.units('') });
  }
  const units = documents.flatMap((document, index) =>
    document.units.map(({ id, text }) => ({ id: `${index}.${id}`, text })),
  );
  const written = async (translation: LanguageTranslation): Promise<LanguageTranslation> => {
    const byId = new Map(translation.units.map((unit) => [unit.id, unit]));
    const whole: TranslatedUnit[] = [];
    for (const [index, document] of documents.entries()) {
      const own = document.units.flatMap(({ id }) => {
        const found = byId.get(`${index}.${id}`);
        return found === undefined ? [] : [{ ...found, id }];
      });
      const text = await document.parts.written(own, '');
      whole.push({ id: (texts[index] as Unit).id, text, confidence: mean(own.map(({ confidence }) => confidence)) });
    }
    return { ...translation, units: whole, text: whole.map(({ text }) => text).join('\n') };
  };
  return {
    units,
    written: async (set) => {
      const languages: Record<string, LanguageTranslation> = {};
      for (const [language, translation] of Object.entries(set.languages))
        languages[language] = await written(translation);
      return { ...set, languages };
    },
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 1 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
