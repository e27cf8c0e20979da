import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskRequest } from '../api.js';
import { CliError } from '../errors.js';
import { readManifest } from '../manifest.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { readText } from '../references.js';
import { writeLongRecording } from './long-recording.js';

const RECORDINGS = join(PACKAGE_ROOT, 'tools/demo/recordings');
/** A human voice, inside the engine's npm package; there after `npm ci` in the project, not in an installed package. */
const HUMAN = join(PACKAGE_ROOT, 'node_modules/nodejs-whisper/cpp/whisper.cpp/samples/jfk.mp3');
const HUMAN_TEXT =
  'And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.';

const LONG_SECONDS = 180;
/** The same on every machine, whatever detectors it has. */
const TRANSCRIBE: NonNullable<TaskRequest['transcribe']> = { detection: { model: 'embedded' } };
const TEXT = 'The bus to Tokyo leaves at five fifteen. Anna has a question about the schedule.';

/** One piece of the demo's work. */
export interface DemoTask {
  readonly request: TaskRequest & { readonly textId: string };
  /** Whether the demo models are meant to know it. */
  readonly inPhrasebook: boolean;
}

/** The demo's work; writes the long recording to `out`. */
export function demoWork(out: string, languages: readonly string[]): DemoTask[] {
  const manifest = join(RECORDINGS, 'manifest.jsonl');
  if (!existsSync(manifest)) {
    throw new CliError(
      'INPUT_NOT_FOUND',
      'input',
      `The demo's recordings are not at "${RECORDINGS}"; get the project whole.`,
    );
  }
  const requests = readManifest(manifest, readText(manifest)).flatMap((input) =>
    'request' in input ? [input.request] : [],
  );
  mkdirSync(out, { recursive: true });
  const long = join(out, 'long-recording.wav');
  const clips = requests
    .filter((request) => request.audio?.endsWith('.wav'))
    .map((request) => ({ path: request.audio ?? '', text: request.referenceText ?? '' }));
  const longText = writeLongRecording(long, clips, LONG_SECONDS);
  const task = (request: TaskRequest, inPhrasebook: boolean): DemoTask => ({
    request: {
      ...request,
      textId: request.textId ?? '',
      languages,
      ...(request.audio === undefined ? {} : { transcribe: TRANSCRIBE }),
    },
    inPhrasebook,
  });
  return [
    ...requests.map((request) => task(request, true)),
    task({ textId: 'long-recording', audio: long, referenceText: longText }, true),
    task({ textId: 'notice', text: TEXT, language: 'en' }, true),
    ...(existsSync(HUMAN) ? [task({ textId: 'human-voice', audio: HUMAN, referenceText: HUMAN_TEXT }, false)] : []),
  ];
}
