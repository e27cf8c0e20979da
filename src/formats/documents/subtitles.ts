import { VoiceLinguaError } from '../../domain/errors.js';
import type { Unit } from '../../domain/unit.js';
import { oneLine, wrapped } from './cue-lines.js';
import { type CueTime, type DocumentFormat, type ReadDocument, type Replacement, replaced } from './document.js';

const TIMING =
  /^\s*(?:[0-9]{1,4}:)?[0-9]{1,2}:[0-9]{1,2}(?:[,.][0-9]{1,3})?\s*-->\s*(?:[0-9]{1,4}:)?[0-9]{1,2}:[0-9]{1,2}(?:[,.][0-9]{1,3})?(?:\s.*)?$/;
const TIMECODE = /(?:([0-9]{1,4}):)?([0-9]{1,2}):([0-9]{1,2})(?:[,.]([0-9]{1,3}))?/g;
const NUMBER = /^\s*[0-9]+\s*$/;
const BLANK = /^\s*$/;
const WEBVTT = /^\ufeff?WEBVTT(?:[ \t].*)?$/;

interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Lines of a cue's text, by their first and their last. */
interface Cue {
  readonly first: number;
  readonly last: number;
  readonly time: CueTime;
}

/** SubRip: cues with their numbers and times; blank lines inside a cue are part of it. */
export const srtDocument: DocumentFormat = {
  name: 'srt',
  extensions: ['srt'],
  read: async (text) => {
    const lines = linesOf(text);
    const cues = cuesOf(lines, (line) => endOfSrtCue(lines, line));
    if (cues.length === 0 && !lines.every((line) => BLANK.test(line.text) || line.text === '\ufeff')) {
      throw noDocument('SubRip file: it has no line of times (00:00:01,000 --> 00:00:02,000)');
    }
    return documentOf(text, lines, cues);
  },
};

/** WebVTT: cues with their ids, times and settings; header, notes, styles and regions stay. */
export const vttDocument: DocumentFormat = {
  name: 'vtt',
  extensions: ['vtt'],
  read: async (text) => {
    const lines = linesOf(text);
    if (!WEBVTT.test(lines[0]?.text ?? '')) throw noDocument('WebVTT file: its first line is not "WEBVTT"');
    return documentOf(
      text,
      lines,
      cuesOf(lines, (line) => BLANK.test(lines[line]?.text ?? '')),
    );
  },
};

function noDocument(what: string): VoiceLinguaError {
  return new VoiceLinguaError('INPUT_CORRUPT', `The text is no ${what}.`);
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    lines.push({ text: text.slice(start, match.index), start, end: match.index });
    start = match.index + match[0].length;
  }
  lines.push({ text: text.slice(start), start, end: text.length });
  return lines;
}

function cuesOf(lines: readonly Line[], ends: (line: number) => boolean): Cue[] {
  const cues: Cue[] = [];
  for (let line = 0; line < lines.length; line++) {
    if (!TIMING.test(lines[line]?.text ?? '')) continue;
    const first = line + 1;
    let last = first;
    while (last < lines.length && !ends(last)) last++;
    while (last > first && BLANK.test(lines[last - 1]?.text ?? '')) last--;
    if (last > first) cues.push({ first, last: last - 1, time: timeOf(lines[line]?.text ?? '') });
    line = last - 1;
  }
  return cues;
}

function timeOf(line: string): CueTime {
  const [start = 0, end = 0] = Array.from(line.matchAll(TIMECODE), ([, hours, minutes, seconds, fraction]) => {
    const whole = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
    return whole + Number(`0.${fraction ?? 0}`);
  });
  return { start, end };
}

/** At the next cue, which a number goes before as a rule; blank lines alone do not end one. */
function endOfSrtCue(lines: readonly Line[], line: number): boolean {
  const isTiming = (at: number): boolean => TIMING.test(lines[at]?.text ?? '');
  return isTiming(line) || (NUMBER.test(lines[line]?.text ?? '') && isTiming(line + 1));
}

function documentOf(text: string, lines: readonly Line[], cues: readonly Cue[]): ReadDocument {
  const newline = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const contents = cues.map(({ first, last }) => lines.slice(first, last + 1).map((line) => line.text));
  const units = contents.map((content, index): Unit => ({ id: String(index + 1), text: oneLine(content) }));
  return {
    units,
    times: cues.map(({ time }) => time),
    write: (translations) => {
      const replacements = cues.flatMap(({ first, last }, index): Replacement[] => {
        const { id, text: original } = units[index] as Unit;
        const translation = translations.get(id);
        if (translation === undefined || translation === original) return [];
        const start = (lines[first] as Line).start;
        const end = (lines[last] as Line).end;
        return [{ start, end, text: wrapped(harmless(translation), contents[index] as string[]).join(newline) }];
      });
      return replaced(text, replacements);
    },
  };
}

/** Without what would be read as the times of a cue, or as its end. */
function harmless(text: string): string {
  return text
    .replace(/-{2,}>/g, '->')
    .replace(/\s*(?:\r\n|\n|\r)\s*/g, '\n')
    .trim();
}
