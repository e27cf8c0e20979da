import type { DocumentFormat } from './document.js';

/** Plain text: one unit, whose lines stay lines. */
export const plainText: DocumentFormat = {
  name: 'txt',
  extensions: ['txt', 'text', 'md'],
  read: async (text) => {
    const newline = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
    return {
      units: [{ id: '1', text }],
      write: (translations) => {
        const translation = translations.get('1') ?? text;
        return translation === text ? text : translation.replace(/\r\n|\n|\r/g, newline);
      },
    };
  },
};
