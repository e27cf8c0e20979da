#include "core/whisper_languages.h"

#include <algorithm>
#include <iterator>

namespace voicelingua {
namespace {

// In the order of their tokens.
constexpr const char* kLanguages[] = {
    "en", "zh", "de", "es", "ru", "ko", "fr", "ja", "pt",  "tr", "pl", "ca", "nl", "ar", "sv", "it", "id",
    "hi", "fi", "vi", "he", "uk", "el", "ms", "cs", "ro",  "da", "hu", "ta", "no", "th", "ur", "hr", "bg",
    "lt", "la", "mi", "ml", "cy", "sk", "te", "fa", "lv",  "bn", "sr", "az", "sl", "kn", "et", "mk", "br",
    "eu", "is", "hy", "ne", "mn", "bs", "kk", "sq", "sw",  "gl", "mr", "pa", "si", "km", "sn", "yo", "so",
    "af", "oc", "ka", "be", "tg", "sd", "gu", "am", "yi",  "lo", "uz", "fo", "ht", "ps", "tk", "nn", "mt",
    "sa", "lb", "my", "bo", "tl", "mg", "as", "tt", "haw", "ln", "ha", "ba", "jw", "su", "yue"};

constexpr int32_t kFirstMultilingualVocabulary = 51865;
// All tokens of a multilingual model but those of languages.
constexpr int32_t kOtherTokens = 51766;

}  // namespace

std::vector<std::string> WhisperLanguages(int32_t vocabulary) {
  if (vocabulary < kFirstMultilingualVocabulary) return {"en"};
  const int32_t count = std::min(vocabulary - kOtherTokens, static_cast<int32_t>(std::size(kLanguages)));
  return {kLanguages, kLanguages + count};
}

}  // namespace voicelingua
