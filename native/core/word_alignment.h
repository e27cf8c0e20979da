#ifndef VOICELINGUA_CORE_WORD_ALIGNMENT_H_
#define VOICELINGUA_CORE_WORD_ALIGNMENT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/recognizer.h"
#include "core/whisper_vocabulary.h"

namespace voicelingua {

// What dynamic time warping found for a row of text tokens.
struct TokenAlignment {
  // Text index and frame (20 ms), ascending; the index after the last token is the end of the text.
  std::vector<std::pair<int64_t, int64_t>> path;
  std::vector<float> probabilities;  // One a token.
};

struct AlignedWord {
  Word word;  // Empty text: its tokens went to a neighbour.
  size_t tokens;
};

struct AlignedWords {
  std::vector<AlignedWord> words;
  // Typical duration, at most 0.7 s; twice of it is taken as too long beside a pause.
  double typical = 0;
};

// Whether the language is written without spaces between words, as faster-whisper has it (zh ja th lo my yue).
bool IsUnspaced(const std::string& language);

// The words of a row of text tokens with their times, punctuation joined to its word, by the rules of openai/whisper
// and faster-whisper. Empty when the path does not cover the tokens. Every word is valid UTF-8.
AlignedWords WordsOfAlignment(const std::vector<int32_t>& tokens, const TokenAlignment& alignment,
                              const WhisperVocabulary& vocabulary, const std::string& language);

// Gives each segment, whose `tokens` are in the row in that order, its words, `offset` seconds later, and moves the
// segment's ends to its words unless these are implausible. `last_speech` is where the segment before ended; the same
// of the last one is returned. Words then are monotone and inside their segment, segments do not overlap.
double PlaceWords(const AlignedWords& words, double offset, double last_speech, std::vector<Segment>* segments);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_WORD_ALIGNMENT_H_
