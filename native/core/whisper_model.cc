#include "core/whisper_model.h"

#include <whisper.h>

#include <cstring>
#include <new>

#include "core/errors.h"
#include "core/log_sink.h"

namespace voicelingua {
namespace {

struct LoaderSource {
  FileReader* file;
  // The engine asks for one header more than there is and takes this as the end.
  bool ended = false;
  bool failed = false;
};

size_t LoaderRead(void* context, void* destination, size_t count) {
  auto* source = static_cast<LoaderSource*>(context);
  try {
    if (source->file->Read(destination, count)) return count;
    source->ended = true;
    if (source->file->remaining() > 0) source->failed = true;
  } catch (...) {
    source->failed = true;
    source->ended = true;
  }
  std::memset(destination, 0, count);
  return 0;
}

bool LoaderEnded(void* context) { return static_cast<LoaderSource*>(context)->ended; }

void LoaderClose(void*) {}

// The engine dereferences a failed allocation of its weights; asking for the same amount first fails in the open.
void CheckAllocatable(uint64_t bytes) {
  char* probe = new char[bytes];
  // Keeps the compiler from removing the pair.
  volatile char* touch = probe;
  *touch = 0;
  delete[] probe;
}

}  // namespace

WhisperModel::~WhisperModel() { whisper_free(context_); }

std::shared_ptr<LoadedModel> LoadWhisperModel(FileReader& file, const std::string& path,
                                              const ModelInspection& inspection, const ModelOptions& options) {
  CaptureEngineLogs();
  if (options.device == Device::kCpu) CheckAllocatable(inspection.bytes);
  file.Rewind();
  LoaderSource source{&file};
  whisper_model_loader loader{};
  loader.context = &source;
  loader.read = LoaderRead;
  loader.eof = LoaderEnded;
  loader.close = LoaderClose;
  whisper_context_params params = whisper_context_default_params();
  params.use_gpu = options.device == Device::kCuda;
  params.gpu_device = options.device_index;
  whisper_context* context = whisper_init_with_params_no_state(&loader, params);
  if (source.failed) {
    whisper_free(context);
    throw Error(ErrorCode::kModelInvalid, "Model file " + path + " changed or could not be read while it was loaded.");
  }
  if (context == nullptr) {
    throw Error(ErrorCode::kEngineFailed, "whisper.cpp could not load " + path + "; its log tells more (drainLog).");
  }
  return std::make_shared<WhisperModel>(path, inspection, context);
}

}  // namespace voicelingua
