#ifndef VOICELINGUA_TEST_REFERENCE_H_
#define VOICELINGUA_TEST_REFERENCE_H_

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "test/models.h"

namespace voicelingua::test {

inline std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// What faster-whisper and HF tokenizers give (test/fixtures/native/whisper_reference.py).
inline nlohmann::json WhisperReference() {
  return nlohmann::json::parse(ReadBytes(g_models.repository + "/test/fixtures/native/whisper-reference.json"));
}

// Tokens of the demo model, which are those of Whisper's multilingual vocabulary.
inline std::vector<std::string> WhisperTokens() {
  return nlohmann::json::parse(ReadBytes(g_models.repository + "/models/demo-stt-ct2/vocabulary.json"))
      .get<std::vector<std::string>>();
}

}  // namespace voicelingua::test

#endif  // VOICELINGUA_TEST_REFERENCE_H_
