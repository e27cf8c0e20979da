import { srtTime } from '../domain/timecode.js';
import { arrangeCues, type Cue, underlined } from './cue.js';
import type { CueWriter } from './writer.js';

/** SubRip. `-->` inside a text would be read as times and becomes `->`. */
export const srt: CueWriter = {
  name: 'srt',
  scope: 'cues',
  write: (cues) =>
    arrangeCues(cues)
      .map(
        (cue, index) =>
          `${index + 1}\n${srtTime(cue.start)} --> ${srtTime(cue.end)}\n${speaker(cue)}${underlined(cue, withoutArrows)}\n\n`,
      )
      .join(''),
};

function speaker({ speaker: name }: Cue): string {
  return name === undefined ? '' : `${withoutArrows(name)}: `;
}

function withoutArrows(text: string): string {
  return text.replace(/-{2,}>/g, '->');
}
