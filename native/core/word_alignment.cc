#include "core/word_alignment.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/utf8.h"
#include "core/word_timing.h"

namespace voicelingua {
namespace {

constexpr double kSecondsPerFrame = 0.02;
constexpr double kLongestTypical = 0.7;
// How far a word may reach beyond its segment's timestamp before the timestamp is believed, seconds.
constexpr double kTolerance = 0.5;

// faster-whisper's defaults.
const std::string kBeforeWord = "\"'“¿([{-";
const std::string kAfterWord = "\"'.。,，!！?？:：”)]}、";
const std::string kSentenceEnd = ".。!！?？";
const std::string kAsciiPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

bool IsIn(const std::string& text, const std::string& set) { return set.find(text) != std::string::npos; }

double Hundredths(double seconds) { return std::round(seconds * 100) / 100; }

struct Piece {
  std::string text;
  size_t tokens;
};

// Tokens that share a character stay together.
std::vector<Piece> Characters(const std::vector<int32_t>& tokens, const WhisperVocabulary& vocabulary) {
  std::vector<Piece> pieces;
  Piece open{"", 0};
  const auto close = [&] {
    pieces.push_back({ReplaceInvalidUtf8(open.text), open.tokens});
    open = {"", 0};
  };
  for (const int32_t token : tokens) {
    open.text += vocabulary.Bytes(token);
    ++open.tokens;
    if (!EndsInsideCharacter(open.text)) close();
  }
  if (open.tokens > 0) close();
  return pieces;
}

std::vector<Piece> SplitWords(const std::vector<int32_t>& tokens, const WhisperVocabulary& vocabulary,
                              const std::string& language) {
  std::vector<Piece> characters = Characters(tokens, vocabulary);
  if (IsUnspaced(language)) return characters;
  std::vector<Piece> words;
  for (Piece& piece : characters) {
    const bool starts = words.empty() || piece.text.rfind(' ', 0) == 0 || IsIn(Trimmed(piece.text), kAsciiPunctuation);
    if (starts) {
      words.push_back(std::move(piece));
    } else {
      words.back().text += piece.text;
      words.back().tokens += piece.tokens;
    }
  }
  return words;
}

// The frame at which each token begins, and after them the one at which the text ends.
std::vector<double> StartTimes(const TokenAlignment& alignment) {
  std::vector<double> times;
  int64_t last = -1;
  for (const auto& [index, frame] : alignment.path) {
    if (index == last) continue;
    times.push_back(static_cast<double>(frame) * kSecondsPerFrame);
    last = index;
  }
  return times;
}

double TypicalDuration(const std::vector<AlignedWord>& words) {
  std::vector<double> durations;
  for (const AlignedWord& aligned : words) {
    const double duration = aligned.word.end - aligned.word.start;
    if (duration != 0) durations.push_back(duration);
  }
  if (durations.empty()) return 0;
  std::sort(durations.begin(), durations.end());
  const size_t middle = durations.size() / 2;
  const double median = durations.size() % 2 == 1 ? durations[middle] : (durations[middle - 1] + durations[middle]) / 2;
  return std::min(median, kLongestTypical);
}

// A pause at the end of a sentence is no part of the words beside it.
void ShortenAtSentences(double longest, std::vector<AlignedWord>* words) {
  for (size_t i = 1; i < words->size(); ++i) {
    Word& word = (*words)[i].word;
    if (word.end - word.start <= longest) continue;
    if (IsIn(word.text, kSentenceEnd)) {
      word.end = word.start + longest;
    } else if (IsIn((*words)[i - 1].word.text, kSentenceEnd)) {
      word.start = word.end - longest;
    }
  }
}

void Join(AlignedWord* word, AlignedWord* punctuation, bool before) {
  word->word.text = before ? punctuation->word.text + word->word.text : word->word.text + punctuation->word.text;
  word->tokens += punctuation->tokens;
  punctuation->word.text.clear();
  punctuation->tokens = 0;
}

void JoinPunctuation(std::vector<AlignedWord>* words) {
  if (words->empty()) return;
  for (size_t following = words->size() - 1, i = following; i-- > 0;) {
    AlignedWord& word = (*words)[i];
    if (word.word.text.rfind(' ', 0) == 0 && IsIn(Trimmed(word.word.text), kBeforeWord)) {
      Join(&(*words)[following], &word, /*before=*/true);
    } else {
      following = i;
    }
  }
  for (size_t previous = 0, i = 1; i < words->size(); ++i) {
    AlignedWord& word = (*words)[i];
    const std::string& text = (*words)[previous].word.text;
    if ((text.empty() || text.back() != ' ') && IsIn(word.word.text, kAfterWord)) {
      Join(&(*words)[previous], &word, /*before=*/false);
    } else {
      previous = i;
    }
  }
}

// The first words after a pause are often given the pause too.
void ShortenAfterPause(double typical, double last_speech, std::vector<Word>* words) {
  const double longest = 2 * typical;
  Word& first = words->front();
  Word* const second = words->size() > 1 ? &(*words)[1] : nullptr;
  if (first.end - last_speech <= typical * 4) return;
  const bool long_first = first.end - first.start > longest;
  const bool long_pair = second != nullptr && second->end - first.start > longest * 2;
  if (!long_first && !long_pair) return;
  if (second != nullptr && second->end - second->start > longest) {
    first.end = second->start = std::max(second->end / 2, second->end - longest);
  }
  first.start = std::max(0.0, first.end - longest);
}

void FitEnds(double typical, Segment* segment) {
  Word& first = segment->words.front();
  if (segment->start < first.end && segment->start - kTolerance > first.start) {
    first.start = std::max(0.0, std::min(first.end - typical, segment->start));
  } else {
    segment->start = first.start;
  }
  Word& last = segment->words.back();
  if (segment->end > last.start && segment->end + kTolerance < last.end) {
    last.end = std::max(last.start + typical, segment->end);
  } else {
    segment->end = last.end;
  }
}

}  // namespace

bool IsUnspaced(const std::string& language) {
  return language == "zh" || language == "ja" || language == "th" || language == "lo" || language == "my" ||
         language == "yue";
}

AlignedWords WordsOfAlignment(const std::vector<int32_t>& tokens, const TokenAlignment& alignment,
                              const WhisperVocabulary& vocabulary, const std::string& language) {
  AlignedWords result;
  const std::vector<double> times = StartTimes(alignment);
  if (tokens.empty() || times.size() <= tokens.size() || alignment.probabilities.size() != tokens.size()) return result;
  size_t from = 0;
  for (Piece& piece : SplitWords(tokens, vocabulary, language)) {
    const size_t to = from + piece.tokens;
    const auto probabilities = alignment.probabilities.begin();
    const float sum = std::accumulate(probabilities + static_cast<std::ptrdiff_t>(from),
                                      probabilities + static_cast<std::ptrdiff_t>(to), 0.0f);
    result.words.push_back(
        {{std::move(piece.text), times[from], times[to], sum / static_cast<float>(piece.tokens)}, piece.tokens});
    from = to;
  }
  result.typical = TypicalDuration(result.words);
  if (result.typical > 0) ShortenAtSentences(2 * result.typical, &result.words);
  JoinPunctuation(&result.words);
  return result;
}

double PlaceWords(const AlignedWords& words, double offset, double last_speech, std::vector<Segment>* segments) {
  size_t next = 0;
  double earliest = 0;
  for (Segment& segment : *segments) {
    size_t taken = 0;
    while (next < words.words.size() && taken < segment.tokens.size()) {
      const AlignedWord& aligned = words.words[next++];
      taken += aligned.tokens;
      if (aligned.word.text.empty()) continue;
      Word word = aligned.word;
      word.start = Hundredths(word.start + offset);
      word.end = Hundredths(word.end + offset);
      word.tokens = aligned.tokens;
      segment.words.push_back(std::move(word));
    }
    if (segment.words.empty()) continue;
    ShortenAfterPause(words.typical, last_speech, &segment.words);
    FitEnds(words.typical, &segment);
    segment.start = std::max(segment.start, earliest);
    segment.end = std::max(segment.start, segment.end);
    FitWords(segment.start, segment.end, &segment.words);
    last_speech = earliest = segment.end;
  }
  return last_speech;
}

}  // namespace voicelingua
