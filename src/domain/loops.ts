import { normalizeForErrorRate } from './error-rate-text.js';

/** A piece of text that stands many times in a row. */
export interface Loop {
  /** Index of its first token, of the tokens of all texts together. */
  readonly start: number;
  /** Tokens of all repeats together. */
  readonly length: number;
  /** Tokens of one repeat. */
  readonly period: number;
}

/** How often a piece of so many tokens must come in a row to be a loop: people do say "no no no", and
 * sing refrains; a model that loops goes on until its window is full. */
interface Patience {
  readonly repeats: readonly number[];
  readonly maxPeriod: number;
}

/** Words; the last number holds for all longer pieces. */
const WORDS: Patience = { repeats: [8, 6, 5, 4], maxPeriod: 25 };
/** Characters: doubled ones and laughter are ordinary writing. */
const CHARACTERS: Patience = { repeats: [16, 8, 6, 5, 5, 4], maxPeriod: 40 };

/** Languages whose loops are looked for character by character: words cannot be told by spaces, or change with each suffix. */
const BY_CHARACTER = new Set(['zh', 'zh-tw', 'yue', 'wuu', 'ja', 'ko', 'th', 'lo', 'km', 'my', 'bo']);

/** Whether the tokens of a language's loops are characters. */
export function loopsByCharacter(language: string): boolean {
  return BY_CHARACTER.has(language);
}

/** The tokens in which repetition is looked for: case, punctuation and width do not count. */
export function loopTokens(text: string, language: string): string[] {
  const plain = normalizeForErrorRate(text);
  if (plain === '') return [];
  return loopsByCharacter(language) ? Array.from(plain.replaceAll(' ', '')) : plain.split(' ');
}

/**
 * The loops of a list of tokens, in order, none overlapping another; of several at one place the longest, then the one with the
 * shortest period. Time is the product of the number of tokens and the longest period (25 words or 40 characters).
 */
export function findLoops(tokens: readonly string[], language: string): Loop[] {
  const patience = loopsByCharacter(language) ? CHARACTERS : WORDS;
  const found: Loop[] = [];
  for (let period = 1; period <= Math.min(patience.maxPeriod, tokens.length >> 1); period++) {
    const needed = patience.repeats[Math.min(period, patience.repeats.length) - 1] as number;
    for (let at = 0; at + period < tokens.length; ) {
      let same = 0;
      while (at + same + period < tokens.length && tokens[at + same] === tokens[at + same + period]) same++;
      if (same + period >= period * needed) found.push({ start: at, length: same + period, period });
      at += same + 1;
    }
  }
  found.sort((a, b) => b.length - a.length || a.period - b.period);
  const kept: Loop[] = [];
  for (const loop of found) {
    const free = kept.every(({ start, length }) => loop.start + loop.length <= start || start + length <= loop.start);
    if (free) kept.push(loop);
  }
  return kept.sort((a, b) => a.start - b.start);
}

export interface Repetition {
  /** Share of the tokens that only repeat what was said, 0..1. */
  readonly share: number;
  /** Which of the texts hold a part of a loop. */
  readonly looping: readonly boolean[];
}

/** How much some texts, spoken one after the other, repeat themselves; a loop may go over several of them. */
export function repetition(texts: readonly string[], language: string): Repetition {
  const pieces = texts.map((text) => loopTokens(text, language));
  const tokens = pieces.flat();
  const loops = findLoops(tokens, language);
  const repeated = loops.reduce((sum, { length, period }) => sum + length - period, 0);
  let at = 0;
  const looping = pieces.map(({ length }) => {
    const start = at;
    at += length;
    return length > 0 && loops.some((loop) => loop.start < at && start < loop.start + loop.length);
  });
  return { share: tokens.length === 0 ? 0 : repeated / tokens.length, looping };
}
