/** What a run is about: device, shapes of models, numbers of clips; one place for what differs between CPU and GPU. */
import { timedTwin } from '../../../tools/twins/timed-twins.mjs';

/** Threads of every contender. */
export const THREADS = 2;
export const BEAM = 5;

/**
 * @param device `cpu` or `cuda`
 * @param size Whisper size to take in place of each bench's own
 */
export function setting({ device, size }) {
  const cuda = device === 'cuda';
  const quantization = cuda ? 'float16' : 'int8';
  return {
    device,
    quantization,
    /** Sizes of batches among which faster-whisper's best is taken. */
    batchSizes: cuda ? [8, 16, 24] : [1, 2, 4, 8],
    /** Lanes and the like, for tables. */
    threads: cuda ? 'device cuda' : `${THREADS} threads`,
    /** Settings of faster_whisper.WhisperModel. */
    fasterWhisper: { device, compute_type: quantization, ...(cuda ? {} : { cpu_threads: THREADS }) },
    twin(usual, seconds, kind) {
      const twin = timedTwin(size ?? (cuda ? 'large-v3' : usual), seconds, kind);
      return { ...twin, folder: twin.ct2[quantization] };
    },
  };
}
