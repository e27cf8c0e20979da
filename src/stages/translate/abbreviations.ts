import { wordSets } from '../../domain/word-sets.js';

/** Titles of people and places that are written the same in many languages. */
const TITLES = 'dr mr mrs ms prof st jr';

/** Abbreviations after which a name or an example follows, so that their full stop ends no sentence. Lower case. */
const BEFORE_WORD = wordSets(
  {
    en: 'mt gen col capt lt sgt cpl maj rev hon sen rep gov pres messrs vs e.g i.e cf approx ft',
    de: 'hr hrn fr dipl ing bspw ca z.b d.h u.a i.d.r o.ä s.o s.u vgl evtl ggf inkl exkl zzgl bzw mio mrd tsd sog insb geb hl',
    fr: 'm mm mme mmes mlle pr ste p.ex cf av apr env',
    es: 'sr sra srta sres sras dra d dña ud uds vd lic ing p.ej ee gral cap av avda',
    it: 'sig sigg sig.ra dott dott.ssa prof.ssa ing avv es p.es s ss on geom',
    ru: 'г ул д им проф акад см т.е т.к т.н напр тов св англ нем фр лат греч пр пл пер стр гр',
  },
  TITLES,
);

/** Abbreviations that end no sentence before a number; before a word they may be one: `No. I am not.` */
const BEFORE_NUMBER = wordSets({
  en: 'no nos fig figs vol ch sec p pp art jan feb mar apr jun jul aug sep sept oct nov dec',
  de: 'nr nrn abb bd kap s abs art tel str',
  fr: 'n no fig vol chap p pp art janv févr juil sept oct nov déc',
  es: 'n no núm fig vol cap pág págs art tel',
  it: 'n nr fig vol cap pag pagg art tel',
  ru: 'стр рис кв гл ст п пп тел табл',
});

/** Languages that write ordinals with a full stop: `am 3. Mai`. */
const ORDINAL_STOP = new Set(['de', 'da', 'nb', 'no', 'fi', 'cs', 'sk', 'sl', 'hr', 'sr', 'hu', 'et', 'lv', 'pl']);

/** The word before the last, and the last with the stops inside it, before a full stop at the end. */
const LAST_WORDS = /(?:^|([^\s]*)[\s(["'«„“’])([\p{L}\p{N}]+(?:\.[\p{L}\p{N}]+)*)\.\s*$/u;
const STOP = /\.\s*$/;
const INITIAL = /^\p{Lu}\.(\s|$)/u;
const ACRONYM = /^\p{Lu}(?:\.\p{Lu})+$/u;
/** Words that start a sentence rather than a name: `in the U.S. The law …`, but `the U.S. Senate`. */
const STARTER =
  /^(?:The|A|An|He|She|It|They|We|You|I|In|On|At|But|And|Or|So|This|That|These|Those|There|Here|However|When|While|If|As|For|After|Before|His|Her|Their|Its|My|Our|No|Not|Yes|What|Who|How|Why)\b/;

/**
 * Whether a piece that a segmenter took for a sentence goes on in the next: it ends in an abbreviation, an ordinal, an
 * acronym or the initial of a name.
 */
export function endsInAbbreviation(piece: string, next: string, language: string): boolean {
  if (!STOP.test(piece.slice(-4))) return false;
  const match = LAST_WORDS.exec(piece.slice(-60));
  const word = match?.[2];
  if (word === undefined) return false;
  const before = match?.[1] ?? '';
  if (isListed(word, next, language)) return true;
  if (ACRONYM.test(word)) return !STARTER.test(next);
  if (/^\p{L}$/u.test(word)) return isInitial(word, before, next, language);
  if (/^\d{1,2}$/.test(word)) return ORDINAL_STOP.has(language) && before !== '' && /^\p{L}/u.test(next);
  return false;
}

function isListed(word: string, next: string, language: string): boolean {
  const lower = word.toLowerCase();
  // `M. Dupont`, `S. Pietro`; a lone small letter is the end of something else.
  if (/^[a-z]$/.test(word) && !/^\p{N}/u.test(next)) return false;
  if (language === 'de' && /str$/.test(lower) && /^\p{N}/u.test(next)) return true;
  const tables = /^\p{N}/u.test(next) ? [BEFORE_WORD, BEFORE_NUMBER] : [BEFORE_WORD];
  return tables.some((table) => (table.get(language) ?? table.get('en'))?.has(lower) ?? false);
}

function isInitial(word: string, before: string, next: string, language: string): boolean {
  // German sets its abbreviations apart: `z. B. Äpfel`.
  if (language === 'de' && (INITIAL.test(next) || /^\p{Ll}\.$/u.test(before))) return true;
  if (!/^\p{Lu}$/u.test(word)) return false;
  // Scripts without capitals: `디오니시오 A. 린드`.
  return before === '' || /^[\p{Lu}\p{Lo}]/u.test(before) || INITIAL.test(next);
}
