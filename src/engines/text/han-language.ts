import { scriptConverter } from './chinese-script.js';

/** A language that is written in Chinese characters, and how sure that is, 0..1. */
export interface HanLanguage {
  readonly language: 'zh' | 'zh-tw' | 'ja';
  readonly probability: number;
}

type Form = 'simplified' | 'traditional' | 'japanese' | 'common';

/** Forms of the characters met so far; there are some thousands in use. */
const known = new Map<string, Form>();

/**
 * The language of a text in Chinese characters without kana, by the forms that its characters have: 国 is Simplified, 國
 * Traditional, 転 Japanese alone. What has none of them (`中文`) counts as Simplified Chinese, with little certainty.
 */
export async function hanLanguage(characters: readonly string[]): Promise<HanLanguage> {
  const forms = await formsOf(characters);
  const count = (form: Form): number => characters.filter((character) => forms.get(character) === form).length;
  const japanese = count('japanese');
  const traditional = count('traditional');
  const simplified = count('simplified');
  const told = japanese + traditional + simplified;
  // One of three, by the law of succession.
  const sure = (evidence: number): number => (evidence + 1) / (told + 1.5);
  if (japanese > simplified && japanese >= traditional) return { language: 'ja', probability: sure(japanese) };
  if (traditional > simplified) return { language: 'zh-tw', probability: sure(traditional) };
  return { language: 'zh', probability: told === 0 ? 0.5 : sure(simplified) };
}

async function formsOf(characters: readonly string[]): Promise<ReadonlyMap<string, Form>> {
  const unknown = new Set(characters.filter((character) => !known.has(character)));
  if (unknown.size === 0) return known;
  const [simplify, traditional, fromJapanese] = await Promise.all(
    (['t2s', 's2t', 'jp2t'] as const).map((conversion) => scriptConverter(conversion)),
  );
  for (const character of unknown) {
    const changes = (convert: ((text: string) => string) | undefined): boolean => convert?.(character) !== character;
    const isSimplified = changes(traditional);
    if (isSimplified) known.set(character, changes(simplify) ? 'common' : 'simplified');
    else if (changes(fromJapanese)) known.set(character, 'japanese');
    else known.set(character, changes(simplify) ? 'traditional' : 'common');
  }
  return known;
}
