import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assess } from '../../../src/domain/accuracy.js';
import type { Segment } from '../../../src/domain/segment.js';
import type { Accuracy } from '../../../src/domain/transcript.js';
import type { Recognizer } from '../../../src/engines/ports.js';
import { assessStage } from '../../../src/stages/assess/assess.js';
import type { TranscriptArtifact } from '../../../src/stages/stage.js';
import { said, scriptedContext, wordsOf } from '../transcribe/support.js';

interface Case {
  readonly segments: readonly Segment[];
  readonly reference: string;
  readonly align?: Recognizer['align'];
  readonly options?: Record<string, unknown>;
}

async function assessed({ segments, reference, align, options = {} }: Case) {
  const scripted = scriptedContext({
    windows: [
      { start: 0, end: 10 },
      { start: 10, end: 20 },
    ],
    answer: () => [],
    options,
    spec: { referenceText: reference },
    ...(align === undefined ? {} : { align }),
  });
  const text = segments.map((segment) => segment.text).join(' ');
  const transcript: TranscriptArtifact = {
    text,
    language: 'en',
    languageProbability: 1,
    duration: 20,
    segments,
    confidence: 1,
    audio: { format: 'wave', codec: 'pcm', sample_rate: 16_000, channels: 1, duration: 20 },
  };
  await assessStage.run({
    ...scripted.context,
    artifacts: { transcript },
    ports: {
      ...scripted.context.ports,
      assess: (heard, said, _signal, tokens) => Promise.resolve(assess(heard, said, tokens)),
    },
  });
  return { ...scripted, accuracy: scripted.facts.value.accuracy as Accuracy };
}

const HEARD = [
  said('we met at noon', 0, 4, { words: wordsOf([' we', 0, 1], [' met', 1, 2], [' at', 3, 3.5], [' noon', 3.5, 4]) }),
  said('and left', 12, 14, { words: wordsOf([' and', 12, 13], [' left', 13, 14]) }),
];
const REFERENCE = 'We met again at noon, and then left.';

test('the stage gives the accuracy with its edits, or without on request', async () => {
  const { accuracy, opened } = await assessed({ segments: HEARD, reference: REFERENCE });
  assert.equal(
    accuracy.edits?.map(({ reference, start, end }) => [reference, start, end]),
    [
      ['again', 2, 3],
      ['then', 13, 13],
    ],
  );
  assert.is(opened.length, 0, 'an engine that cannot align needs no second decoding');
  const bare = await assessed({ segments: HEARD, reference: REFERENCE, options: { edits: false } });
  assert.not.ok('edits' in bare.accuracy);
  assert.is(bare.accuracy.accuracy, accuracy.accuracy);
});

test('words that the transcript lacks are looked for in the sound, where they are missing', async () => {
  const asked: Array<[number, string]> = [];
  const { accuracy, opened, discarded } = await assessed({
    segments: HEARD,
    reference: REFERENCE,
    align: (window, text) => {
      asked.push([window.span.index, text]);
      const words = text.split(' ').map((word, index) => {
        const start = window.span.start + index / 2;
        return { word: ` ${word}`, start, end: start + 0.4, probability: word === 'then' ? 0.1 : 0.8 };
      });
      return Promise.resolve({ words, avg_logprob: -0.3 });
    },
  });
  assert.equal(asked, [
    [0, 'we met again at noon and then left'],
    [1, 'met again at noon and then left'],
  ]);
  assert.equal(
    accuracy.edits?.map(({ reference, start, end }) => [reference, start, end]),
    [
      ['again', 1, 1.4],
      ['then', 13, 13],
    ],
    'a word that the alignment is not sure of keeps its gap',
  );
  assert.is(opened.length, 1);
  assert.equal(discarded, [1, 2]);
});

test('nothing is looked for where it cannot be found', async () => {
  const align = () => Promise.reject(new Error('must not be asked'));
  for (const options of [{ strategy: 'sequential' }, { splitChannels: true }]) {
    assert.is((await assessed({ segments: HEARD, reference: REFERENCE, align, options })).opened.length, 0);
  }
  assert.is((await assessed({ segments: HEARD, reference: 'We met at noon and left', align })).opened.length, 0);
});

test.run();
