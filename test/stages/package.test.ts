import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLinguaError } from '../../src/domain/errors.js';
import type { Package } from '../../src/domain/package.js';
import type { TaskRecord, TranslationRecord } from '../../src/domain/task.js';
import { buildPackage } from '../../src/stages/package.js';
import { seededRandom } from '../fixtures/random.js';
import { completedAudioTask, completedTextTask, segment, translation } from '../fixtures/tasks.js';

const SCHEMA = JSON.parse(readFileSync(new URL('../../schema/package.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ allErrors: true, strict: true });
addFormats.default(ajv);
const isPackage = ajv.compile(SCHEMA);

function assertValid(pkg: unknown): void {
  assert.ok(isPackage(JSON.parse(JSON.stringify(pkg))), ajv.errorsText(isPackage.errors));
}

const SEGMENTS = [segment(0, 0, 1.5, ' Good morning.'), segment(1, 1.5, 3.5, ' How are you?', 0.7)];

function audioRecords(task: TaskRecord): TranslationRecord[] {
  return [
    translation(task, 'en', 'AUDIO', 'Good morning. How are you?', 0.8),
    translation(task, 'en', 'TEXT', 'Good morning. How are you?', 1),
    translation(task, 'zh-tw', 'AUDIO', '早安。你好嗎？'),
    translation(task, 'de', 'TEXT', 'Guten Morgen. Wie geht es Ihnen?'),
    translation(task, 'de', 'AUDIO', 'Guten Morgen. Wie geht es dir?'),
    translation(task, 'zh-tw', 'TEXT', '早安。您好嗎？'),
  ];
}

test('an audio task with a reference text has the fields of the contract', () => {
  const task = completedAudioTask();
  const pkg = buildPackage(task, SEGMENTS, audioRecords(task));
  const timestamp = '2026-01-02T03:04:10.000Z';
  assert.equal(pkg, {
    task_id: task.id,
    task_type: 'audio',
    text_id: 'greeting',
    created_at: '2026-01-02T03:04:05.000Z',
    completed_at: '2026-01-02T03:04:15.000Z',
    accuracy: 0.95,
    metadata: {
      audio_duration: 3.5,
      audio_format: 'wav',
      model_version: 'demo-stt',
      processing_time: 1.25,
      wer: 0.2,
      cer: 0.1,
      models: { stt: 'demo-stt', mt: 'demo-mt' },
      audio_codec: 'pcm_s16le',
      sample_rate: 22050,
      channels: 1,
    },
    translations: {
      en: {
        text: { content: 'Good morning. How are you?', source: 'AUDIO', confidence: 0.8, timestamp },
        reference_text: { content: 'Good morning. How are you?', source: 'TEXT', confidence: 1, timestamp },
      },
      de: {
        text: { content: 'Guten Morgen. Wie geht es dir?', source: 'AUDIO', confidence: 0.9, timestamp },
        reference_text: { content: 'Guten Morgen. Wie geht es Ihnen?', source: 'TEXT', confidence: 0.9, timestamp },
      },
      'zh-tw': {
        text: { content: '早安。你好嗎？', source: 'AUDIO', confidence: 0.9, timestamp },
        reference_text: { content: '早安。您好嗎？', source: 'TEXT', confidence: 0.9, timestamp },
      },
    },
    query_index: {
      by_language: {
        en: ['text', 'reference_text'],
        de: ['text', 'reference_text'],
        'zh-tw': ['text', 'reference_text'],
      },
      by_source: {
        AUDIO: { en: 'text', de: 'text', 'zh-tw': 'text' },
        TEXT: { en: 'reference_text', de: 'reference_text', 'zh-tw': 'reference_text' },
      },
    },
    source_language: 'en',
    languages: ['en', 'de', 'zh-tw'],
    segments: SEGMENTS,
    warnings: [],
  } satisfies Package);
  assertValid(pkg);
});

test('a recording without a reference text has no accuracy', () => {
  const { referenceText, ...task } = completedAudioTask({ accuracy: null });
  const pkg = buildPackage(task, SEGMENTS, [translation(task, 'en', 'AUDIO', 'Good morning.')]);
  assert.is(pkg.accuracy, null);
  assert.not.ok('wer' in pkg.metadata || 'cer' in pkg.metadata);
  assert.equal(pkg.query_index, { by_language: { en: ['text'] }, by_source: { AUDIO: { en: 'text' } } });
  assertValid(pkg);
});

test('a text task keeps its text as reference_text from TEXT', () => {
  const task = completedTextTask();
  const pkg = buildPackage(task, [], [translation(task, 'fr', 'TEXT', 'Merci.')]);
  assert.equal(pkg.translations.en, {
    reference_text: { content: 'Thank you.', source: 'TEXT', confidence: 1, timestamp: task.completedAt },
  });
  assert.equal(pkg.query_index.by_source, { TEXT: { en: 'reference_text', fr: 'reference_text' } });
  assert.equal(pkg.languages, ['en', 'fr']);
  assert.is(pkg.metadata.model_version, 'demo-mt');
  assert.is(pkg.metadata.audio_format, null);
  assertValid(pkg);
});

test('contents in the spoken language come from the task where they were not stored', () => {
  const pkg = buildPackage(completedAudioTask(), SEGMENTS, []);
  assert.is(pkg.translations.en?.text?.content, 'Good morning. How are you?');
  assert.is(pkg.translations.en?.text?.confidence, 0.8);
  assert.is(pkg.translations.en?.reference_text?.confidence, 1);
  assertValid(pkg);
});

test('silence is an empty transcript, not a missing one', () => {
  const pkg = buildPackage(completedAudioTask(), [], []);
  assert.equal(pkg.translations.en?.text?.content, '');
  assert.is(pkg.translations.en?.text?.confidence, 0);
  assertValid(pkg);
});

test('segment texts in other languages must be one for each segment', () => {
  const task = completedAudioTask();
  const aligned = { de: ['Guten Morgen.', 'Wie geht es dir?'] };
  const pkg = buildPackage(task, SEGMENTS, audioRecords(task), aligned);
  assert.equal(pkg.segment_translations, aligned);
  assertValid(pkg);
  assert.not.ok('segment_translations' in buildPackage(task, SEGMENTS, audioRecords(task), {}));
  assert.throws(
    () => buildPackage(task, SEGMENTS, audioRecords(task), { de: ['one'] }),
    /1 "de" texts were given for 2/,
  );
});

test('the audio format is what people call it', () => {
  const format = (container: string, audioPath: string) =>
    buildPackage(
      completedAudioTask({
        audioPath,
        audio: { format: container, codec: 'c', sample_rate: 8000, channels: 2, duration: null },
      }),
      [],
      [],
    ).metadata.audio_format;
  assert.is(format('isomp4', '/a/talk.m4a'), 'm4a');
  assert.is(format('isomp4', '/a/talk.MOV'), 'mov');
  assert.is(format('isomp4', '/a/talk'), 'mp4');
  assert.is(format('mov,mp4,m4a,3gp,3g2,mj2', '/a/talk.m4a'), 'm4a');
  assert.is(format('matroska', '/a/talk.webm'), 'webm');
  assert.is(format('mp3', '/a/misnamed.wav'), 'mp3');
  assert.is(format('caf', '/a/x.caf'), 'caf');
});

test('only a completed task has a package', () => {
  for (const status of ['pending', 'processing', 'failed', 'cancelled'] as const) {
    assert.throws(
      () => buildPackage(completedAudioTask({ status, completedAt: null }), [], []),
      (error: VoiceLinguaError) =>
        error.code === 'TASK_NOT_COMPLETED' && error.message.includes(status) && error.message.includes('greeting'),
    );
  }
});

test('coverage and edits are in the package, and the schema knows them', () => {
  const edits = [
    { operation: 'delete', reference: 'how', hypothesis: null, position: 2, start: 1.5, end: 1.5 },
    { operation: 'insert', reference: null, hypothesis: 'hm', position: 3, start: null, end: null },
  ] as const;
  const task = completedAudioTask({
    accuracy: { accuracy: 0.9, wer: 0.2, cer: 0.1, edits, edits_total: 2 },
    coverage: { coverage: 0.75, speech: 4, uncovered: [{ start: 2, end: 3 }] },
  });
  const flagged = SEGMENTS.map((segment) => ({
    ...segment,
    language: 'zh-tw',
    channel: 1,
    temperature: 0.4,
    compression_ratio: 1.2,
    flags: ['low_confidence', 'no_speech', 'loop', 'retried', 'added'] as const,
  }));
  const pkg = buildPackage(task, flagged, audioRecords(task));
  assert.equal(pkg.edits, edits);
  assert.is(pkg.metadata.edits_total, 2);
  assert.is(pkg.metadata.coverage, 0.75);
  assert.equal(pkg.metadata.uncovered, [{ start: 2, end: 3 }]);
  assertValid(pkg);
  const bare = buildPackage(completedAudioTask(), SEGMENTS, audioRecords(completedAudioTask()));
  assert.not.ok('edits' in bare);
  assert.not.ok('coverage' in bare.metadata);
});

test("Whisper's own translation stands under English, whatever was spoken", () => {
  const task = completedAudioTask({ sourceLanguage: 'de', languages: [], options: { task: 'translate' } });
  const pkg = buildPackage(task, SEGMENTS, [translation(task, 'en', 'AUDIO', 'Good morning.')]);
  assert.is(pkg.source_language, 'en');
  assertValid(pkg);
});

test('the schema refuses what the contract does not allow', () => {
  const task = completedAudioTask();
  const good = JSON.parse(JSON.stringify(buildPackage(task, SEGMENTS, audioRecords(task))));
  // biome-ignore lint/suspicious/noExplicitAny: the point is to write what the types forbid
  const spoiled: Array<(pkg: any) => void> = [
    (pkg) => delete pkg.accuracy,
    (pkg) => delete pkg.query_index.by_source,
    (pkg) => delete pkg.metadata.audio_duration,
    (pkg) => delete pkg.translations.de.text.confidence,
    (pkg) => (pkg.task_type = 'video'),
    (pkg) => (pkg.accuracy = 1.5),
    (pkg) => (pkg.created_at = '2026-01-02 03:04:05'),
    (pkg) => (pkg.created_at = '2026-01-02T03:04:05+01:00'),
    (pkg) => (pkg.translations.de.text.source = 'TEXT'),
    (pkg) => (pkg.translations.de.summary = pkg.translations.de.text),
    (pkg) => (pkg.query_index.by_source.AUDIO.de = 'reference_text'),
    (pkg) => (pkg.translations['DE!'] = pkg.translations.de),
    (pkg) => (pkg.renamed = 1),
    (pkg) => (pkg.segments[0].start = -1),
    (pkg) => (pkg.segments[0].flags = ['doubtful']),
    (pkg) => (pkg.segments[0].channel = -1),
    (pkg) => (pkg.metadata.coverage = 1.5),
    (pkg) => (pkg.metadata.uncovered = [{ start: 1 }]),
    (pkg) => (pkg.edits = [{ operation: 'equal', reference: 'a', hypothesis: 'a', position: 0, start: 0, end: 1 }]),
  ];
  for (const spoil of spoiled) {
    const copy = structuredClone(good);
    spoil(copy);
    assert.not.ok(isPackage(copy), `accepted: ${spoil}`);
  }
  const extended = structuredClone(good);
  extended.metadata.temperature = 0.2;
  assertValid(extended);
});

test('whatever is stored, the package is valid and its index names exactly what is there', () => {
  const random = seededRandom('packages');
  const codes = ['en', 'zh', 'zh-tw', 'ja', 'ko', 'fr', 'de', 'es', 'it', 'ru'];
  for (let round = 0; round < 200; round++) {
    const languages = codes.filter(() => random.below(2) === 0);
    const make = random.below(2) === 0 ? completedAudioTask : completedTextTask;
    const task = make({ languages, textId: random.pick(['a', 'a/b', '"', '你好', '-', 'two\nlines']) });
    const records = languages.flatMap((language) =>
      (['AUDIO', 'TEXT'] as const)
        .filter((source) => (source === 'TEXT' || task.type === 'audio') && random.below(4) > 0)
        .map(
          (source) => translation(task, language, source, random.pick(['', 'x', '</script>', '\u2028😀'])),
          random.next(),
        ),
    );
    const pkg = buildPackage(task, task.type === 'audio' ? SEGMENTS : [], records);
    assertValid(pkg);
    assert.equal(Object.keys(pkg.translations), pkg.languages);
    for (const [language, contents] of Object.entries(pkg.translations)) {
      assert.equal(pkg.query_index.by_language[language], Object.keys(contents));
      for (const content of Object.values(contents)) {
        assert.is(contents[pkg.query_index.by_source[content.source]?.[language] ?? 'text'], content);
      }
    }
  }
});

test.run();
