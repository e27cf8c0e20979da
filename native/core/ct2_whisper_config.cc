#include "core/ct2_whisper_config.h"

#include <nlohmann/json.hpp>

#include "core/errors.h"

namespace voicelingua {
namespace {

using Json = nlohmann::json;

Error Damaged(const std::string& path, const std::string& what) {
  return Error(ErrorCode::kModelInvalid,
               "Model file " + path + " is damaged: " + what + ". Download or convert the model again.");
}

Json ParseObject(const std::string& text, const std::string& path) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) throw Damaged(path, "it is not JSON");
  if (!json.is_object()) throw Damaged(path, "it is not a JSON object");
  return json;
}

// Untrusted: cut short, and valid UTF-8.
std::string Shown(const Json& value) {
  constexpr size_t kLongest = 40;
  const std::string text = value.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
  return text.size() > kLongest ? text.substr(0, kLongest) + "..." : text;
}

bool IsIndex(const Json& value, int64_t size) {
  if (!value.is_number_integer()) return false;
  // Beyond int64 an unsigned number would turn negative.
  if (value.is_number_unsigned()) return value.get<uint64_t>() < static_cast<uint64_t>(size);
  return false;
}

std::vector<int32_t> Ids(const Json& json, const std::string& key, const std::string& path, int32_t vocabulary) {
  const auto list = json.find(key);
  if (list == json.end() || !list->is_array()) throw Damaged(path, key + " is missing or not a list");
  std::vector<int32_t> ids;
  for (const Json& id : *list) {
    if (!IsIndex(id, vocabulary)) throw Damaged(path, key + " holds " + Shown(id) + ", which is no token");
    ids.push_back(id.get<int32_t>());
  }
  return ids;
}

}  // namespace

Ct2WhisperConfig ParseCt2WhisperConfig(const std::string& text, const std::string& path, const Ct2WhisperSize& size,
                                       const WhisperVocabulary& vocabulary) {
  const Json json = ParseObject(text, path);
  Ct2WhisperConfig config;
  config.suppressed = Ids(json, "suppress_ids", path, vocabulary.size());
  config.suppressed_first = Ids(json, "suppress_ids_begin", path, vocabulary.size());
  if (vocabulary.multilingual()) {
    const std::vector<int32_t> languages = Ids(json, "lang_ids", path, vocabulary.size());
    for (const int32_t id : languages) {
      const int32_t index = id - vocabulary.start_of_transcript() - 1;
      if (index < 0 || index >= static_cast<int32_t>(vocabulary.languages().size())) {
        throw Damaged(path, "lang_ids holds " + std::to_string(id) + ", which is no language");
      }
    }
    if (languages.empty()) throw Damaged(path, "lang_ids is empty");
  }
  const auto heads = json.find("alignment_heads");
  if (heads == json.end() || heads->is_null()) return config;
  if (!heads->is_array() || heads->empty()) throw Damaged(path, "alignment_heads is not a list");
  for (const Json& head : *heads) {
    const bool known =
        head.is_array() && head.size() == 2 && IsIndex(head[0], size.text_layers) && IsIndex(head[1], size.text_heads);
    if (!known) throw Damaged(path, "alignment_heads holds " + Shown(head) + ", which is no head of the decoder");
  }
  config.has_alignment_heads = true;
  return config;
}

void CheckPreprocessorConfig(const std::string& text, const std::string& path, int64_t bands) {
  const Json json = ParseObject(text, path);
  const auto check = [&](const char* key, int64_t wanted) {
    const auto value = json.find(key);
    if (value == json.end()) return;
    if (!value->is_number() || *value != wanted) {
      throw Damaged(path,
                    std::string(key) + " is " + Shown(*value) + ", the model computes with " + std::to_string(wanted));
    }
  };
  check("feature_size", bands);
  check("sampling_rate", 16000);
  check("n_fft", 400);
  check("hop_length", 160);
  check("chunk_length", 30);
}

}  // namespace voicelingua
