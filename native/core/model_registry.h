#ifndef VOICELINGUA_CORE_MODEL_REGISTRY_H_
#define VOICELINGUA_CORE_MODEL_REGISTRY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/model_inspection.h"

namespace voicelingua {

enum class Device { kCpu, kCuda };

struct ModelOptions {
  Device device = Device::kCpu;
  int device_index = 0;
  // CTranslate2's; ignored for ggml files, which are computed as they are stored.
  std::string compute_type = "default";
};

// Weights in memory. Immutable once loaded and shared by all threads.
class LoadedModel {
 public:
  LoadedModel(std::string path, ModelInspection inspection)
      : path_(std::move(path)), inspection_(std::move(inspection)) {}
  virtual ~LoadedModel() = default;
  LoadedModel(const LoadedModel&) = delete;
  LoadedModel& operator=(const LoadedModel&) = delete;

  const std::string& path() const { return path_; }
  const ModelInspection& inspection() const { return inspection_; }

 private:
  friend class ModelReference;

  const std::string path_;
  const ModelInspection inspection_;
  std::atomic<int> references_{0};
};

// One opener's share of a model. Recognizers and translators keep the weights alive without being counted.
class ModelReference {
 public:
  explicit ModelReference(std::shared_ptr<LoadedModel> model);
  ~ModelReference();
  ModelReference(const ModelReference&) = delete;
  ModelReference& operator=(const ModelReference&) = delete;

  const std::shared_ptr<LoadedModel>& model() const { return model_; }
  static int Count(const LoadedModel& model) { return model.references_.load(); }

 private:
  std::shared_ptr<LoadedModel> model_;
};

// Validates and loads a model, or shares one that is loaded: the same bytes (canonical path, size, modification time)
// for the same device and compute type are in memory once, also when two threads ask at the same time. The weights go
// when the last reference and the last user of them go.
std::unique_ptr<ModelReference> OpenModel(const std::string& path, const ModelOptions& options);

struct ModelUse {
  std::string path;
  ModelFormat format;
  int references;
  uint64_t bytes;
};

// Weights that are in memory now.
std::vector<ModelUse> LoadedModels();

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_MODEL_REGISTRY_H_
