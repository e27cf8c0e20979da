import type { MemoryEntry } from '../../domain/translation-memory.js';
import { ANY_LANGUAGE, CHARACTER_TYPE, PROP_CONFIDENCE, PROP_MODEL, PROP_OPTIONS, tmxLanguage } from './vocabulary.js';

export interface TmxHeader {
  /** Version of this library. */
  readonly toolVersion: string;
  /** The language that all units are translated from, where there is only one. */
  readonly source?: string;
}

/**
 * Entries of a translation memory as a TMX 1.4b document, piece by piece: one unit an entry, with its model, options and confidence
 * as properties. A reader gets every text back as it is, white space and characters that XML cannot hold included.
 */
export async function* tmxDocument(
  pages: AsyncIterable<readonly MemoryEntry[]>,
  { toolVersion, source }: TmxHeader,
): AsyncGenerator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4">
<header creationtool="VoiceLingua" creationtoolversion="${attribute(toolVersion)}" segtype="sentence" o-tmf="VoiceLingua" adminlang="en" srclang="${attribute(source === undefined ? ANY_LANGUAGE : tmxLanguage(source))}" datatype="plaintext"/>
<body>
`;
  for await (const page of pages) yield page.map(unit).join('');
  yield '</body>\n</tmx>\n';
}

function unit(entry: MemoryEntry): string {
  const source = tmxLanguage(entry.source);
  const attributes = [
    ['creationdate', tmxTime(entry.createdAt)],
    ['lastusagedate', tmxTime(entry.lastUsedAt)],
    ['usagecount', String(entry.uses)],
    ['srclang', source],
  ] as const;
  const props = [
    [PROP_MODEL, entry.model],
    [PROP_OPTIONS, entry.options],
    [PROP_CONFIDENCE, String(entry.confidence)],
  ] as const;
  return [
    `<tu ${attributes.map(([name, value]) => `${name}="${attribute(value)}"`).join(' ')}>`,
    ...props.filter(([, value]) => value !== '').map(([type, value]) => `<prop type="${type}">${plain(value)}</prop>`),
    variant(source, entry.text),
    variant(tmxLanguage(entry.target), entry.translation),
    '</tu>\n',
  ].join('\n');
}

function variant(language: string, text: string): string {
  return `<tuv xml:lang="${attribute(language)}"><seg>${segment(text)}</seg></tuv>`;
}

/** `20260131T120000Z`, without what is less than a second. */
function tmxTime(iso: string): string {
  return iso.replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

/** What XML 1.0 has no way to write. A lone surrogate is no character, and no store holds one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are meant
const UNWRITABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Surrogate}]/gu;

function escaped(text: string): string {
  return text.replaceAll(/[&<>"\r]/g, (character) => ESCAPES[character] as string);
}

function segment(text: string): string {
  return escaped(text).replaceAll(UNWRITABLE, (character) => {
    const number = (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0');
    return `<ph type="${CHARACTER_TYPE}">U+${number}</ph>`;
  });
}

/** In a property, which has no place for elements. Names of models and options do not hold such characters. */
function plain(text: string): string {
  return escaped(text).replaceAll(UNWRITABLE, '\ufffd');
}

function attribute(text: string): string {
  return plain(text).replaceAll(/[\n\t]/g, (space) => (space === '\n' ? '&#10;' : '&#9;'));
}
