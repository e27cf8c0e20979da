import { VoiceLinguaError } from '../../domain/errors.js';
import { loadNative } from '../../native/load.js';

/**
 * The device that work runs on: for `auto` CUDA when its addon is there and finds a device, else the CPU.
 * @throws {VoiceLinguaError} `DEVICE_UNAVAILABLE` when CUDA was asked for and there is none
 */
export function chooseDevice(wanted: 'auto' | 'cpu' | 'cuda'): 'cpu' | 'cuda' {
  if (wanted === 'cpu') return 'cpu';
  try {
    if (loadNative({ device: 'cuda' }).describe().cudaDevices > 0) return 'cuda';
  } catch (error) {
    if (wanted === 'cuda') throw error;
    return 'cpu';
  }
  if (wanted === 'auto') return 'cpu';
  throw new VoiceLinguaError(
    'DEVICE_UNAVAILABLE',
    'No CUDA device was found. Check the driver with nvidia-smi, or use --device cpu.',
  );
}
