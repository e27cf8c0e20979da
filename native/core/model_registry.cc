#include "core/model_registry.h"

#include <filesystem>
#include <map>
#include <mutex>

#include "core/build_info.h"
#include "core/ct2_folder.h"
#include "core/ct2_whisper_model.h"
#include "core/errors.h"
#include "core/file_reader.h"
#include "core/ggml_file.h"
#include "core/translation_model.h"
#include "core/whisper_model.h"

namespace voicelingua {
namespace {

struct Slot {
  std::mutex loading;
  std::weak_ptr<LoadedModel> model;  // Guarded by Registry::mutex.
};

struct Registry {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Slot>> slots;
};

// Never destroyed: worker threads may still hold models while the process runs its exit handlers.
Registry& GlobalRegistry() {
  static Registry* const registry = new Registry;
  return *registry;
}

std::string Fingerprint(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error) ? Ct2Folder(path).Fingerprint() : FileFingerprint(path);
}

std::string CanonicalPath(const std::string& path) {
  std::error_code error;
  const auto canonical = std::filesystem::canonical(path, error);
  if (!error) return canonical.string();
  throw Error(ErrorCode::kModelNotFound, "Model " + path + " cannot be opened: " + error.message() + ".");
}

std::string Key(const std::string& path, const ModelOptions& options) {
  return path + '\n' + Fingerprint(path) + '\n' + (options.device == Device::kCuda ? "cuda" : "cpu") +
         std::to_string(options.device_index) + '\n' + options.compute_type;
}

std::shared_ptr<Slot> SlotFor(const std::string& key) {
  Registry& registry = GlobalRegistry();
  const std::lock_guard<std::mutex> lock(registry.mutex);
  for (auto entry = registry.slots.begin(); entry != registry.slots.end();) {
    const bool idle = entry->second.use_count() == 1 && entry->second->model.expired();
    entry = idle ? registry.slots.erase(entry) : std::next(entry);
  }
  auto& slot = registry.slots[key];
  if (!slot) slot = std::make_shared<Slot>();
  return slot;
}

std::shared_ptr<LoadedModel> Load(const std::string& path, const ModelOptions& options) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    const ModelInspection inspection = Ct2Folder(path).Inspect();
    if (inspection.format == ModelFormat::kCt2Whisper) return LoadCt2WhisperModel(path, inspection, options);
    return LoadTranslationModel(path, inspection, options);
  }
  FileReader file(path);
  const ModelInspection inspection = InspectGgmlFile(file);
  if (inspection.format == ModelFormat::kSileroGgml) {
    throw Error(ErrorCode::kModelUnsupported,
                "Model " + path + " is a speech detector, not a recognizer or translator.");
  }
  return LoadWhisperModel(file, path, inspection, options);
}

}  // namespace

ModelReference::ModelReference(std::shared_ptr<LoadedModel> model) : model_(std::move(model)) {
  model_->references_.fetch_add(1);
}

ModelReference::~ModelReference() { model_->references_.fetch_sub(1); }

std::unique_ptr<ModelReference> OpenModel(const std::string& path, const ModelOptions& options) {
  if (options.device == Device::kCuda && options.device_index >= CudaDeviceCount()) {
    throw Error(ErrorCode::kDeviceUnavailable, "CUDA device " + std::to_string(options.device_index) +
                                                   " is not available; " + std::to_string(CudaDeviceCount()) +
                                                   " can be used by this build. Use the device cpu.");
  }
  const std::string canonical = CanonicalPath(path);
  const std::shared_ptr<Slot> slot = SlotFor(Key(canonical, options));
  const std::lock_guard<std::mutex> loading(slot->loading);
  Registry& registry = GlobalRegistry();
  std::shared_ptr<LoadedModel> model;
  {
    const std::lock_guard<std::mutex> lock(registry.mutex);
    model = slot->model.lock();
  }
  if (!model) {
    try {
      model = Load(canonical, options);
    } catch (...) {
      throw CurrentExceptionAsError(ErrorCode::kModelInvalid, "loading model " + path);
    }
    const std::lock_guard<std::mutex> lock(registry.mutex);
    slot->model = model;
  }
  return std::make_unique<ModelReference>(std::move(model));
}

std::vector<ModelUse> LoadedModels() {
  std::vector<std::shared_ptr<LoadedModel>> models;
  {
    Registry& registry = GlobalRegistry();
    const std::lock_guard<std::mutex> lock(registry.mutex);
    for (const auto& entry : registry.slots) {
      if (auto model = entry.second->model.lock()) models.push_back(std::move(model));
    }
  }
  std::vector<ModelUse> uses;
  for (const auto& model : models) {
    uses.push_back(
        {model->path(), model->inspection().format, ModelReference::Count(*model), model->inspection().bytes});
  }
  return uses;
}

}  // namespace voicelingua
