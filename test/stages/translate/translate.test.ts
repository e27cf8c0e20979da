import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { joinPieces } from '../../../src/domain/script.js';
import type { Segment } from '../../../src/domain/segment.js';
import type { TranslationItem } from '../../../src/engines/ports.js';
import type { TranscriptArtifact } from '../../../src/stages/stage.js';
import { translateStage } from '../../../src/stages/translate/translate.js';
import { said, scriptedContext } from '../transcribe/support.js';

async function translated(segments: readonly Segment[], options: Record<string, unknown> = {}) {
  const items: TranslationItem[] = [];
  const { context } = scriptedContext({
    windows: [{ start: 0, end: 10 }],
    answer: () => [],
    options,
    spec: { languages: ['fr'] },
  });
  const text = joinPieces(
    segments.map((segment) => segment.text),
    'de',
  );
  const transcript: TranscriptArtifact = {
    text,
    language: 'de',
    languageProbability: 1,
    duration: 10,
    segments,
    confidence: 1,
    audio: { format: 'wave', codec: 'pcm', sample_rate: 16_000, channels: 1, duration: 10 },
  };
  const { referenceText: _, ...task } = context.task;
  await translateStage.run({
    ...context,
    task,
    artifacts: { transcript },
    ports: {
      ...context.ports,
      translator: () => ({
        info: () => Promise.resolve({ model: 'scripted', family: 'm2m100', languages: ['de', 'en', 'fr'] }),
        translate: (some) => {
          items.push(...some);
          return Promise.resolve(some.map((item) => ({ text: item.text, confidence: 1 })));
        },
      }),
    },
  });
  return items.map(({ text: sentence, source }) => [source, sentence]);
}

const MIXED = [
  said('Guten Tag zusammen.', 0, 3, { language: 'de' }),
  said('Let us begin. We are late.', 3, 6, { language: 'en' }),
  said('はじめましょう。', 6, 7, { language: 'ja' }),
  said('Das war alles.', 7, 9, { language: 'de' }),
];

test('a sentence is translated from the language of the segment it starts in, where the model knows it', async () => {
  assert.equal(await translated(MIXED), [
    ['de', 'Guten Tag zusammen.'],
    ['en', 'Let us begin.'],
    ['en', 'We are late.'],
    ['de', 'はじめましょう。'],
    ['de', 'Das war alles.'],
  ]);
});

test("segments without a language, and Whisper's own translation, are in the transcript's", async () => {
  const plain = MIXED.map(({ language: _, ...segment }) => segment);
  for (const rows of [await translated(plain), await translated(MIXED, { task: 'translate' })]) {
    assert.equal(new Set(rows.map(([source]) => source)), new Set(['de']));
  }
});

test.run();
