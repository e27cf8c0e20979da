/** What a piece of text is that a translation must not change. */
export type ProtectedKind =
  | 'url'
  | 'email'
  | 'path'
  | 'placeholder'
  | 'tag'
  | 'entity'
  | 'token'
  | 'emoji'
  | 'date'
  | 'version'
  | 'measure'
  | 'code'
  | 'number';

/**
 * `kept`: comes back to the character, so a model need not see it. `carried`: its digits come back in some form, which
 * a model writes as its language does (`1,5 km`, `5.3.2024`).
 */
export type ProtectionClass = 'kept' | 'carried';

export interface ProtectedItem {
  readonly kind: ProtectedKind;
  readonly class: ProtectionClass;
  readonly text: string;
  /** Offset in the text that it was found in, in code units. */
  readonly start: number;
}

// Every pattern is bounded, or cannot start inside what it has just looked at: a text takes time with its length.

const CJK = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}`;
/** What ends an address in running text of any script. */
const NO_ADDRESS = String.raw`\s<>"\u00ab\u00bb\u2018-\u201f\u3000-\u303f\uff00-\uffef`;
const SCHEME = '(?:https?|ftps?|sftp|wss?|file|git|ssh|s3)://|(?:mailto|tel|data|magnet):(?=[A-Za-z0-9+?])';
const DOMAIN = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}`;
const COMMON_ENDS = '(?:com|org|net|edu|gov|io|dev|app|info|eu|de|fr|es|it|ru|jp|kr|cn|tw|uk)';

/** Behind a Chinese or Japanese character an address is plain ASCII, since the sentence may go on without a space. */
const URL = [
  String.raw`(?<=[${CJK}])(?:${SCHEME}|www\.)[!#-;=?-~]+`,
  String.raw`(?<![\p{L}\p{N}_])(?:${SCHEME}|www\.)[^${NO_ADDRESS}]+`,
  String.raw`(?<![\w@./:\\-])${DOMAIN}${COMMON_ENDS}(?![\w@-]|\.[A-Za-z])(?:[/?#][!#-;=?-~]*)?`,
].join('|');

const EMAIL = String.raw`(?<![\w.%+-])[\w.%+-]{1,64}@${DOMAIN}[A-Za-z]{2,24}(?![\w-])`;

const TAG = [
  `<!--(?:(?!<!--)[^]){0,2000}?-->`,
  `<[!?][A-Za-z[][^<>]{0,1000}>`,
  // Attributes hold a sign of equality, so that `a <b and b> c` is none.
  String.raw`</?[A-Za-z][\w:.-]{0,60}(?:\s[^<>="']{0,80}=(?:"[^"<]{0,500}"|'[^'<]{0,500}'|[^<>"']){0,1000})?\s?/?>`,
  String.raw`</?[0-9]{1,4}\s?/?>`,
  // Voices, languages and times inside WebVTT's cues.
  String.raw`<(?:v|c|lang)(?:\.[\w.-]{1,60})?\s[^<>=]{1,100}>|<(?:[0-9]{1,4}:)?[0-9]{2}:[0-9]{2}\.[0-9]{3}>`,
  // Overrides of SSA that SubRip files carry along.
  String.raw`\{\\[A-Za-z0-9][^{}\n]{0,200}\}`,
].join('|');

/** Names of tokens that translation models give a meaning to. `</s>` and `<unk>` are found as tags. */
const TOKEN = [
  String.raw`<\|[^<>|\s]{1,60}\|>`,
  '>>[a-z]{2,3}(?:_[A-Za-z]{2,8})?<<',
  '__[a-z]{2,3}__',
  String.raw`(?<![\w])[a-z]{3}_[A-Z][a-z]{3}(?![\w])`,
].join('|');

const PLACEHOLDER = [
  String.raw`\{\{[^{}\n]{1,100}\}\}`,
  String.raw`[$#%]\{[^{}\n]{1,100}\}`,
  String.raw`\{\s?\$?[\p{L}\p{N}_.-]{1,60}(?:\s?[,:][^{}\n]{0,60})?\s?\}`,
  String.raw`%[A-Za-z_]\w{1,40}%`,
  String.raw`(?<![\p{N}%])%(?:[0-9]{1,2}\$|\([\w.]{1,60}\))?[-+#0]{0,4}[0-9]{0,4}(?:\.[0-9]{1,3})?(?:hh|h|ll|l|L|z|j|t)?[sdiufFeEgGxXocpaA@](?![A-Za-z])`,
].join('|');

const ENTITY = '&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});';

const FILE_ENDS =
  '(?:tsx?|jsx?|mjs|cjs|json|ya?ml|toml|ini|cfg|conf|log|txt|md|csv|tsv|html?|xml|css|pdf|docx?|xlsx?|pptx?|png|jpe?g|gif|svg|webp|mp[34]|m4a|wav|flac|ogg|mkv|srt|vtt|zip|tar|gz|7z|exe|dll|cpp|java|py|rs|sh|sqlite|db)';
/** Only what cannot be anything else: a drive, a root with folders below it, or a known ending. */
const PATH = [
  String.raw`(?<![\p{L}\p{N}])[A-Za-z]:\\[^\s"<>|?*:;,()]{0,400}`,
  String.raw`(?<![\\\p{L}\p{N}])\\\\[\w.$-]{1,100}\\[^\s"<>|?*:;,()]{1,400}`,
  String.raw`(?<![\w./~<>-])(?:~|\.{1,2})?/(?:[\w.@+-]{1,100}/){1,40}[\w.@+-]{0,100}`,
  String.raw`(?<![\w./~-])(?:~|\.{1,2})/[\w.@+-]{1,100}`,
  String.raw`(?<![\p{L}\p{N}_./\\-])(?:[\w@+-]{1,100}/){0,40}[\w@+-][\w.@+-]{0,99}\.${FILE_ENDS}(?![\w-]|\.\w)`,
].join('|');

/** Pictures, not signs such as © or →; those only where a selector asks for the picture. */
const PICTURE = String.raw`(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[\u2600-\u27bf]\ufe0f?)[\u{1f3fb}-\u{1f3ff}]?`;
const EMOJI = String.raw`(?:\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3|${PICTURE}[\u{e0020}-\u{e007f}]{0,12}(?:\u200d${PICTURE}){0,8}){1,64}`;

const NUMBER = String.raw`[0-9]+(?:[.,'’\u00a0\u202f][0-9]+)*`;
const ALONE = '(?<![A-Za-z0-9_])';
const DATE = [
  `${ALONE}[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9])`,
  `${ALONE}[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})(?![0-9])`,
  `${ALONE}[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])`,
].join('|');
const VERSION = String.raw`${ALONE}(?:v[0-9]+(?:\.[0-9]+){0,4}|[0-9]+(?:\.[0-9]+){2,4})(?:-[a-z][\w.]{0,20})?(?![\w])`;
const UNIT =
  '(?:[%‰°℃℉€$£¥₽₩]|[kKMGT]?i?[Bb](?:it|yte)?s?(?:/s)?|[kcdmµμn]?m[²³23]?(?:/s)?|km/h|mph|[kmµμ]?g|[cm]?[lL]|ms|s|min|[kMG]?Hz|[kmM]?[VWA]h?|px|pt|USD|EUR|GBP|JPY|CNY|RUB|KRW)';
const MEASURE = [
  String.raw`[$€£¥₽₩]\s?${NUMBER}`,
  String.raw`${ALONE}[-+−±]?${NUMBER}[ \u00a0\u202f]?${UNIT}(?![A-Za-z0-9])`,
].join('|');
const CODE = `${ALONE}(?=[A-Z-]{0,20}[0-9])(?=[0-9-]{0,20}[A-Z])[A-Z0-9]{2,40}(?:-[A-Z0-9]{1,40}){0,8}(?![A-Za-z0-9_])`;
/** Short whole numbers are left out: languages write them as words. */
const LONG_NUMBER = String.raw`${ALONE}(?:[0-9]{3,}(?:[.,'’\u00a0\u202f][0-9]+)*|[0-9]+(?:[.,'’\u00a0\u202f][0-9]+)+)(?![A-Za-z_])`;

/** In the order in which they are tried at a place. */
const PATTERNS: ReadonlyArray<readonly [ProtectedKind, ProtectionClass, string]> = [
  ['url', 'kept', URL],
  ['email', 'kept', EMAIL],
  ['token', 'kept', TOKEN],
  ['tag', 'kept', TAG],
  ['placeholder', 'kept', PLACEHOLDER],
  ['entity', 'kept', ENTITY],
  ['path', 'kept', PATH],
  ['emoji', 'kept', EMOJI],
  ['date', 'carried', DATE],
  ['version', 'carried', VERSION],
  ['measure', 'carried', MEASURE],
  ['code', 'carried', CODE],
  ['number', 'carried', LONG_NUMBER],
];

const CLASSES: ReadonlyMap<string, ProtectionClass> = new Map(PATTERNS.map(([kind, group]) => [kind, group]));
const ANY = new RegExp(PATTERNS.map(([kind, , pattern]) => `(?<${kind}>${pattern})`).join('|'), 'gu');

/** Everything in a text that must not change, in order, without overlaps. */
export function findProtected(text: string): ProtectedItem[] {
  const items: ProtectedItem[] = [];
  ANY.lastIndex = 0;
  for (let match = ANY.exec(text); match !== null; match = ANY.exec(text)) {
    const kind = Object.keys(match.groups ?? {}).find((name) => match?.groups?.[name] !== undefined) as ProtectedKind;
    const found = kind === 'url' ? withoutSentenceEnd(match[0]) : match[0];
    ANY.lastIndex = match.index + found.length;
    items.push({ kind, class: CLASSES.get(kind) as ProtectionClass, text: found, start: match.index });
  }
  return items;
}

/** An address without the punctuation of its sentence; a closing bracket stays where the address opened it. */
function withoutSentenceEnd(url: string): string {
  let end = url.length;
  let opened = 0;
  for (const character of url) opened += character === '(' ? 1 : character === ')' ? -1 : 0;
  for (; end > 1; end--) {
    const last = url[end - 1] as string;
    if (last === ')' && opened < 0) opened++;
    else if (!/[.,;:!?'\]}*_。，、！？…]/.test(last)) break;
  }
  return url.slice(0, end);
}

/** What a tag does to the nesting; null for what is no tag of a pair (`<br/>`, a comment, an override). */
export function tagRole(item: ProtectedItem): { readonly name: string; readonly opens: boolean } | null {
  if (item.kind !== 'tag') return null;
  const match = /^<(\/?)([A-Za-z0-9][\w:.-]*)/.exec(item.text);
  if (match?.[2] === undefined || /\/\s*>$/.test(item.text)) return null;
  return { name: match[2].toLowerCase(), opens: match[1] === '' };
}
