import type { Cue } from './cue.js';
import type { TextWriter } from './writer.js';

/**
 * Plain text, with a line end after the last line; an empty content is an empty file. Where speakers are known each turn is a line
 * that begins with its speaker.
 */
export const txt: TextWriter = {
  name: 'txt',
  scope: 'language',
  write: ({ content, cues }) => {
    const text = cues?.some(({ speaker }) => speaker !== undefined) ? turns(cues) : content;
    return text === '' || text.endsWith('\n') ? text : `${text}\n`;
  },
};

function turns(cues: readonly Cue[]): string {
  const lines: string[] = [];
  let last: string | undefined;
  for (const { speaker, text } of cues) {
    const line = text.replace(/\s+/g, ' ').trim();
    if (line === '') continue;
    if (speaker === last && lines.length > 0) lines[lines.length - 1] += ` ${line}`;
    else lines.push(speaker === undefined ? line : `${speaker}: ${line}`);
    last = speaker;
  }
  return lines.join('\n');
}
