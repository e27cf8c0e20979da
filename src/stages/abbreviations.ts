/** Abbreviations after which a name or number follows, so that their full stop ends no sentence. Lower case. */
const NEVER_LAST: Readonly<Record<string, readonly string[]>> = {
  en: [
    'mr',
    'mrs',
    'ms',
    'dr',
    'prof',
    'st',
    'mt',
    'gen',
    'col',
    'capt',
    'lt',
    'sgt',
    'rev',
    'hon',
    'sen',
    'rep',
    'gov',
    'pres',
    'messrs',
    'no',
    'nos',
    'vs',
    'fig',
    'figs',
    'vol',
    'pp',
    'e.g',
    'i.e',
    'cf',
    'approx',
  ],
  de: [
    'hr',
    'fr',
    'dr',
    'prof',
    'dipl',
    'ing',
    'st',
    'nr',
    'abb',
    'bd',
    'bspw',
    'ca',
    'z.b',
    'd.h',
    'u.a',
    'vgl',
    'evtl',
    'ggf',
    'inkl',
    'zzgl',
    'mind',
    'max',
  ],
  fr: ['m', 'mm', 'mme', 'mlle', 'dr', 'pr', 'me', 'st', 'ste', 'n', 'no', 'fig', 'p', 'pp', 'p.ex', 'cf'],
  es: [
    'sr',
    'sra',
    'srta',
    'sres',
    'dr',
    'dra',
    'd',
    'dña',
    'ud',
    'uds',
    'vd',
    'lic',
    'ing',
    'prof',
    'n',
    'núm',
    'pág',
    'págs',
    'fig',
    'p.ej',
  ],
  it: [
    'sig',
    'sigg',
    'sig.ra',
    'dott',
    'dott.ssa',
    'prof',
    'prof.ssa',
    'ing',
    'avv',
    'n',
    'pag',
    'pagg',
    'fig',
    'es',
    'p.es',
    's',
  ],
  ru: ['г', 'гг', 'ул', 'д', 'кв', 'им', 'проф', 'акад', 'др', 'стр', 'рис', 'см', 'т.е', 'т.к', 'т.н', 'напр', 'тов'],
};

/** Languages that write ordinals with a full stop: `am 3. Mai`. */
const ORDINAL_STOP = new Set(['de', 'da', 'nb', 'no', 'fi', 'cs', 'sk', 'sl', 'hr', 'sr', 'hu', 'et', 'lv', 'pl']);

/** What stands before a full stop at the end: the last word, with the stops inside it. */
const LAST_WORD = /(?:^|[\s(["'«„“])([\p{L}\p{N}]+(?:\.[\p{L}\p{N}]+)*)\.\s*$/u;

/** Whether a piece that a segmenter took for a sentence goes on in the next: it ends in an abbreviation or initial. */
export function endsInAbbreviation(piece: string, language: string): boolean {
  const match = LAST_WORD.exec(piece.slice(-40));
  const word = match?.[1];
  if (word === undefined) return false;
  const alone = piece.trim() === `${word}.`;
  if (/^\p{Lu}$/u.test(word)) return language !== 'en' || word !== 'I';
  if (ORDINAL_STOP.has(language) && /^\d{1,2}$/.test(word)) return !alone;
  return (NEVER_LAST[language] ?? NEVER_LAST.en ?? []).includes(word.toLowerCase());
}
