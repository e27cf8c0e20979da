#include "core/whisper_model.h"

#include <ggml-backend.h>
#include <whisper.h>

#include <new>

#include "core/errors.h"
#include "core/ggml_loader.h"
#include "core/log_sink.h"

namespace voicelingua {
namespace {

// The engine dereferences a failed allocation of its weights; asking for the same amount first fails in the open.
void CheckAllocatable(uint64_t bytes) {
  char* probe = new char[bytes];
  // Keeps the compiler from removing the pair.
  volatile char* touch = probe;
  *touch = 0;
  delete[] probe;
}

// The same for a GPU, counted as the engine counts them.
void CheckDeviceMemory(int device_index, uint64_t bytes, const std::string& path) {
  int gpus = 0;
  for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    ggml_backend_dev_t device = ggml_backend_dev_get(i);
    const auto type = ggml_backend_dev_type(device);
    if (type != GGML_BACKEND_DEVICE_TYPE_GPU && type != GGML_BACKEND_DEVICE_TYPE_IGPU) continue;
    if (gpus++ != device_index) continue;
    size_t free = 0;
    size_t total = 0;
    ggml_backend_dev_memory(device, &free, &total);
    if (total == 0 || bytes <= free) return;
    throw Error(ErrorCode::kOutOfMemory, "Out of memory on the GPU while loading model " + path + ": it needs " +
                                             std::to_string(bytes >> 20) + " MiB, " + std::to_string(free >> 20) +
                                             " MiB are free. Use a smaller model or the device cpu.");
  }
}

}  // namespace

WhisperModel::~WhisperModel() { whisper_free(context_); }

std::shared_ptr<LoadedModel> LoadWhisperModel(FileReader& file, const std::string& path,
                                              const ModelInspection& inspection, const ModelOptions& options) {
  CaptureEngineLogs();
  if (options.device == Device::kCpu) CheckAllocatable(inspection.bytes);
  if (options.device == Device::kCuda) CheckDeviceMemory(options.device_index, inspection.bytes, path);
  GgmlLoader loader(&file);
  whisper_context_params params = whisper_context_default_params();
  params.use_gpu = options.device == Device::kCuda;
  params.gpu_device = options.device_index;
  whisper_context* context = whisper_init_with_params_no_state(loader.get(), params);
  if (loader.failed()) {
    whisper_free(context);
    throw Error(ErrorCode::kModelInvalid, "Model file " + path + " changed or could not be read while it was loaded.");
  }
  if (context == nullptr) {
    throw Error(ErrorCode::kEngineFailed, "whisper.cpp could not load " + path + "; its log tells more (drainLog).");
  }
  return std::make_shared<WhisperModel>(path, inspection, context);
}

}  // namespace voicelingua
