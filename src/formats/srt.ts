import { srtTime } from '../domain/timecode.js';
import { arrangeCues } from './cue.js';
import type { CueWriter } from './writer.js';

/** SubRip. `-->` inside a text would be read as times and becomes `->`. */
export const srt: CueWriter = {
  name: 'srt',
  scope: 'cues',
  write: (cues) =>
    arrangeCues(cues)
      .map(
        ({ start, end, text }, index) =>
          `${index + 1}\n${srtTime(start)} --> ${srtTime(end)}\n${withoutArrows(text)}\n\n`,
      )
      .join(''),
};

function withoutArrows(text: string): string {
  return text.replace(/-{2,}>/g, '->');
}
