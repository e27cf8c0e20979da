import { type TextLanguage, takenLanguage } from './domain/text-language.js';

/** The language of a text: as given, or detected with what a short text leaves open. */
export async function sourceLanguageOf(text: string, given = 'auto'): Promise<TextLanguage> {
  if (given !== 'auto') return { language: given, guess: null };
  const { detectTextLanguage } = await import('./engines/text/language-detector.js');
  return takenLanguage(text, await detectTextLanguage(text));
}
