import { writtenWithoutSpaces } from '../../domain/script.js';
import { endsInAbbreviation } from './abbreviations.js';

/** After a stop of this kind a sentence goes on in lower case: `"Really?" he said.`, `Yahoo! announced …` */
const ASKED_OR_CALLED = /[?!…]["'”’»“)\]]*\s*$/;
const GOES_ON_LOWER = /^\p{Ll}/u;
const PUNCTUATION_FIRST = /^[,;:，、；：]/;
/** A stop inside an address or a name: nobody put a space behind it. */
const INSIDE_WORD = /[!-~][.!?]$/;
const WORD_FIRST = /^[A-Za-z0-9&=#/%_~+-]/;
/** Quoted speech, which Japanese and Korean go on from with a particle. */
const QUOTE_CLOSED = /[」』）”"’'】》〉]$/;
const JAPANESE_PARTICLE = /^(?:と|って|など|という|は|が|を|に|も|の|で|から|だ|、)/;
const HANGUL_FIRST = /^\p{Script=Hangul}/u;

/** What only ever opens, and what only ever closes; German turns the angle quotes round. */
const OPENING = /[«「『（《〈【〔([{]/;
const CLOSING_FIRST = /^\s*[»”」』）》〉】〕)\]}]+/u;
const CLOSING_TAGS = /^(?:<\/[\w:.-]{1,60}>)+/;
const OPENING_GERMAN = /[„‚»([{]/;
const CLOSING_FIRST_GERMAN = /^\s*[«)\]}]+/u;
/** Opens or closes, by what stands around it. */
const EITHER = /["'“‘„‚]/;
const EITHER_CHINESE = /[“‘]/;

/** Whether a piece that a segmenter took for a sentence goes on in the next one. */
export function goesOn(open: string, next: string, language: string): boolean {
  if (/\S$/.test(open)) {
    if (INSIDE_WORD.test(open.slice(-2)) && WORD_FIRST.test(next)) return true;
    if (QUOTE_CLOSED.test(open)) {
      if (language === 'ja' && JAPANESE_PARTICLE.test(next)) return true;
      if (language === 'ko' && HANGUL_FIRST.test(next)) return true;
    }
  }
  if (PUNCTUATION_FIRST.test(next)) return true;
  if (ASKED_OR_CALLED.test(open.slice(-12)) && GOES_ON_LOWER.test(next)) return true;
  return endsInAbbreviation(open, next, language);
}

/** Length of the brackets, quotation marks and tags at the start of a piece that close what the piece before opened. */
export function closingLength(next: string, language: string): number {
  const tags = CLOSING_TAGS.exec(next)?.[0].length ?? 0;
  if (tags > 0) return tags + closingLength(next.slice(tags), language);
  return (language === 'de' ? CLOSING_FIRST_GERMAN : CLOSING_FIRST).exec(next)?.[0].length ?? 0;
}

/**
 * Length of the opening brackets and quotation marks at the end of a piece, which belong to the next sentence, with the
 * white space behind them.
 * @param quotesBefore straight quotation marks of the line before this piece; where no spaces tell, an odd one opens
 */
export function openingLength(piece: string, quotesBefore: number, language: string): number {
  const bare = piece.trimEnd();
  const dense = writtenWithoutSpaces(language);
  const opening = language === 'de' ? OPENING_GERMAN : OPENING;
  const either = dense ? EITHER_CHINESE : EITHER;
  let at = bare.length;
  let quotes = dense && bare.endsWith('"') ? quotesBefore + countQuotes(bare) : 0;
  while (at > 0) {
    const character = bare[at - 1] as string;
    if (dense && character === '"') {
      if (quotes-- % 2 === 0) break;
    } else if (!(opening.test(character) || either.test(character))) break;
    at--;
  }
  const found = bare.slice(at);
  if (found === '' || at === 0) return 0;
  const told = dense || Array.from(found).some((character) => opening.test(character));
  const apart = /\s/.test(bare[at - 1] as string) && bare.length === piece.length;
  return told || apart ? piece.length - at : 0;
}

export function countQuotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count;
}
