#!/usr/bin/env node
/**
 * How well the confidence of a translation tells right from wrong, on the demo model (needs the built addon):
 *
 *     node --import tsx tools/confidence-statistics.mjs
 *
 * Sentences of the phrasebook that the model has not seen, and sentences that it cannot translate, each into eight languages
 * at beam 1. A translation is right when it is the expected text. Brier score: mean of (confidence − right)², 0 is best.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { columnsOf } from '../src/domain/translation-checks/columns.ts';
import { checkTranslation } from '../src/domain/translation-checks/index.ts';
import { calibratedConfidence } from '../src/domain/translation-trust.ts';
import { CPU, loadAddon, TRANSLATE } from '../test/native/addon.ts';

const ROOT = join(import.meta.dirname, '..');
const MODEL = join(ROOT, 'models', 'demo-mt');
const LANGUAGES = ['zh', 'ja', 'ko', 'fr', 'de', 'es', 'it', 'ru'];

const unseen = JSON.parse(readFileSync(join(ROOT, 'test/fixtures/phrasebook-unseen.json'), 'utf8'));
const outside = readFileSync(join(ROOT, 'tools/demo-models/mt/outside-en.txt'), 'utf8').trim().split('\n');

const translations = translateAll([...unseen, ...outside.map((en) => ({ en }))]);
const groups = {
  'phrasebook, right': translations.filter(({ inside, right }) => inside && right),
  'phrasebook, wrong': translations.filter(({ inside, right }) => inside && !right),
  'outside the phrasebook': translations.filter(({ inside }) => !inside),
};
for (const [name, group] of Object.entries(groups)) {
  const found = group.filter(({ findings }) => findings.length > 0).length;
  console.log(
    `${name}: ${group.length} translations, ${found} with findings; mean token probability ${mean(group, tokens)}, ` +
      `by length ${mean(group, byLength)}, confidence ${mean(group, confidence)}`,
  );
}
console.log(
  `Brier score: token probability ${brier(tokens)}, by length ${brier(byLength)}, confidence ${brier(confidence)}`,
);

function tokens({ probability }) {
  return probability;
}

function byLength({ source, probability }) {
  return calibratedConfidence({ meanTokenProbability: probability, findings: [], sourceLength: columnsOf(source) });
}

function confidence({ source, probability, findings }) {
  return calibratedConfidence({ meanTokenProbability: probability, findings, sourceLength: columnsOf(source) });
}

function mean(group, of) {
  return (group.reduce((sum, one) => sum + of(one), 0) / group.length).toFixed(3);
}

function brier(of) {
  const sum = translations.reduce((total, one) => total + (of(one) - (one.right ? 1 : 0)) ** 2, 0);
  return (sum / translations.length).toFixed(4);
}

function translateAll(sentences) {
  const addon = loadAddon();
  const model = addon.openModel(MODEL, { ...CPU, computeType: 'int8_float32' });
  const translator = addon.openTranslator(model);
  const tokenizer = addon.openTokenizer(join(MODEL, 'sentencepiece.bpe.model'));
  const results = sentences.flatMap((sentence) => {
    const [pieces] = addon.tokenize(tokenizer, [sentence.en]);
    const answers = addon.translate(
      translator,
      LANGUAGES.map(() => ['__en__', ...pieces, '</s>']),
      LANGUAGES.map((language) => [`__${language}__`]),
      { ...TRANSLATE, beamSize: 1, returnScores: true },
      0,
    );
    return answers.map(({ hypotheses, scores }, index) => {
      const language = LANGUAGES[index];
      const [target] = addon.detokenize(tokenizer, [hypotheses[0].slice(1)]);
      const pair = { source: sentence.en, target, sourceLanguage: 'en', targetLanguage: language };
      return {
        source: sentence.en,
        probability: Math.exp(scores[0]),
        findings: checkTranslation(pair),
        inside: sentence[language] !== undefined,
        right: target === sentence[language],
      };
    });
  });
  for (const handle of [tokenizer, translator, model]) addon.close(handle);
  return results;
}
