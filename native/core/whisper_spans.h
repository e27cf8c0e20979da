#ifndef VOICELINGUA_CORE_WHISPER_SPANS_H_
#define VOICELINGUA_CORE_WHISPER_SPANS_H_

#include <cstdint>
#include <vector>

#include "core/whisper_vocabulary.h"

namespace voicelingua {

// Tokens between two timestamps, these included.
struct TokenSpan {
  double start;  // Seconds from where the decoding began.
  double end;
  std::vector<int32_t> tokens;
};

struct TokenSpans {
  std::vector<TokenSpan> spans;
  // What was not yet decoded begins here; the duration when all was.
  double next;
  // The decoding ended in text and one timestamp: there is nothing after it.
  bool ended;
};

// Splits the tokens of one decoding where two timestamps stand side by side. As in openai/whisper, tokens after the
// last such pair are dropped, to be decoded again from there.
TokenSpans SplitAtTimestamps(const std::vector<int32_t>& tokens, const WhisperVocabulary& vocabulary, double duration);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_WHISPER_SPANS_H_
