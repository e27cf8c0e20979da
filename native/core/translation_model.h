#ifndef VOICELINGUA_CORE_TRANSLATION_MODEL_H_
#define VOICELINGUA_CORE_TRANSLATION_MODEL_H_

#include <memory>
#include <string>
#include <vector>

#include "core/model_registry.h"

namespace ctranslate2::models {
class SequenceToSequenceModel;
}

namespace voicelingua {

// Encoder-decoder weights in CTranslate2, shared by the replicas of all translators.
class TranslationModel : public LoadedModel {
 public:
  TranslationModel(std::string path, ModelInspection inspection,
                   std::shared_ptr<const ctranslate2::models::SequenceToSequenceModel> model);
  ~TranslationModel() override;

  const std::shared_ptr<const ctranslate2::models::SequenceToSequenceModel>& engine() const { return model_; }

  // The target vocabulary, in the order of ids.
  std::vector<std::string> Vocabulary() const;

 private:
  const std::shared_ptr<const ctranslate2::models::SequenceToSequenceModel> model_;
};

// `path` is a folder that Ct2Folder accepted.
std::shared_ptr<LoadedModel> LoadTranslationModel(const std::string& path, const ModelInspection& inspection,
                                                  const ModelOptions& options);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_TRANSLATION_MODEL_H_
