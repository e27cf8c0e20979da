#include "core/ct2_whisper_model.h"

#include <ctranslate2/models/whisper.h>
#include <ctranslate2/utils.h>

#include "core/compute_type.h"
#include "core/errors.h"
#include "core/log_sink.h"

namespace voicelingua {

Ct2WhisperModel::Ct2WhisperModel(std::string path, ModelInspection inspection, Device device, Ct2WhisperParts parts,
                                 std::shared_ptr<const ctranslate2::models::WhisperModel> engine)
    : LoadedModel(std::move(path), std::move(inspection)),
      device_(device),
      parts_(std::move(parts)),
      engine_(std::move(engine)) {}

Ct2WhisperModel::~Ct2WhisperModel() = default;

std::shared_ptr<LoadedModel> LoadCt2WhisperModel(const std::string& path, const ModelInspection& inspection,
                                                 const ModelOptions& options) {
  CaptureEngineLogs();
  CheckComputeType(options);
  const Ct2Folder folder(path);
  const std::string before = folder.Fingerprint();
  Ct2WhisperParts parts = folder.ReadWhisper();
  const auto device = options.device == Device::kCuda ? ctranslate2::Device::CUDA : ctranslate2::Device::CPU;
  // Loading would otherwise start a team of threads on the caller's that stays and spins.
  ctranslate2::set_num_threads(1);
  auto model = ctranslate2::models::Model::load(path, device, options.device_index,
                                                ctranslate2::str_to_compute_type(options.compute_type));
  if (folder.Fingerprint() != before) {
    throw Error(ErrorCode::kModelInvalid, "Model " + path + " changed while it was loaded.");
  }
  auto whisper = std::dynamic_pointer_cast<const ctranslate2::models::WhisperModel>(model);
  if (!whisper) throw Error(ErrorCode::kModelUnsupported, "Model " + path + " is no Whisper model.");
  return std::make_shared<Ct2WhisperModel>(path, inspection, options.device, std::move(parts), std::move(whisper));
}

}  // namespace voicelingua
