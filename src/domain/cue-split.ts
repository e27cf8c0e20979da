import { WIDE_CHARACTER } from './script.js';
import { wordSets } from './word-sets.js';

/** A word or wide character with the punctuation that goes with it. */
interface Piece {
  readonly text: string;
  /** White space before it. */
  readonly space: string;
  /** Where it ends in the text, as a share of its length, 0..1. */
  readonly end: number;
}

/** Words between spaces, and each wide character for itself. */
const PIECE = /(\s*)([^\s\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]+|\S)/gu;
const OPENING = /^[\p{Ps}\p{Pi}¿¡]+$/u;
const PUNCTUATION = /^[\p{P}\p{S}ー]+$/u;
const SENTENCE_END = /[.!?…。！？][\p{Pe}\p{Pf}"']*$/u;
const CLAUSE_END = /[,;:—–、，；：][\p{Pe}\p{Pf}"']*$/u;

/**
 * What a break costs beside its distance from where it should be, in shares of the text: a clause's end is worth a detour of a
 * tenth, and a break that parts what belongs together is made when there is no other within about a fifth.
 */
const COST = { sentence: 0, clause: 0.002, word: 0.012, character: 0.016, bound: 0.05 };

/** Words that belong to what follows them: articles, prepositions, conjunctions, possessives. Lower case. */
const LEANS_FORWARD = wordSets({
  en: 'a an the of to in on at by for with from into and or but nor if that as than my your his her its our their this these those not no is are was were be been will would can could have has had do does did very mr mrs ms dr',
  de: 'der die das den dem des ein eine einen einem einer eines und oder aber dass weil wenn als wie von vom zu zum zur in im an am auf für mit aus bei beim nach über unter vor durch ohne mein dein sein ihr unser kein keine nicht ist sind war hat haben wird sehr herr frau dr',
  fr: 'le la les un une des de du à au aux et ou mais que qui si en dans sur sous avec pour par sans chez mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet cette ces ne pas est sont était a ont très m mme',
  es: 'el la los las un una unos unas de del a al y e o u pero que si en con por para sin sobre entre mi mis tu tus su sus nuestro nuestra este esta estos estas no es son era ha han muy se lo le sr sra',
  it: 'il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla in nel nella con per su sul sulla tra fra e o ma che se mio mia tuo tua suo sua nostro nostra questo questa non è sono era ha hanno molto si sig dott',
  ru: 'в во на с со к ко о об и а но или что если как по за у от до из под над при для без не ни это этот эта мой моя твой его её их наш ваш очень',
});

/** Characters that belong to what stands before them: particles, and in Chinese what closes a phrase. */
const LEANS_BACK: Readonly<Record<string, RegExp>> = {
  ja: /^[はがをにへとでものねよかなぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u,
  zh: /^[的了吗呢吧着过们地得]/u,
  'zh-tw': /^[的了嗎呢吧著過們地得]/u,
};

/**
 * Splits a translation among the cues that its original was spread over: where the original's shares lie, moved to the
 * nearest good place for a break in the language. No text stands more than one cue away from its share. Pieces in order; parts may
 * be empty when there are fewer words than cues.
 * @param shares of the original in each cue, in any unit, none negative
 */
export function splitAmongCues(text: string, shares: readonly number[], language: string): string[] {
  const pieces = piecesOf(text);
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (shares.length < 2 || pieces.length < 2 || total <= 0) {
    const most = shares.indexOf(Math.max(...shares));
    return shares.map((_, cue) => (cue === Math.max(0, most) ? text.trim() : ''));
  }
  const targets = cumulated(shares, total);
  const breaks = bestBreaks(pieces, targets, language);
  const bounds = [0, ...breaks, pieces.length];
  return shares.map((_, cue) => textOf(pieces.slice(bounds[cue], bounds[cue + 1])));
}

/** Where the cues end, all but the last, as shares of the whole. */
function cumulated(shares: readonly number[], total: number): number[] {
  let sum = 0;
  return shares.slice(0, -1).map((share) => {
    sum += share;
    return sum / total;
  });
}

/**
 * For each end of a cue the number of pieces before it, so that all together cost least. An end stays between the ends of the cues
 * before and after it, which is what keeps text within a cue of its place.
 */
function bestBreaks(pieces: readonly Piece[], targets: readonly number[], language: string): number[] {
  const costs = pieces.map((_, index) => breakCost(pieces, index, language));
  // least[index]: cost of the ends so far, the last of them before piece `index`; from: where the one before it is.
  let least = pieces.map((_, index) => (index === 0 ? 0 : Number.POSITIVE_INFINITY)).concat(Number.POSITIVE_INFINITY);
  const from: number[][] = [];
  for (const [cue, target] of targets.entries()) {
    const low = targets[cue - 1] ?? 0;
    const high = targets[cue + 1] ?? 1;
    const next = new Array<number>(pieces.length + 1).fill(Number.POSITIVE_INFINITY);
    const came = new Array<number>(pieces.length + 1).fill(0);
    let best = 0;
    for (let index = 0; index <= pieces.length; index++) {
      if ((least[index] as number) < (least[best] as number)) best = index;
      const place = index === 0 ? 0 : (pieces[index - 1] as Piece).end;
      // There may be no break in between: a long word. The nearest ones are allowed then.
      const outside = Math.max(0, low - place, place - high);
      const own = index === 0 || index === pieces.length ? COST.bound : (costs[index] as number);
      next[index] = (least[best] as number) + (place - target) ** 2 + own + 100 * outside;
      came[index] = best;
    }
    least = next;
    from.push(came);
  }
  let at = 0;
  for (const [index, cost] of least.entries()) if (cost < (least[at] as number)) at = index;
  const breaks: number[] = [];
  for (const came of from.reverse()) {
    breaks.unshift(at);
    at = came[at] as number;
  }
  return breaks;
}

/** Of a break before a piece. */
function breakCost(pieces: readonly Piece[], index: number, language: string): number {
  const before = pieces[index - 1];
  const after = pieces[index];
  if (before === undefined || after === undefined) return COST.bound;
  if (SENTENCE_END.test(before.text)) return COST.sentence;
  if (CLAUSE_END.test(before.text)) return COST.clause;
  const word = before.text.replace(/^[\p{P}\s]+/u, '').toLowerCase();
  if (LEANS_FORWARD.get(language)?.has(word)) return COST.bound;
  if (LEANS_BACK[language]?.test(after.text)) return COST.bound;
  if (after.space !== '') return COST.word;
  const wide = WIDE_CHARACTER.test(before.text.at(-1) ?? '') && WIDE_CHARACTER.test(after.text[0] ?? '');
  // Hiragana is an ending of what stands before it, Han or Hiragana; where it begins after other signs, a word does.
  const ending = /[\p{Script=Han}\p{Script=Hiragana}]$/u.test(before.text) && /^\p{Script=Hiragana}/u.test(after.text);
  return wide && !ending ? COST.character : COST.bound;
}

function piecesOf(text: string): Piece[] {
  const found: Array<{ text: string; space: string }> = [];
  for (const [, space = '', piece = ''] of text.trim().matchAll(PIECE)) {
    const last = found.at(-1);
    const closes = PUNCTUATION.test(piece) && !OPENING.test(piece);
    if (last !== undefined && space === '' && (OPENING.test(last.text) || closes)) last.text += piece;
    else found.push({ text: piece, space });
  }
  const widths = found.map((piece) => columns(piece.text) + (piece.space === '' ? 0 : 1));
  const total = widths.reduce((sum, width) => sum + width, 0);
  let end = 0;
  return found.map((piece, index) => {
    end += widths[index] as number;
    return { ...piece, end: end / total };
  });
}

function columns(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE_CHARACTER.test(character) ? 2 : 1;
  return width;
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text, space }, index) => (index === 0 ? text : space + text)).join('');
}
