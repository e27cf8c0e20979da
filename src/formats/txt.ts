import type { TextWriter } from './writer.js';

/** Plain text, with a line end after the last line; an empty content is an empty file. */
export const txt: TextWriter = {
  name: 'txt',
  scope: 'language',
  write: ({ content }) => (content === '' || content.endsWith('\n') ? content : `${content}\n`),
};
