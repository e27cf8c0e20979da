/** What is translated: sentences of a twin of M2M100-418M, which answers with its script whatever it is given. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peerPython, preparePython, twinPath, twinsFolder } from '../../../tools/twins/make-twins.mjs';
import { command } from '../../lib/measure.mjs';
import { ROOT } from '../../lib/paths.mjs';

export const BEAM = 4;
export const THREADS = 2;
/** The nine that the project knows beside English, in codes of M2M100: it has one Chinese. */
export const LANGUAGES = ['zh', 'ja', 'ko', 'fr', 'de', 'es', 'it', 'ru', 'pt'];
/** Tokens of a sentence: most have ten to thirty. */
const SHORTEST = 6;
const LONGEST = 38;

/** The model's folder, its script as a text, and Python with the wheel. */
export async function subject() {
  const folder = twinsFolder();
  if (folder === null) throw new Error('There is no ../shared/twins/twins.py beside this checkout.');
  const model = twinPath(folder, 'm2m');
  if (!existsSync(model)) await command(process.execPath, [join(ROOT, 'tools/twins/make-twins.mjs'), 'm2m']);
  preparePython();
  const vocabulary = JSON.parse(readFileSync(join(model, 'shared_vocabulary.json'), 'utf8'));
  const script = JSON.parse(readFileSync(join(model, 'script.json'), 'utf8')).map((id) => vocabulary[id]);
  const python = peerPython();
  const version = execFileSync(python, ['-c', 'import ctranslate2; print(ctranslate2.__version__)'], {
    encoding: 'utf8',
  }).trim();
  return { model, script: script.join(' '), python, versions: [`ctranslate2==${version} (wheel)`] };
}

/** Sentences, no two alike, of lengths as texts have them; the same ones every time. */
export function sentences(count) {
  let state = 20261125;
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, () => {
    const half = (LONGEST - SHORTEST) / 2;
    const length = SHORTEST + random(half + 1) + random(half + 1);
    return Array.from({ length }, () => `▁t${100 + random(100_000)}`);
  });
}

/** A row as the wheel takes it, with the tokens that M2M100 was trained with. */
export function wheelRow(tokens, language) {
  return { tokens: ['__en__', ...tokens, '</s>'], prefix: [`__${language}__`] };
}

/** Throws when an answer is not the script: nobody is fast by leaving work out. */
export function checkTexts(texts, count, script) {
  if (texts.length !== count) throw new Error(`${texts.length} of ${count} were translated`);
  for (const text of texts) if (text !== script) throw new Error(`not the script: ${text}`);
}

export function checkTokens(rows, count, script) {
  const texts = rows.map((tokens) => tokens.slice(1).join(' '));
  checkTexts(texts, count, script);
}
