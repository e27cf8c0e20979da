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

}  // namespace

std::vector<Word> WordsOfTokens(const std::vector<TimedToken>& tokens) {
  std::vector<Word> words;
  size_t tokens_in_word = 0;
  bool open_character = false;
  for (const TimedToken& token : tokens) {
    if (token.text.empty()) continue;
    const bool start = words.empty() || (!open_character && StartsWord(token.text));
    if (start) {
      words.push_back({token.text, token.start, token.end, token.probability});
      tokens_in_word = 1;
    } else {
      Word& word = words.back();
      word.text += token.text;
      word.end = std::max(word.end, token.end);
      word.probability += (token.probability - word.probability) / static_cast<float>(++tokens_in_word);
    }
    open_character = !EndsAtCharacter(words.back().text);
  }
  return words;
}

}  // namespace voicelingua
