import { vttTime } from '../domain/timecode.js';
import { arrangeCues, type Cue, underlined } from './cue.js';
import type { CueWriter } from './writer.js';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** WebVTT. */
export const vtt: CueWriter = {
  name: 'vtt',
  scope: 'cues',
  write: (cues) =>
    `WEBVTT\n\n${arrangeCues(cues)
      .map((cue) => `${vttTime(cue.start)} --> ${vttTime(cue.end)}\n${voice(cue)}${underlined(cue, escaped)}\n\n`)
      .join('')}`,
};

function voice({ speaker }: Cue): string {
  return speaker === undefined ? '' : `<v ${escaped(speaker)}>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);
}
