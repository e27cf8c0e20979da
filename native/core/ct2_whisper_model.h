#ifndef VOICELINGUA_CORE_CT2_WHISPER_MODEL_H_
#define VOICELINGUA_CORE_CT2_WHISPER_MODEL_H_

#include <memory>
#include <string>

#include "core/ct2_folder.h"
#include "core/model_registry.h"

namespace ctranslate2::models {
class WhisperModel;
}

namespace voicelingua {

// Whisper weights in CTranslate2, shared by the replicas of all recognizers.
class Ct2WhisperModel : public LoadedModel {
 public:
  Ct2WhisperModel(std::string path, ModelInspection inspection, Device device, Ct2WhisperParts parts,
                  std::shared_ptr<const ctranslate2::models::WhisperModel> engine);
  ~Ct2WhisperModel() override;

  const std::shared_ptr<const ctranslate2::models::WhisperModel>& engine() const { return engine_; }
  Device device() const { return device_; }
  const Ct2WhisperSize& size() const { return parts_.size; }
  const Ct2WhisperConfig& config() const { return parts_.config; }
  const WhisperVocabulary& vocabulary() const { return *parts_.vocabulary; }

 private:
  const Device device_;
  const Ct2WhisperParts parts_;
  const std::shared_ptr<const ctranslate2::models::WhisperModel> engine_;
};

// `path` is a folder that Ct2Folder accepted.
std::shared_ptr<LoadedModel> LoadCt2WhisperModel(const std::string& path, const ModelInspection& inspection,
                                                 const ModelOptions& options);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_CT2_WHISPER_MODEL_H_
