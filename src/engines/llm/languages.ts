/** What models are told where the code's own name would not say which script. */
const NAMES: Readonly<Record<string, string>> = {
  zh: 'Simplified Chinese',
  'zh-tw': 'Traditional Chinese as used in Taiwan',
};

let names: Intl.DisplayNames | null = null;

/** English name of a language for the prompt; the code itself when it has none. */
export function languageName(code: string): string {
  const own = NAMES[code];
  if (own !== undefined) return own;
  names ??= new Intl.DisplayNames('en', { type: 'language' });
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Languages that large models of all makers translate usefully; a translator's options may name others. */
export const LLM_LANGUAGES: readonly string[] = (
  'en zh zh-tw ja ko fr de es it ru pt nl pl uk cs sk sl hr sr bs bg mk ro hu el tr ar fa he ur hi bn ta te ml mr gu pa ' +
  'th vi id ms tl sv da no fi et lv lt ca gl eu sq az kk uz ka hy sw af is ga cy'
).split(' ');
