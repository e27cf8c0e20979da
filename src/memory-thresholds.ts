import { checkThresholds, DEFAULT_THRESHOLDS, type MemoryThresholds } from './admission/admission.js';
import type { VoiceLinguaOptions } from './api-types.js';

/** @throws {VoiceLinguaError} `INVALID_ARGUMENT` when they are not in ascending order */
export function memoryThresholds({ memoryWarn, memoryHold, memoryRefuse }: VoiceLinguaOptions): MemoryThresholds {
  return checkThresholds({
    warn: memoryWarn ?? DEFAULT_THRESHOLDS.warn,
    hold: memoryHold ?? DEFAULT_THRESHOLDS.hold,
    refuse: memoryRefuse ?? DEFAULT_THRESHOLDS.refuse,
  });
}
