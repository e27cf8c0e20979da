#include "core/whisper_spans.h"
#include "core/word_alignment.h"
#include "test/check.h"
#include "test/reference.h"

namespace voicelingua::test {
namespace {

const WhisperVocabulary& Vocabulary() {
  static const WhisperVocabulary* const vocabulary = new WhisperVocabulary(WhisperTokens(), "vocabulary.json");
  return *vocabulary;
}

int32_t At(double seconds) { return Vocabulary().timestamp_begin() + static_cast<int32_t>(seconds * 50 + 0.5); }

// `frames` long each, one after the other.
TokenAlignment Steady(size_t tokens, int64_t frames) {
  TokenAlignment alignment;
  for (int64_t token = 0; token <= static_cast<int64_t>(tokens); ++token) {
    for (int64_t frame = 0; frame < frames; ++frame) alignment.path.push_back({token, token * frames + frame});
  }
  alignment.probabilities.assign(tokens, 0.5f);
  return alignment;
}

std::vector<std::string> WordsOf(const std::string& text, const std::string& language) {
  const auto tokens = Vocabulary().Encode(text);
  std::vector<std::string> words;
  for (const auto& word : WordsOfAlignment(tokens, Steady(tokens.size(), 10), Vocabulary(), language).words) {
    if (!word.word.text.empty()) words.push_back(word.word.text);
  }
  return words;
}

bool Near(double a, double b) { return a - b < 1e-9 && b - a < 1e-9; }

using Strings = std::vector<std::string>;

}  // namespace

TEST(SegmentsAreCutAtPairsOfTimestamps) {
  const WhisperVocabulary& vocabulary = Vocabulary();
  const auto one = SplitAtTimestamps({At(0), 10, 11, At(2.4)}, vocabulary, 5);
  CHECK(one.spans.size() == 1 && one.ended && Near(one.next, 5));
  CHECK(Near(one.spans[0].start, 0) && Near(one.spans[0].end, 2.4));
  const auto two = SplitAtTimestamps({At(0), 10, At(2), At(2.5), 11, At(4)}, vocabulary, 5);
  CHECK(two.spans.size() == 2 && two.ended && Near(two.next, 5));
  CHECK(Near(two.spans[1].start, 2.5) && Near(two.spans[1].end, 4) && two.spans[1].tokens.size() == 3);
  // A pair at the end: there is more from its second timestamp on.
  const auto more = SplitAtTimestamps({At(0), 10, At(2), At(2.5)}, vocabulary, 5);
  CHECK(more.spans.size() == 1 && !more.ended && Near(more.next, 2));
  const auto rest = SplitAtTimestamps({At(0), 10, At(2), At(2.5), 11}, vocabulary, 5);
  CHECK(rest.spans.size() == 1 && !rest.ended && Near(rest.next, 2));
  const auto none = SplitAtTimestamps({10, 11}, vocabulary, 5);
  CHECK(none.spans.size() == 1 && Near(none.spans[0].end, 5) && Near(none.next, 5));
  const auto open = SplitAtTimestamps({At(1), 10}, vocabulary, 5);
  CHECK(open.spans.size() == 1 && Near(open.spans[0].start, 0) && Near(open.spans[0].end, 1));
  CHECK(SplitAtTimestamps({}, vocabulary, 5).spans.size() == 1);
}

TEST(WordsOfAnAlignmentKeepTheirPunctuation) {
  CHECK(WordsOf(" Hello, world! (yes) \"no\".", "en") == (Strings{" Hello,", " world!", " (yes)", " \"no\"."}));
  CHECK(WordsOf(" naïve café costs 5 €.", "fr") == (Strings{" naïve", " café", " costs", " 5", " €."}));
  for (const std::string language : {"zh", "ja", "th", "yue"}) {
    const std::string text = "今日は良い天気ですね。𠮷野家、สวัสดี";
    std::string joined;
    for (const std::string& word : WordsOf(text, language)) {
      joined += word;
      CHECK(word.find("\xef\xbf\xbd") == std::string::npos);
    }
    CHECK(joined == text);
  }
  CHECK(WordsOf("今天。", "zh").back().find("。") != 0);
}

TEST(TimesOfWordsComeFromTheAlignment) {
  const auto tokens = Vocabulary().Encode(" one two three");
  CHECK(tokens.size() == 3);
  const auto aligned = WordsOfAlignment(tokens, Steady(3, 20), Vocabulary(), "en");
  CHECK(aligned.words.size() == 3 && Near(aligned.typical, 0.4));
  CHECK(Near(aligned.words[1].word.start, 0.4) && Near(aligned.words[1].word.end, 0.8));
  std::vector<Segment> segments(2);
  segments[0].start = 10;
  segments[0].end = 10.8;
  segments[0].tokens = {tokens[0], tokens[1]};
  segments[1].start = 10.5;
  segments[1].end = 11.3;
  segments[1].tokens = {tokens[2]};
  CHECK(Near(PlaceWords(aligned, 10, 10, &segments), 11.2));
  CHECK(segments[0].words.size() == 2 && segments[1].words.size() == 1);
  CHECK(Near(segments[0].end, 10.8) && Near(segments[1].start, 10.8) && Near(segments[1].end, 11.2));
  for (const Segment& segment : segments) {
    CHECK(segment.words.front().start >= segment.start && segment.words.back().end <= segment.end);
  }
}

TEST(AnAlignmentThatDoesNotFitGivesNoWords) {
  const auto tokens = Vocabulary().Encode(" one two three");
  CHECK(WordsOfAlignment(tokens, {}, Vocabulary(), "en").words.empty());
  CHECK(WordsOfAlignment(tokens, Steady(2, 5), Vocabulary(), "en").words.empty());
  CHECK(WordsOfAlignment({}, Steady(0, 5), Vocabulary(), "en").words.empty());
  std::vector<Segment> segments(1);
  CHECK(Near(PlaceWords({}, 0, 3, &segments), 3) && segments[0].words.empty());
}

}  // namespace voicelingua::test
