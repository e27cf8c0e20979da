#ifndef VOICELINGUA_CORE_WHISPER_LANGUAGES_H_
#define VOICELINGUA_CORE_WHISPER_LANGUAGES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace voicelingua {

// The languages of a Whisper whose file does not name them, by the size of its vocabulary: 99 in the first multilingual
// models; Cantonese came with large-v3, as one token more; English alone below.
std::vector<std::string> WhisperLanguages(int32_t vocabulary);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_WHISPER_LANGUAGES_H_
