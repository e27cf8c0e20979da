#include "core/ggml_loader.h"

#include <cstring>

namespace voicelingua {

GgmlLoader::GgmlLoader(FileReader* file) : file_(file) {
  file_->Rewind();
  loader_.context = this;
  loader_.read = Read;
  loader_.eof = Ended;
  loader_.close = [](void*) {};
}

size_t GgmlLoader::Read(void* context, void* destination, size_t count) {
  auto* self = static_cast<GgmlLoader*>(context);
  try {
    if (self->file_->Read(destination, count)) return count;
    self->ended_ = true;
    if (self->file_->remaining() > 0) self->failed_ = true;
  } catch (...) {
    self->failed_ = true;
    self->ended_ = true;
  }
  std::memset(destination, 0, count);
  return 0;
}

bool GgmlLoader::Ended(void* context) { return static_cast<GgmlLoader*>(context)->ended_; }

}  // namespace voicelingua
