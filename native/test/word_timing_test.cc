#include "core/word_timing.h"

#include <cmath>

#include "test/check.h"

namespace voicelingua::test {
namespace {

std::vector<std::string> Texts(const std::vector<std::string>& tokens) {
  std::vector<TimedToken> timed;
  double at = 0;
  for (const std::string& token : tokens) {
    timed.push_back({token, at, at + 0.5, 0.5f});
    at += 0.5;
  }
  std::vector<std::string> texts;
  for (const Word& word : WordsOfTokens(timed)) texts.push_back(word.text);
  return texts;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST(WordsStartAtSpaces) {
  CHECK(Texts({" He", "llo", ",", " wor", "ld", "."}) == (Strings{" Hello,", " world."}));
  CHECK(Texts({"No", " space", " first"}) == (Strings{"No", " space", " first"}));
  CHECK(Texts({}).empty());
  CHECK(Texts({"", ""}).empty());
}

TEST(CharactersOfUnspacedScriptsAreWords) {
  CHECK(Texts({"你", "好", "世界"}) == (Strings{"你", "好", "世界"}));
  CHECK(Texts({"こ", "ん", "に"}) == (Strings{"こ", "ん", "に"}));
  CHECK(Texts({"你", "，", "好"}) == (Strings{"你，", "好"}));
}

TEST(TokensThatShareACharacterStayTogether) {
  CHECK(Texts({"\xe4", "\xbd\xa0", "\xe5\xa5", "\xbd"}) == (Strings{"你", "好"}));
  CHECK(Texts({" caf", "\xc3", "\xa9", " ol", "\xc3\xa9"}) == (Strings{" café", " olé"}));
  CHECK(Texts({"\xf0\x9f", "\x98", "\x80", " x"}) == (Strings{"😀", " x"}));
}

TEST(DamagedBytesAreNoTrap) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; second += 5) {
      const Strings texts =
          Texts({std::string(1, static_cast<char>(first)), std::string(1, static_cast<char>(second)), " x"});
      size_t bytes = 0;
      for (const std::string& text : texts) bytes += text.size();
      CHECK(bytes == 4);
    }
  }
}

TEST(TimesAndProbabilitiesAreThoseOfTheTokens) {
  const auto words =
      WordsOfTokens({{" a", 1.0, 1.5, 0.9f}, {"b", 1.5, 2.0, 0.5f}, {"c", 2.0, 1.9, 0.4f}, {" d", 3, 4, 1}});
  CHECK(words.size() == 2);
  CHECK(words[0].start == 1.0 && words[0].end == 2.0);
  CHECK(std::abs(words[0].probability - 0.6f) < 1e-6f);
  CHECK(words[1].probability == 1.0f);
}

}  // namespace voicelingua::test
