import { WIDE_CHARACTER } from '../../domain/script.js';

/** A line that one of several speakers says, with the tags before it. */
const SPEAKER_LINE = /^\s*(?:<[^<>]*>|\{\\[^{}]*\})*\s*(?:[-–—‐>]|\p{Lu}[\p{Lu}\p{N} .'-]{0,30}:)/u;
const MARKUP = /<[^<>]*>|\{\\[^{}]*\}/g;
const TOKENS = /<[^<>]*>|\{\\[^{}]*\}|\s+|[^\s]/gu;
/** What a line of Chinese or Japanese must not start with, and not end with. */
const NOT_FIRST = /^[\p{Pe}\p{Pf}、。，．！？：；…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u;
const NOT_LAST = /^[\p{Ps}\p{Pi}]$/u;

/**
 * The lines of a cue as the text to translate: a sentence that was broken to fit the screen is put together again, lines of
 * several speakers stay apart.
 */
export function oneLine(lines: readonly string[]): string {
  const texts = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (texts.slice(1).some((line) => SPEAKER_LINE.test(line))) return texts.join('\n');
  let joined = '';
  let last = '';
  for (const text of texts) {
    const touching = WIDE_CHARACTER.test(last) && WIDE_CHARACTER.test(text[0] ?? '');
    joined += joined === '' || touching ? text : ` ${text}`;
    last = text.at(-1) ?? '';
  }
  return joined;
}

/** Whether a line is said by somebody else than the one before it. */
export function startsSpeech(line: string): boolean {
  return SPEAKER_LINE.test(line);
}

/** A translation broken into as many lines as its original had, of about the same length; breaks that it has itself stay. */
export function wrapped(translation: string, original: readonly string[]): string[] {
  const count = original.filter((line) => line.trim() !== '').length;
  if (translation.includes('\n')) return translation.split('\n');
  const pieces = piecesOf(translation);
  const total = columns(translation);
  const lines: string[] = [];
  let line = '';
  let before = 0;
  for (const piece of pieces) {
    const target = (total * (lines.length + 1)) / count;
    const after = before + columns(piece);
    // A piece goes to the next line when that leaves this one nearer to its share.
    if (line !== '' && lines.length < count - 1 && after - target > target - before) {
      lines.push(line);
      line = '';
    }
    line += piece;
    before = after;
  }
  return [...lines, line].map((text) => text.trim());
}

/** Words with the space behind them, wide characters each by themselves, tags with what they stand at. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  /** The last character that is seen. */
  let last = '';
  const end = (): void => {
    if (piece !== '') pieces.push(piece);
    piece = '';
    last = '';
  };
  for (const [token] of text.matchAll(TOKENS)) {
    const isMarkup = token.length > 2 && /^[<{]/.test(token);
    const opens = isMarkup && !token.startsWith('</');
    const wide = WIDE_CHARACTER.test(last) && !NOT_LAST.test(last);
    if (opens ? wide : !isMarkup && last !== '' && (wide || WIDE_CHARACTER.test(token)) && mayPart(last, token)) end();
    piece += token;
    if (/^\s/.test(token)) end();
    else if (!isMarkup) last = token;
  }
  end();
  return pieces;
}

function mayPart(before: string, after: string): boolean {
  return !NOT_LAST.test(before) && !NOT_FIRST.test(after) && !/\s/.test(after);
}

function columns(text: string): number {
  let used = 0;
  for (const character of text.replace(MARKUP, '')) used += WIDE_CHARACTER.test(character) ? 2 : 1;
  return used;
}
