import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { OpenOptions } from './api-options.js';
import type { DoctorReport } from './api-types.js';
import { ChatModels } from './chat-models.js';
import { type ErrorCategory, toVoiceLinguaError, VoiceLinguaError } from './domain/errors.js';
import type { HostDescription } from './engines/native/local-host.js';
import { modelsFolder } from './models/folder.js';
import { DEFAULT_MODELS, type ResolvedModel, resolveDetector, resolveModel } from './models/registry.js';
import { findShortlists } from './models/shortlists.js';
import type { ModelInspection } from './native/binding.js';
import { defaultStorePath } from './paths.js';
import type { Pool } from './pool/pool.js';
import type { TaskStore } from './store/task-store.js';
import { type TranslationModel, TranslationModels } from './translation-models.js';

type Check = DoctorReport['checks'][number];

interface Patient {
  readonly options: OpenOptions;
  readonly store: Promise<TaskStore>;
  readonly host: () => Promise<Pool>;
}

/** The next step for what the failing check's own message leaves open. */
const FIXES: Readonly<Record<ErrorCategory, string>> = {
  usage: 'Correct the option that the message names.',
  model:
    'Give a model that is whole: --stt-model for speech, --mt-model for translation, --vad-model for the detector.',
  input: 'Check the path and its permissions.',
  resource: 'Free memory or disk space, or choose another place or --device cpu.',
  internal: 'Build the addon again (npm run build:native); for a damaged store give another with --store.',
  cancelled: 'Run it again.',
};

/** Looks at everything that a run needs and says what is missing and how to mend it. */
export async function examine({ options, store, host }: Patient): Promise<DoctorReport> {
  const describe = async (): Promise<HostDescription> =>
    (await host()).run<HostDescription>({ method: 'describe', params: {} });
  const checks: Check[] = [
    { name: 'node', ok: true, detail: `${process.version} on ${process.platform}-${process.arch}` },
    await check('addon', async () => {
      const { path, origin, versions, compiler } = await describe();
      const engines = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
      return `${engines.join(', ')} (${compiler}; ${origin}: ${path})`;
    }),
    await check('cpu', async () => (await describe()).cpuFeatures.trim()),
    await check('device', async () => {
      const { device, cudaDevices, budget } = await describe();
      const { lanes, threadsPerLane } = budget;
      return `${device}, ${cudaDevices} CUDA devices; ${lanes} lanes of ${threadsPerLane} threads`;
    }),
    await check('speech model', () =>
      describeFile(resolveModel(options.sttModel ?? DEFAULT_MODELS.speech, 'speech'), host),
    ),
    ...(await translationChecks(options, host)),
    await check('shortlists', () => describeShortlists(options)),
    await check('speech detector', () => describeDetector(host)),
    await check('store', async () => {
      const opened = await store;
      return `${await opened.count()} tasks in ${options.store ?? defaultStorePath()}`;
    }),
    await ffmpegCheck(options.ffmpeg),
  ];
  return { ok: checks.every(({ ok, name }) => ok || name === 'ffmpeg'), checks };
}

async function check(name: string, look: () => string | Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (thrown) {
    const error = toVoiceLinguaError(thrown);
    return { name, ok: false, detail: error.message, fix: FIXES[error.category] };
  }
}

/** A check for each model of the list; nothing is sent to a provider. */
async function translationChecks(
  { mtModel, llm, tokenizer }: OpenOptions,
  host: () => Promise<Pool>,
): Promise<Check[]> {
  const models = new TranslationModels(new ChatModels(llm), tokenizer ?? null);
  let listed: readonly TranslationModel[];
  try {
    listed = models.resolve(mtModel);
  } catch (error) {
    return [await check('translation model', () => Promise.reject(error))];
  }
  return Promise.all(
    listed.map((one) =>
      one.kind === 'chat'
        ? check('chat model', () => describeChat(one))
        : check('translation model', () => describeFile(one.model, host)),
    ),
  );
}

/** Where the requests of a chat model would go, and where its key is; never the key. */
function describeChat({ service, provider, name }: TranslationModel & { readonly kind: 'chat' }): string {
  const model = `${provider}:${name} at ${service.endpoint}`;
  try {
    const variable = service.checkKey();
    return `${model}: ${variable === null ? 'no key set, none needed' : `key set in ${variable}`}`;
  } catch (thrown) {
    const { code, message } = toVoiceLinguaError(thrown);
    throw new VoiceLinguaError(code, `${model}: ${message}`);
  }
}

/** Of the translation models that are here. */
function describeShortlists({ mtModel, llm, tokenizer, shortlist }: OpenOptions): string {
  if (shortlist === 'off') return 'switched off';
  const listed = new TranslationModels(new ChatModels(llm), tokenizer ?? null).resolve(mtModel);
  const here = listed.flatMap((one) => (one.kind === 'offline' ? one.model : []));
  return here.length === 0 ? 'none: no model is here' : here.map(describeShortlist).join('; ');
}

function describeShortlist({ name, path }: ResolvedModel): string {
  const stored = findShortlists(path);
  if (stored === null) return `none for ${name}: the whole vocabulary is used`;
  const lists = [...stored.lists].map(
    ([
      language,
      {
        ids,
        effect: { same, sentences, speed },
      },
    ]) => {
      return `${language} ${ids.length} tokens, ${same}/${sentences} sentences the same, ${speed.toFixed(2)} × as fast`;
    },
  );
  return `${lists.join('; ')}; of ${stored.vocabulary} tokens (${stored.path})`;
}

/** The one of tasks that ask for none. */
async function describeDetector(host: () => Promise<Pool>): Promise<string> {
  const { name, path } = resolveDetector(undefined);
  if (path !== null) return describeFile({ name, path }, host);
  return `${name}: built in; no weights of silero-vad in ${modelsFolder()}`;
}

async function describeFile(
  model: { readonly name: string; readonly path: string },
  host: () => Promise<Pool>,
): Promise<string> {
  const { format, bytes, quantization } = await (await host()).run<ModelInspection>({
    method: 'inspectModel',
    params: { path: model.path },
  });
  return `${model.name}: ${format} ${quantization}, ${(bytes / 1e6).toFixed(1)} MB (${model.path})`;
}

/** ffmpeg is a help, not a need: without it opus, wma, amr and the like are refused. */
async function ffmpegCheck(setting: string | false | undefined): Promise<Check> {
  if (setting === false) return { name: 'ffmpeg', ok: true, detail: 'switched off' };
  const child = spawn(setting ?? 'ffmpeg', ['-hide_banner', '-version'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    await once(child, 'close');
    return { name: 'ffmpeg', ok: true, detail: output.split('\n')[0] ?? '' };
  } catch {
    return {
      name: 'ffmpeg',
      ok: false,
      detail: 'not found; opus, wma, amr and other rare formats cannot be read without it',
      fix: 'apt-get install ffmpeg (Debian), brew install ffmpeg (macOS)',
    };
  }
}
