/** Words that the writer and the reader of TMX 1.4b share. */

/** `srclang` of a file or unit whose source may be any of its languages. */
export const ANY_LANGUAGE = '*all*';

/** Types of our own `prop` elements of a unit: what the translation was made with. */
export const PROP_MODEL = 'x-voicelingua-model';
export const PROP_OPTIONS = 'x-voicelingua-options';
export const PROP_CONFIDENCE = 'x-voicelingua-confidence';

/**
 * Type of a placeholder that stands for one character that XML 1.0 cannot hold in any way, such as NUL or a bell. It holds the
 * character's number (`U+0007`): other tools show a placeholder there, and our reader puts the character back.
 */
export const CHARACTER_TYPE = 'x-voicelingua-char';

/** Codes that other tools take for ours: Chinese is told by region there. */
const REGIONS: Readonly<Record<string, string>> = { zh: 'zh-CN', 'zh-tw': 'zh-TW' };

export function tmxLanguage(code: string): string {
  return REGIONS[code] ?? code;
}
