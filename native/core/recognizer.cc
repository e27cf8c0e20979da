#include "core/recognizer.h"

#include "core/ct2_whisper_model.h"
#include "core/ct2_whisper_recognizer.h"
#include "core/errors.h"
#include "core/whisper_model.h"
#include "core/whisper_recognizer.h"

namespace voicelingua {

std::unique_ptr<Recognizer> OpenRecognizer(const std::shared_ptr<LoadedModel>& model) {
  if (auto whisper = std::dynamic_pointer_cast<WhisperModel>(model)) {
    return std::make_unique<WhisperRecognizer>(std::move(whisper));
  }
  if (auto whisper = std::dynamic_pointer_cast<Ct2WhisperModel>(model)) {
    return std::make_unique<Ct2WhisperRecognizer>(std::move(whisper));
  }
  throw Error(ErrorCode::kModelUnsupported, "Model " + model->path() + " is no speech recognizer (" +
                                                ModelFormatName(model->inspection().format) + ").");
}

}  // namespace voicelingua
