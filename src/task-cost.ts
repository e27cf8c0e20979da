import { extname } from 'node:path';

/** Bytes of a second, about, by what is usual for the format: enough to tell a clip from a recording of hours. */
const BYTES_A_SECOND: Readonly<Record<string, number>> = {
  '.wav': 96_000,
  '.aif': 96_000,
  '.aiff': 96_000,
  '.caf': 96_000,
  '.flac': 60_000,
  '.alac': 60_000,
  '.mp4': 200_000,
  '.m4v': 200_000,
  '.mkv': 200_000,
  '.mov': 200_000,
  '.webm': 100_000,
  '.avi': 200_000,
};
const BYTES_A_SECOND_OF_SPEECH = 12_000;
/** What is said in a second, about. */
const CHARACTERS_A_SECOND = 15;

/** Seconds of audio in a file of this name and size, about. */
export function recordingCost(path: string, bytes: number): number {
  return bytes / (BYTES_A_SECOND[extname(path).toLowerCase()] ?? BYTES_A_SECOND_OF_SPEECH);
}

/** Seconds that a text takes to say, about. */
export function textCost(text: string): number {
  return text.length / CHARACTERS_A_SECOND;
}
