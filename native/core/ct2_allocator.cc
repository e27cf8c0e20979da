#include "core/ct2_allocator.h"

#include <ctranslate2/allocator.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace voicelingua {
namespace {

std::atomic<bool> keeping{false};

// Never destroyed: threads of the engine may outlive the end of main.
BlockCache& Blocks() {
  static auto* const blocks = new BlockCache();
  return *blocks;
}

}  // namespace

void KeepCt2Memory() { keeping.store(true, std::memory_order_relaxed); }

void TrimCt2Memory() { Blocks().Trim(); }

BlockCache::Use Ct2MemoryUse() { return Blocks().use(); }

}  // namespace voicelingua

#if defined(VOICELINGUA_WRAPS_ALLOCATOR)
namespace voicelingua {
namespace {

// What the engine's own allocator aligns to.
constexpr size_t kAlignment = 64;
// Smaller ones are many, and fit into each other's gaps.
constexpr size_t kLeastBlock = 128 * 1024;

class Ct2Allocator : public ctranslate2::Allocator {
 public:
  void* allocate(size_t size, int) override {
    const bool large = size >= kLeastBlock && keeping.load(std::memory_order_relaxed);
    void* block = nullptr;
    if (large) {
      block = Blocks().Allocate(size);
    } else if (posix_memalign(&block, kAlignment, size) != 0) {
      block = nullptr;
    }
    if (block == nullptr) throw std::bad_alloc();
    return block;
  }

  void free(void* block, int) override {
    // Blocks begin with a page, which few others do.
    constexpr uintptr_t kPage = 4096;
    if (reinterpret_cast<uintptr_t>(block) % kPage == 0 && Blocks().Free(block)) return;
    std::free(block);
  }

  void clear_cache() override { Blocks().Trim(); }
};

}  // namespace
}  // namespace voicelingua

// CTranslate2's get_allocator<Device::CPU>() as the compiler writes it.
extern "C" ctranslate2::Allocator& __wrap__ZN11ctranslate213get_allocatorILNS_6DeviceE0EEERNS_9AllocatorEv() {
  static auto* const allocator = new voicelingua::Ct2Allocator();
  return *allocator;
}
#endif
