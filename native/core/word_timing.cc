#include "core/word_timing.h"

#include <algorithm>
#include <cstdint>

namespace voicelingua {
namespace {

// The bytes that the character starting with `lead` has; 1 for what starts none.
size_t CharacterBytes(unsigned char lead) {
  if (lead >= 0xf0 && lead < 0xf8) return 4;
  if (lead >= 0xe0) return lead < 0xf0 ? 3 : 1;
  return lead >= 0xc2 ? 2 : 1;
}

// True when `text` ends between two characters.
bool EndsAtCharacter(const std::string& text) {
  size_t at = 0;
  while (at < text.size()) at += CharacterBytes(static_cast<unsigned char>(text[at]));
  return at == text.size();
}

uint32_t FirstCodePoint(const std::string& text) {
  if (text.empty()) return 0;
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t bytes = CharacterBytes(lead);
  if (bytes == 1 || bytes > text.size()) return lead;
  uint32_t point = lead & (0xffu >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3fu);
  return point;
}

bool WrittenWithoutSpaces(uint32_t point) {
  return (point >= 0x0e00 && point <= 0x0eff) ||  // Thai, Lao
         (point >= 0x1000 && point <= 0x109f) ||  // Burmese
         (point >= 0x1780 && point <= 0x17ff) ||  // Khmer
         (point >= 0x3040 && point <= 0x30ff) ||  // kana
         (point >= 0x3400 && point <= 0x9fff) ||  // Han
         (point >= 0xf900 && point <= 0xfaff) || (point >= 0x20000 && point <= 0x3ffff);
}

// Spacing vowels and the like belong to the character before.
bool Combines(uint32_t point) {
  return (point >= 0x0e31 && point <= 0x0e4e && point != 0x0e32 && point != 0x0e33 && point != 0x0e3f &&
          !(point >= 0x0e40 && point <= 0x0e46)) ||
         (point >= 0x0300 && point <= 0x036f) || point == 0x3099 || point == 0x309a;
}

bool StartsWord(const std::string& text) {
  const uint32_t point = FirstCodePoint(text);
  return point == ' ' || (WrittenWithoutSpaces(point) && !Combines(point));
}

// Tokens joined until they end between two characters.
struct Group {
  Word word;
  size_t tokens;
};

std::vector<Group> GroupsOfTokens(const std::vector<TimedToken>& tokens) {
  std::vector<Group> groups;
  bool open = false;
  for (const TimedToken& token : tokens) {
    if (token.text.empty()) continue;
    if (!open) groups.push_back({{"", token.start, token.end, 0.0f}, 0});
    Group& group = groups.back();
    group.word.text += token.text;
    group.word.end = std::max(group.word.end, token.end);
    group.word.probability += token.probability;
    ++group.tokens;
    open = !EndsAtCharacter(group.word.text);
  }
  return groups;
}

}  // namespace

std::vector<Word> WordsOfTokens(const std::vector<TimedToken>& tokens) {
  std::vector<Group> words;
  for (Group& group : GroupsOfTokens(tokens)) {
    if (words.empty() || StartsWord(group.word.text)) {
      words.push_back(std::move(group));
      continue;
    }
    Group& word = words.back();
    word.word.text += group.word.text;
    word.word.end = std::max(word.word.end, group.word.end);
    word.word.probability += group.word.probability;
    word.tokens += group.tokens;
  }
  std::vector<Word> result;
  result.reserve(words.size());
  for (Group& word : words) {
    word.word.probability /= static_cast<float>(word.tokens);
    word.word.tokens = word.tokens;
    result.push_back(std::move(word.word));
  }
  return result;
}

void FitWords(double start, double end, std::vector<Word>* words) {
  double earliest = start;
  for (Word& word : *words) {
    word.start = std::min(std::max(word.start, earliest), end);
    word.end = std::min(std::max(word.end, word.start), end);
    earliest = word.end;
  }
}

}  // namespace voicelingua
