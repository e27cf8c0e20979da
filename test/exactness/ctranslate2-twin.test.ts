import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { peerPython, twinPath, twinsFolder } from '../../tools/twins/make-twins.mjs';
import { CPU, loadAddon, TRANSLATE } from '../native/addon.js';

/** The same calls through Python's ctranslate2: rows of the batch, and for each beam the best hypothesis and score. */
const PYTHON = `
import ctranslate2, json, sys
model, batch, beams = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
translator = ctranslate2.Translator(model, device="cpu", inter_threads=1, intra_threads=1)
answers = {}
for beam in beams:
    results = translator.translate_batch([row["source"] for row in batch], target_prefix=[[row["target"]] for row in batch],
        beam_size=beam, return_scores=True, max_batch_size=32)
    answers[beam] = [{"tokens": result.hypotheses[0], "score": result.scores[0]} for result in results]
print(json.dumps(answers))
`;

const BEAMS = [1, 4];

test('a twin of M2M100-418M: tokens and scores of Python’s ctranslate2, by beam 1 and 4', () => {
  const folder = twinsFolder();
  const model = folder === null ? '' : twinPath(folder, 'm2m');
  if (!existsSync(join(model, 'model.bin')) || !existsSync(peerPython())) {
    console.log('skipped: the twin of M2M100 is not there (node tools/twins/make-twins.mjs m2m)');
    return;
  }
  const batch = ['de', 'fr', 'ja', 'ru'].map((target, row) => ({
    source: ['__en__', ...Array.from({ length: 6 + row * 5 }, (_, i) => `▁t${1000 + row * 97 + i * 13}`), '</s>'],
    target: `__${target}__`,
  }));
  const output = execFileSync(peerPython(), ['-c', PYTHON, model, JSON.stringify(batch), JSON.stringify(BEAMS)]);
  const expected = JSON.parse(output.toString('utf8')) as Record<string, Array<{ tokens: string[]; score: number }>>;

  const addon = loadAddon();
  const weights = addon.openModel(model, CPU);
  const translator = addon.openTranslator(weights);
  for (const beamSize of BEAMS) {
    const answers = addon.translate(
      translator,
      batch.map((row) => row.source),
      batch.map((row) => [row.target]),
      { ...TRANSLATE, beamSize, returnScores: true },
      0,
    );
    for (const [index, answer] of answers.entries()) {
      const wanted = expected[String(beamSize)]?.[index];
      assert.equal(answer.hypotheses[0], wanted?.tokens, `beam ${beamSize}, row ${index}`);
      const difference = Math.abs((answer.scores[0] ?? Number.NaN) - (wanted?.score ?? 0));
      assert.ok(difference < 1e-2, `beam ${beamSize}, row ${index}: scores differ by ${difference}`);
    }
  }
  const script = JSON.parse(readFileSync(join(model, 'script.json'), 'utf8')) as number[];
  assert.ok(script.length > 0);
  // A tenth of the vocabulary and what the twin says: the same tokens, as far as its part of the output layer is right.
  const ids = new Set([...Array(12_800).keys()].map((i) => i * 10).concat(script));
  addon.setShortlist(translator, 'tenth', Int32Array.from([...ids].sort((a, b) => a - b)));
  for (const beamSize of BEAMS) {
    const answers = addon.translate(
      translator,
      batch.map((row) => row.source),
      batch.map((row) => [row.target]),
      { ...TRANSLATE, beamSize, shortlists: ['tenth'] },
      0,
    );
    for (const [index, answer] of answers.entries()) {
      assert.equal(answer.hypotheses[0], expected[String(beamSize)]?.[index]?.tokens, `shortlist, beam ${beamSize}`);
    }
  }
  addon.close(translator);
  addon.close(weights);
});

test.run();
