#ifndef VOICELINGUA_CORE_GGML_LOADER_H_
#define VOICELINGUA_CORE_GGML_LOADER_H_

#include <whisper.h>

#include "core/file_reader.h"

namespace voicelingua {

// Gives a validated file to whisper.cpp's loaders, from its beginning. Must outlive the loading.
class GgmlLoader {
 public:
  explicit GgmlLoader(FileReader* file);
  GgmlLoader(const GgmlLoader&) = delete;
  GgmlLoader& operator=(const GgmlLoader&) = delete;

  whisper_model_loader* get() { return &loader_; }
  // Whether the file could not be read to where the engine wanted it: it changed since it was validated.
  bool failed() const { return failed_; }

 private:
  static size_t Read(void* context, void* destination, size_t count);
  static bool Ended(void* context);

  FileReader* const file_;
  whisper_model_loader loader_{};
  // The engine asks for one header more than there is and takes this as the end.
  bool ended_ = false;
  bool failed_ = false;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_GGML_LOADER_H_
