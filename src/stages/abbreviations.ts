/** Abbreviations after which a name or an example follows, so that their full stop ends no sentence. Lower case. */
const BEFORE_WORD = wordSets({
  en: 'mr mrs ms dr prof st mt gen col capt lt sgt rev hon sen rep gov pres messrs vs e.g i.e cf approx',
  de: 'hr fr dr prof dipl ing st bspw ca z.b d.h u.a vgl evtl ggf inkl zzgl',
  fr: 'm mm mme mlle dr pr st ste p.ex cf',
  es: 'sr sra srta sres dr dra d dña ud uds vd lic ing prof p.ej',
  it: 'sig sigg sig.ra dott dott.ssa prof prof.ssa ing avv es p.es',
  ru: 'г ул д им проф акад см т.е т.к т.н напр тов',
});

/** Abbreviations that end no sentence before a number; before a word they may be one: `No. I am not.` */
const BEFORE_NUMBER = wordSets({
  en: 'no nos fig figs vol ch sec p pp',
  de: 'nr abb bd kap s',
  fr: 'n no fig vol chap p pp',
  es: 'n no núm fig vol cap pág págs',
  it: 'n nr fig vol cap pag pagg',
  ru: 'стр рис кв гл',
});

/** Languages that write ordinals with a full stop: `am 3. Mai`. */
const ORDINAL_STOP = new Set(['de', 'da', 'nb', 'no', 'fi', 'cs', 'sk', 'sl', 'hr', 'sr', 'hu', 'et', 'lv', 'pl']);

/** The word before the last, and the last with the stops inside it, before a full stop at the end. */
const LAST_WORDS = /(?:^|([^\s]*)[\s(["'«„“])([\p{L}\p{N}]+(?:\.[\p{L}\p{N}]+)*)\.\s*$/u;
const STOP = /\.\s*$/;
const INITIAL = /^\p{Lu}\.(\s|$)/u;

/**
 * Whether a piece that a segmenter took for a sentence goes on in the next: it ends in an abbreviation, an ordinal or
 * the initial of a name.
 */
export function endsInAbbreviation(piece: string, next: string, language: string): boolean {
  if (!STOP.test(piece.slice(-4))) return false;
  const match = LAST_WORDS.exec(piece.slice(-60));
  const word = match?.[2];
  if (word === undefined) return false;
  const before = match?.[1] ?? '';
  if (/^\p{Lu}$/u.test(word)) return before === '' || /^\p{Lu}/u.test(before) || INITIAL.test(next);
  if (/^\d{1,2}$/.test(word)) return ORDINAL_STOP.has(language) && before !== '' && /^\p{L}/u.test(next);
  const tables = /^\p{N}/u.test(next) ? [BEFORE_WORD, BEFORE_NUMBER] : [BEFORE_WORD];
  return tables.some((table) => (table.get(language) ?? table.get('en'))?.has(word.toLowerCase()) ?? false);
}

function wordSets(lists: Readonly<Record<string, string>>): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(Object.entries(lists).map(([language, words]) => [language, new Set(words.split(' '))]));
}
