#include "core/utf8.h"

#include <algorithm>
#include <cstddef>

namespace voicelingua {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";

struct Sequence {
  size_t bytes;  // At least 1.
  bool complete;
  bool cut_off;  // Valid as far as the text goes.
};

Sequence SequenceAt(const std::string& text, size_t at) {
  const auto byte = [&](size_t offset) { return static_cast<unsigned char>(text[at + offset]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, true, false};
  const size_t wanted = lead >= 0xc2 && lead < 0xe0   ? 2
                        : lead >= 0xe0 && lead < 0xf0 ? 3
                        : lead >= 0xf0 && lead < 0xf5 ? 4
                                                      : 0;
  if (wanted == 0) return {1, false, false};
  // The second byte has narrower bounds after some leads: no overlong form, no surrogate, nothing beyond U+10FFFF.
  unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  for (size_t offset = 1; offset < wanted; ++offset) {
    if (at + offset == text.size()) return {offset, false, true};
    if (byte(offset) < low || byte(offset) > high) return {offset, false, false};
    low = 0x80;
    high = 0xbf;
  }
  return {wanted, true, false};
}

}  // namespace

bool EndsInsideCharacter(const std::string& text) {
  for (size_t at = text.size() - std::min<size_t>(text.size(), 3); at < text.size();) {
    const Sequence sequence = SequenceAt(text, at);
    if (sequence.cut_off) return true;
    at += sequence.bytes;
  }
  return false;
}

std::string ReplaceInvalidUtf8(const std::string& text) {
  std::string valid;
  valid.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Sequence sequence = SequenceAt(text, at);
    if (sequence.complete) {
      valid.append(text, at, sequence.bytes);
    } else {
      valid += kReplacement;
    }
    at += sequence.bytes;
  }
  return valid;
}

std::string Trimmed(const std::string& text) {
  constexpr char kSpaces[] = " \t\n\v\f\r";
  const size_t first = text.find_first_not_of(kSpaces);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

}  // namespace voicelingua
