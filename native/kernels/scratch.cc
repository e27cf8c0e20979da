#include "kernels/scratch.h"

#include <cstdlib>
#include <memory>

namespace voicelingua::kernels {
namespace {

constexpr size_t kAlignment = 64;

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

}  // namespace

void* Scratch(size_t bytes) {
#if defined(_WIN32)
  return nullptr;
#else
  thread_local std::unique_ptr<void, Free> memory;
  thread_local size_t size = 0;
  if (bytes > size) {
    const size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    memory.reset();
    memory.reset(std::aligned_alloc(kAlignment, rounded));
    size = memory ? rounded : 0;
  }
  return memory.get();
#endif
}

}  // namespace voicelingua::kernels
