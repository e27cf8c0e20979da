import { WIDE_CHARACTER } from '../../domain/script.js';
import type { Unit } from '../../domain/unit.js';
import { startsSpeech } from './cue-lines.js';
import { cueMarkup, withClosedTags } from './cue-markup.js';
import type { CueTime } from './document.js';

/** Cues of subtitles as running text, so that a sentence that goes over several of them is translated as a whole. */
export interface CueText {
  /** The segments one after the other; those that belong to different sentences for certain stand on lines of their own. */
  readonly text: string;
  /** Lines of the cues in order, without the markup at their ends; each is found in `text` after the one before it. */
  readonly segments: ReadonlyArray<{ readonly text: string }>;
  /**
   * Translations of the segments as translations of the cues, by their unit's id: each with the markup of its own ends, and
   * tags that were parted closed in one cue and opened again in the next.
   */
  unitTexts(segments: readonly string[]): Map<string, string>;
}

/** Seconds without a cue after which a sentence is taken to have ended. */
const PAUSE = 3;
/** Dots, dashes and notes alone would be taken for the end of the sentence before them. */
const WORDLESS = /^[^\p{L}\p{N}]+$/u;
/** What is sung, heard or written, and not said: it never goes on in the next cue. */
const ASIDE_START = /^[[(♪♫#（［【]/u;
const ASIDE_END = /[\])♪♫#）］】]$/u;

interface CueLine {
  readonly unit: number;
  readonly before: string;
  readonly text: string;
  readonly after: string;
}

/** @param times when each unit is seen, in their order */
export function cueText(units: readonly Unit[], times: readonly CueTime[]): CueText {
  const lines = units.flatMap(({ text }, unit) =>
    text.split('\n').map((line): CueLine => ({ unit, ...cueMarkup(line) })),
  );
  let text = '';
  for (const [index, line] of lines.entries())
    text += (index === 0 ? '' : gap(lines[index - 1] as CueLine, line, times)) + line.text;
  return {
    text,
    segments: lines.map((line) => ({ text: line.text })),
    unitTexts: (segments) => {
      const parts = withClosedTags(lines.map((_, index) => segments[index] ?? ''));
      const byUnit = units.map((): string[] => []);
      for (const [index, { unit, before, after }] of lines.entries()) {
        const whole = `${before}${(parts[index] ?? '').trim()}${after}`;
        if (whole.trim() !== '') byUnit[unit]?.push(whole);
      }
      const changed = new Set(lines.flatMap(({ unit, text }, index) => (parts[index] === text ? [] : [unit])));
      return new Map(
        units.map(({ id, text }, unit) => [id, changed.has(unit) ? (byUnit[unit] ?? []).join('\n') : text]),
      );
    },
  };
}

function gap(before: CueLine, after: CueLine, times: readonly CueTime[]): string {
  if (before.unit === after.unit || startsSpeech(after.text)) return '\n';
  if (ASIDE_END.test(before.text) || ASIDE_START.test(after.text)) return '\n';
  if (WORDLESS.test(before.text) || WORDLESS.test(after.text)) return '\n';
  const pause = (times[after.unit]?.start ?? 0) - (times[before.unit]?.end ?? 0);
  if (pause >= PAUSE) return '\n';
  const touching = WIDE_CHARACTER.test(before.text.at(-1) ?? '') && WIDE_CHARACTER.test(after.text[0] ?? '');
  return touching ? '' : ' ';
}
