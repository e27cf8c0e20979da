import type { ReadTaskRequest } from './api-options.js';
import type { Estimate } from './api-types.js';
import { estimateChat } from './chat-estimate.js';
import { toVoiceLinguaError, type VoiceLinguaError } from './domain/errors.js';
import { newTaskId } from './domain/task-id.js';
import type { EngineRoom } from './engine-room.js';
import { inputFacts } from './input-file.js';
import type { TaskStore } from './store/task-store.js';
import { textCost } from './task-cost.js';
import { type GlossaryFiles, TaskGlossaries } from './task-glossaries.js';
import { type DefaultModels, requestDraft } from './task-specs.js';

/** Requests looked at at once: each waits for the disk, and for the decoding lane. */
const AT_ONCE = 8;

/** What requests would need; a request that would fail before it is worked on comes back as its error. */
export async function estimateTasks(
  requests: readonly ReadTaskRequest[],
  store: TaskStore,
  room: EngineRoom,
  models: DefaultModels,
  files: GlossaryFiles,
): Promise<Array<Estimate | VoiceLinguaError>> {
  const { completed } = await store.stats();
  const glossaries = new TaskGlossaries(files);
  const results: Array<Estimate | VoiceLinguaError> = [];
  for (let start = 0; start < requests.length; start += AT_ONCE) {
    const group = requests.slice(start, start + AT_ONCE);
    results.push(
      ...(await Promise.all(
        group.map((request) =>
          estimate(request, store, room, models, glossaries, completed.realTimeFactor).catch(toVoiceLinguaError),
        ),
      )),
    );
  }
  return results;
}

async function estimate(
  request: ReadTaskRequest,
  store: TaskStore,
  { ports, admission, translation }: EngineRoom,
  models: DefaultModels,
  glossaries: TaskGlossaries,
  realTimeFactor: number | null,
): Promise<Estimate> {
  const input = request.audio === undefined ? { hash: '', bytes: 0 } : await inputFacts(request.audio);
  const spec = await glossaries.seal(await requestDraft(newTaskId(Date.now()), request, input, models));
  const audioSeconds = spec.audioPath === undefined ? null : await ports.probe(spec.audioPath);
  const workSeconds = spec.audioPath === undefined ? textCost(spec.text ?? '') : (audioSeconds ?? spec.cost ?? 0);
  const [known] = await store.known([spec.idempotencyKey]);
  const { total } = await admission.needs.of(spec);
  return {
    audioSeconds,
    seconds: await admission.needs.seconds(spec, workSeconds, realTimeFactor),
    memory: total,
    translation: await estimateChat(spec, translation, (model) => admission.needs.info(model)),
    done: known?.status === 'completed',
    textId: spec.textId,
  };
}
