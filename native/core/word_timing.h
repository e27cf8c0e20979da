#ifndef VOICELINGUA_CORE_WORD_TIMING_H_
#define VOICELINGUA_CORE_WORD_TIMING_H_

#include <string>
#include <vector>

#include "core/recognizer.h"

namespace voicelingua {

struct TimedToken {
  std::string text;  // Raw bytes: a token may end inside a character.
  double start;
  double end;
  float probability;
};

// Joins tokens into words. A word starts at a token that begins with a space; in scripts written without spaces (Han,
// kana, Thai …) every character is a word. Tokens that share a character stay together, so every word is valid UTF-8
// when the tokens joined are. The probability is the mean of the tokens'. Words keep their leading space.
std::vector<Word> WordsOfTokens(const std::vector<TimedToken>& tokens);

// Makes the times of words, which an engine only estimates, keep what segments promise: none starts before the one
// before it ends, none ends before it starts, all lie from `start` to `end`.
void FitWords(double start, double end, std::vector<Word>* words);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_WORD_TIMING_H_
