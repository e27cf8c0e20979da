#ifndef VOICELINGUA_CORE_CT2_WHISPER_CONFIG_H_
#define VOICELINGUA_CORE_CT2_WHISPER_CONFIG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/ct2_transformer.h"
#include "core/whisper_vocabulary.h"

namespace voicelingua {

// What CTranslate2 reads from a Whisper folder's config.json, and uses as indices without a look.
struct Ct2WhisperConfig {
  std::vector<int32_t> suppressed;
  std::vector<int32_t> suppressed_first;
  // Word times and forced alignment need such heads; older converters did not write them.
  bool has_alignment_heads = false;
};

// `text` is the file at `path`. Throws kModelInvalid when a list is missing or an id or head is none of the model's.
Ct2WhisperConfig ParseCt2WhisperConfig(const std::string& text, const std::string& path, const Ct2WhisperSize& size,
                                       const WhisperVocabulary& vocabulary);

// Throws kModelInvalid when preprocessor_config.json, the file at `path`, wants other features than Whisper's of
// `bands` mel bands. Fields that are absent have Whisper's values.
void CheckPreprocessorConfig(const std::string& text, const std::string& path, int64_t bands);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_CT2_WHISPER_CONFIG_H_
