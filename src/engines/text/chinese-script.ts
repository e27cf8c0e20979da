import type { Word } from '../../domain/segment.js';

type Convert = (text: string) => string;

/**
 * Which conversion: `s2twp` Simplified to Traditional in Taiwan's words, `t2s` any Traditional to Simplified character by
 * character, `tw2sp` Taiwan's words to the mainland's, in Simplified; `s2t` and `jp2t` Simplified and Japanese forms to
 * Traditional, to tell which form a character has.
 */
export type ScriptConversion = 's2twp' | 't2s' | 'tw2sp' | 's2t' | 'jp2t';

const LOCALES = {
  s2twp: { from: 'cn', to: 'twp' },
  t2s: { from: 't', to: 'cn' },
  tw2sp: { from: 'twp', to: 'cn' },
  s2t: { from: 'cn', to: 't' },
  jp2t: { from: 'jp', to: 't' },
} as const satisfies Record<ScriptConversion, { from: string; to: string }>;

const converters = new Map<ScriptConversion, Promise<Convert>>();

/** OpenCC's converter. Its dictionaries are big (about 0.2 s to build), so they are loaded on first use and kept. */
export function scriptConverter(conversion: ScriptConversion): Promise<Convert> {
  let converter = converters.get(conversion);
  if (converter === undefined) {
    converter = load(conversion);
    converters.set(conversion, converter);
    // A failed load (memory, a damaged installation) is tried again by the next caller.
    converter.catch(() => converters.delete(conversion));
  }
  return converter;
}

/**
 * A text that a model wrote in Chinese, in the script that `language` promises: `zh` without Traditional-only, `zh-tw`
 * without Simplified-only characters. Texts of other languages come back as they are.
 */
export async function inScriptOf(language: string, text: string): Promise<string> {
  if (language === 'zh') return (await scriptConverter('t2s'))(text);
  if (language === 'zh-tw') return (await scriptConverter('s2twp'))(text);
  return text;
}

interface TextOf<W extends Word> {
  readonly text: string;
  readonly words?: readonly W[] | undefined;
}

/**
 * A segment of a transcript in the script that `language` promises, its words too.
 */
export async function segmentInScriptOf<W extends Word, S extends TextOf<W>>(language: string, segment: S): Promise<S> {
  if (language !== 'zh' && language !== 'zh-tw') return segment;
  const { words } = segment;
  return {
    ...segment,
    text: await inScriptOf(language, segment.text),
    ...(words === undefined ? {} : { words: await wordsInScriptOf(language, words) }),
  };
}

/** Together where that keeps the number of characters, since a character's form depends on its neighbours; else each by itself. */
async function wordsInScriptOf<W extends Word>(language: string, words: readonly W[]): Promise<W[]> {
  const whole = Array.from(await inScriptOf(language, words.map(({ word }) => word).join('')));
  const lengths = words.map(({ word }) => Array.from(word).length);
  if (whole.length === lengths.reduce((sum, length) => sum + length, 0)) {
    let at = 0;
    return words.map((word, index) => {
      const from = at;
      at += lengths[index] as number;
      return { ...word, word: whole.slice(from, at).join('') };
    });
  }
  return Promise.all(words.map(async (word) => ({ ...word, word: await inScriptOf(language, word.word) })));
}

async function load(conversion: ScriptConversion): Promise<Convert> {
  const { Converter } = await import('opencc-js');
  return Converter(LOCALES[conversion]);
}
