#ifndef VOICELINGUA_CORE_MODEL_INSPECTION_H_
#define VOICELINGUA_CORE_MODEL_INSPECTION_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace voicelingua {

enum class ModelFormat { kWhisperGgml, kCt2Whisper, kCt2Seq2Seq, kSileroGgml };

// `whisper-ggml`, `ct2-whisper`, `ct2-seq2seq`, `silero-ggml`.
const char* ModelFormatName(ModelFormat format);

// What the headers of a model tell; given only for a model whose every size was checked against the file.
struct ModelInspection {
  ModelFormat format;
  // Bytes of weights on disk.
  uint64_t bytes = 0;
  bool multilingual = false;
  // Of a Whisper, in the order of its tokens: what it can be asked to hear.
  std::vector<std::string> languages;
  // Vocabulary, mel bands, layers …; empty where the format has none.
  std::map<std::string, int64_t> dimensions;
  // As stored: `f16`, `q5_0`; `int8`, `float32`.
  std::string quantization;
};

// Validates a ggml file or a CTranslate2 folder without an engine. Throws kModelNotFound, kModelInvalid or
// kModelUnsupported, naming the file.
ModelInspection InspectModel(const std::string& path);

// What bytes that are no model look like ("an HTML page …"); for messages.
std::string DescribeForeignContent(const std::string& head, uint64_t size);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_MODEL_INSPECTION_H_
