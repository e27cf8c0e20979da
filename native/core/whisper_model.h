#ifndef VOICELINGUA_CORE_WHISPER_MODEL_H_
#define VOICELINGUA_CORE_WHISPER_MODEL_H_

#include <memory>
#include <string>

#include "core/file_reader.h"
#include "core/model_registry.h"

struct whisper_context;

namespace voicelingua {

// Whisper weights in whisper.cpp. The context is read-only after loading; states are made on it by recognizers.
class WhisperModel : public LoadedModel {
 public:
  WhisperModel(std::string path, ModelInspection inspection, whisper_context* context)
      : LoadedModel(std::move(path), std::move(inspection)), context_(context) {}
  ~WhisperModel() override;

  whisper_context* context() const { return context_; }

 private:
  whisper_context* const context_;
};

// Reads the weights from `file`, the descriptor that was validated. Throws kModelInvalid when it changed meanwhile.
std::shared_ptr<LoadedModel> LoadWhisperModel(FileReader& file, const std::string& path,
                                              const ModelInspection& inspection, const ModelOptions& options);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_WHISPER_MODEL_H_
