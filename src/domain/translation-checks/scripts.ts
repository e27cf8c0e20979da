const JAPANESE: readonly string[] = ['Han', 'Hira', 'Kana'];

const known = new Map<string, readonly string[] | null>();
const patterns = new Map<string, RegExp>();

/**
 * ISO 15924 codes of the scripts that a language is written in, Latin left out where it is only for names; null for a code
 * that is no language of CLDR's.
 */
export function scriptsOf(language: string): readonly string[] | null {
  const cached = known.get(language);
  if (cached !== undefined) return cached;
  const scripts = lookUp(language);
  known.set(language, scripts);
  return scripts;
}

function lookUp(language: string): readonly string[] | null {
  let script: string | undefined;
  try {
    script = new Intl.Locale(language).maximize().script;
  } catch {
    return null;
  }
  if (script === undefined) return null;
  if (script === 'Jpan') return JAPANESE;
  // Hanja is rare, but no mistake.
  if (script === 'Kore') return ['Hang', 'Han'];
  return [script === 'Hans' || script === 'Hant' ? 'Han' : script];
}

/** Whether the language is written in the Latin alphabet. */
export function isLatin(language: string): boolean {
  return scriptsOf(language)?.[0] === 'Latn';
}

/** All letters of these scripts; marks and digits belong to no script. */
export function lettersOf(scripts: readonly string[]): RegExp {
  const key = scripts.join(' ');
  let pattern = patterns.get(key);
  if (pattern === undefined) {
    const classes = scripts.map((script) => `\\p{scx=${script}}`).join('');
    pattern = new RegExp(`(?=\\p{L})[${classes}]`, 'gu');
    patterns.set(key, pattern);
  }
  return pattern;
}

export function countOf(text: string, pattern: RegExp): number {
  let count = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) count++;
  return count;
}
