#include "core/translation_model.h"

#include <ctranslate2/models/sequence_to_sequence.h>
#include <ctranslate2/utils.h>

#include "core/compute_type.h"
#include "core/ct2_folder.h"
#include "core/errors.h"
#include "core/log_sink.h"

namespace voicelingua {

TranslationModel::TranslationModel(std::string path, ModelInspection inspection,
                                   std::shared_ptr<const ctranslate2::models::SequenceToSequenceModel> model)
    : LoadedModel(std::move(path), std::move(inspection)), model_(std::move(model)) {}

TranslationModel::~TranslationModel() = default;

std::vector<std::string> TranslationModel::Vocabulary() const {
  const ctranslate2::Vocabulary& vocabulary = model_->get_target_vocabulary();
  std::vector<std::string> tokens;
  tokens.reserve(vocabulary.size());
  for (size_t id = 0; id < vocabulary.size(); ++id) tokens.push_back(vocabulary.to_token(id));
  return tokens;
}

std::shared_ptr<LoadedModel> LoadTranslationModel(const std::string& path, const ModelInspection& inspection,
                                                  const ModelOptions& options) {
  CaptureEngineLogs();
  CheckComputeType(options);
  const std::string before = Ct2Folder(path).Fingerprint();
  const auto device = options.device == Device::kCuda ? ctranslate2::Device::CUDA : ctranslate2::Device::CPU;
  // Loading would otherwise start a team of threads on the caller's that stays and spins.
  ctranslate2::set_num_threads(1);
  auto model = ctranslate2::models::Model::load(path, device, options.device_index,
                                                ctranslate2::str_to_compute_type(options.compute_type));
  if (Ct2Folder(path).Fingerprint() != before) {
    throw Error(ErrorCode::kModelInvalid, "Model " + path + " changed while it was loaded.");
  }
  auto translator = std::dynamic_pointer_cast<const ctranslate2::models::SequenceToSequenceModel>(model);
  if (!translator) throw Error(ErrorCode::kModelUnsupported, "Model " + path + " is no translator.");
  return std::make_shared<TranslationModel>(path, inspection, std::move(translator));
}

}  // namespace voicelingua
