import { vttTime } from '../domain/timecode.js';
import { arrangeCues } from './cue.js';
import type { CueWriter } from './writer.js';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** WebVTT. */
export const vtt: CueWriter = {
  name: 'vtt',
  scope: 'cues',
  write: (cues) =>
    `WEBVTT\n\n${arrangeCues(cues)
      .map(({ start, end, text }) => `${vttTime(start)} --> ${vttTime(end)}\n${escaped(text)}\n\n`)
      .join('')}`,
};

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);
}
