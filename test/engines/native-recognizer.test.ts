import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Segment } from '../../src/domain/segment.js';
import { NativeRecognizer } from '../../src/engines/native/native-engines.js';
import type { Pool } from '../../src/pool/pool.js';

const MODEL = { path: 'm.bin', device: 'cpu', deviceIndex: 0, computeType: 'default', tokenizer: null } as const;
const OWNER = { group: 't', priority: 0 };

function segment(id: number, noSpeech: number): Segment {
  const text = `${id}`;
  return {
    id,
    start: id,
    end: id + 1,
    text,
    confidence: 0.9,
    avg_logprob: -0.1,
    no_speech_prob: noSpeech,
    tokens: [id],
  };
}

/** What a recognizer makes of segments with these probabilities of no speech. */
async function kept(noSpeech: readonly number[], advice: { noSpeechThreshold?: number }): Promise<number[]> {
  const lane = { run: async () => noSpeech.map((probability, id) => segment(id, probability)) };
  const recognizer = new NativeRecognizer(lane as unknown as Pool, MODEL, { name: 'm', advice }, 1, OWNER);
  const window = { span: { index: 0, start: 0, end: 1 }, samples: new Float32Array(16), speech: true };
  const { segments } = await recognizer.recognize(window, { language: 'en' });
  return segments.map(({ id }) => id);
}

test('without advice all that the engine gives is kept', async () => {
  assert.equal(await kept([0, 0.5, 0.99, 1], {}), [0, 1, 2, 3]);
});

test("from a model's own threshold on, what it calls no speech is left out", async () => {
  assert.equal(await kept([0, 0.39, 0.4, 0.99], { noSpeechThreshold: 0.4 }), [0, 1]);
});

test.run();
