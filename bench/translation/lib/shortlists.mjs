/**
 * Shortlists for the twin. It says the same script into every language, and its tokens are no words, so that nothing is measured of what a
 * list does to translations: only what the smaller output layer saves. The lists are as large as texts of a language make them.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { WORK } from '../../lib/paths.mjs';
import { openOurs } from './ours.mjs';
import { sentences } from './subject.mjs';

/** Different tokens of the texts that a list is made of; the product adds 4,000 of the script, those of control, and the letters. */
const TOKENS = 12_000;
const STEP = 10;
/** Sentences to try a list on: enough to see that it works. */
const TRIED = 4;

/**
 * Makes a list for each language, and has instances of this process use them where they are not told otherwise.
 * @returns tokens of the largest list
 */
export async function makeShortlists(model, script, languages) {
  const folder = join(WORK, 'shortlists');
  rmSync(folder, { recursive: true, force: true });
  process.env.VOICELINGUA_MODELS = folder;
  const texts = Object.fromEntries(
    languages.map((language, place) => {
      const words = Array.from({ length: TOKENS }, (_, i) => `▁t${i * STEP + place}`);
      return [language, [script, words.join(' ')]];
    }),
  );
  const sample = sentences(TRIED).map((tokens) => tokens.join(' '));
  const lingua = await openOurs(model);
  try {
    const { languages: found } = await lingua.optimizeModel({ model, to: languages, texts, sample });
    for (const { language, kept } of found) if (!kept) throw new Error(`no shortlist for ${language}`);
    return Math.max(...found.map(({ trials }) => trials.at(-1).tokens));
  } finally {
    await lingua.close();
  }
}
