import type { RecognitionOptions, RecognizerInfo } from '../../engines/ports.js';

/** Decodings of a window after the first, at most. */
export const MOST_REDECODINGS = 2;

/** Above this Whisper itself lets go of what was said before (openai/whisper `prompt_reset_on_temperature`). */
const PROMPT_LOST_ABOVE = 0.5;

/** Why a window is decoded again. */
export type Fault = 'loop' | 'uncovered';

/**
 * Settings of the `attempt`th further decoding (from 0) of a window.
 *
 * Against a loop: first what forbids repeats, where the engine has that (CTranslate2), else a temperature of 0.4; then 0.4 or
 * 0.8, the latter without the prompt. For speech without text: first nothing may count as silence and the prompt, which may have
 * led away from the sound, is gone; then the same at 0.4. Sampling is seeded, so that the same settings give the same text.
 */
export function redecoding(
  first: RecognitionOptions,
  fault: Fault,
  attempt: number,
  engine: RecognizerInfo['engine'],
): RecognitionOptions {
  if (fault === 'uncovered') {
    const bare = { ...withoutPrompt(first), noSpeechThreshold: 1 };
    return attempt === 0 ? bare : at(bare, 0.4);
  }
  if (engine === 'ctranslate2' && attempt === 0) {
    const { noRepeatNgramSize = 0, repetitionPenalty = 1 } = first;
    return {
      ...first,
      noRepeatNgramSize: noRepeatNgramSize > 0 ? Math.min(noRepeatNgramSize, 3) : 3,
      repetitionPenalty: Math.max(repetitionPenalty, 1.1),
    };
  }
  const step = engine === 'ctranslate2' ? attempt - 1 : attempt;
  return at(first, 0.4 * (step + 1));
}

/** With a temperature that is higher than the first by this much. */
function at(options: RecognitionOptions, more: number): RecognitionOptions {
  const temperature = Math.min(1, Math.round(((options.temperature ?? 0) + more) * 100) / 100);
  return { ...(temperature > PROMPT_LOST_ABOVE ? withoutPrompt(options) : options), temperature };
}

function withoutPrompt({ initialPrompt: _, ...rest }: RecognitionOptions): RecognitionOptions {
  return rest;
}
