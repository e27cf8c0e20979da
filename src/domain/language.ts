import { VoiceLinguaError } from './errors.js';

/** The languages that the project promises; a loaded model may add more. */
export const CORE_LANGUAGES = ['en', 'zh', 'zh-tw', 'ja', 'ko', 'fr', 'de', 'es', 'it', 'ru'] as const;

const ALIASES: Readonly<Record<string, string>> = {
  'zh-cn': 'zh',
  'zh-hans': 'zh',
  'zh-sg': 'zh',
  zho_hans: 'zh',
  'zh-hant': 'zh-tw',
  'zh-hk': 'zh-tw',
  zho_hant: 'zh-tw',
  zt: 'zh-tw',
};

/** Traditional Chinese by script or region, whatever else the code says (`zh-Hant-TW`); `zh-Hans-HK` is Simplified. */
const TRADITIONAL = /^zh-(hant|tw|hk|mo)(-|$)/;

/** Country codes that people type for a language. */
const HINTS: Readonly<Record<string, string>> = { jp: 'ja', kr: 'ko', cn: 'zh', tw: 'zh-tw' };

/**
 * Canonical code of a language: lower case, `_` as `-`, aliases resolved (`zh-Hant` → `zh-tw`), a region other than
 * Chinese dropped (`en-US` → `en`).
 * @throws {VoiceLinguaError} `UNSUPPORTED_LANGUAGE` when it is not a language code at all.
 */
export function normalizeLanguage(code: string): string {
  const lower = code.trim().toLowerCase();
  const alias = ALIASES[lower] ?? ALIASES[lower.replaceAll('_', '-')];
  if (alias !== undefined) return alias;
  const dashed = lower.replaceAll('_', '-');
  if (TRADITIONAL.test(dashed)) return 'zh-tw';
  const hint = HINTS[dashed];
  if (hint !== undefined) {
    throw new VoiceLinguaError('UNSUPPORTED_LANGUAGE', `"${code}" is a country, not a language: use "${hint}".`, {
      details: { language: code, suggestion: hint },
    });
  }
  const match = /^([a-z]{2,3})(-[a-z0-9]{2,8})*$/.exec(dashed);
  if (match?.[1] === undefined) {
    throw new VoiceLinguaError(
      'UNSUPPORTED_LANGUAGE',
      `"${code}" is not a language code. Use codes such as ${CORE_LANGUAGES.join(', ')}.`,
      { details: { language: code } },
    );
  }
  return match[1];
}

/** The code an engine knows for ours: engines have no Traditional Chinese, it is `zh` through OpenCC. */
export function engineLanguage(code: string): string {
  return code === 'zh-tw' ? 'zh' : code;
}

/** Languages each once; where Chinese is one, Traditional Chinese is too, since it comes of rewriting. */
export function withTraditional(languages: readonly string[]): readonly string[] {
  const unique = [...new Set(languages)];
  return unique.includes('zh') && !unique.includes('zh-tw') ? [...unique, 'zh-tw'] : unique;
}
