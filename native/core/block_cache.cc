#include "core/block_cache.h"

#if !defined(_WIN32)
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <limits>

namespace voicelingua {
namespace {

constexpr size_t kPage = 4096;
// Sizes are rounded up to so many steps between two powers of two, so that blocks of nearly the same size serve each
// other. Pages that nobody touches cost nothing.
constexpr size_t kSteps = 8;
// Far more than any machine has; sums of such sizes do not overflow.
constexpr size_t kMost = std::numeric_limits<size_t>::max() / 64;
// A kept block may be so many times as large as what is asked for: what it has more is not there for others.
constexpr size_t kMostTooLarge = 64;
// From here on it is looked at how much of a block was touched: scores of an attention that is computed without them
// are asked for and never written. The look takes some ten microseconds.
constexpr size_t kLargeBlock = 4 * 1024 * 1024;

size_t Rounded(size_t bytes) {
  size_t step = kPage;
  while (step * kSteps * 2 <= bytes) step *= 2;
  return (bytes + step - 1) / step * step;
}

#if defined(_WIN32)
void* Map(size_t) { return nullptr; }
void Unmap(void*, size_t) {}
size_t Touched(void*, size_t bytes) { return bytes; }
#else
void* Map(size_t bytes) {
  void* const block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return block == MAP_FAILED ? nullptr : block;
}
void Unmap(void* block, size_t bytes) { munmap(block, bytes); }

// Bytes of the block's pages that are in memory.
size_t Touched(void* block, size_t bytes) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> pages((bytes + page - 1) / page);
#if defined(__APPLE__)
  if (mincore(block, bytes, reinterpret_cast<char*>(pages.data())) != 0) return bytes;
#else
  if (mincore(block, bytes, pages.data()) != 0) return bytes;
#endif
  const auto count = std::count_if(pages.begin(), pages.end(), [](unsigned char flags) { return (flags & 1) != 0; });
  return static_cast<size_t>(count) * page;
}
#endif

}  // namespace

BlockCache::~BlockCache() { Trim(); }

void* BlockCache::Allocate(size_t bytes) {
  if (bytes > kMost) return nullptr;
  const std::lock_guard lock(mutex_);
  const size_t rounded = Rounded(std::max<size_t>(bytes, 1));
  void* block = TakeKept(rounded);
  if (block == nullptr) {
    block = Map(rounded);
    if (block == nullptr) {
      Shrink(0);
      block = Map(rounded);
    }
    if (block == nullptr) return nullptr;
    Hand(block, rounded);
  }
  peak_ = std::max(peak_, used_bytes_);
  return block;
}

void BlockCache::Hand(void* block, size_t bytes) {
  size_t counted = bytes;
  if (bytes >= kLargeBlock) {
    const auto before = touched_.find(bytes);
    if (before != touched_.end()) counted = before->second;
  }
  used_.emplace(block, Used{bytes, counted});
  used_bytes_ += counted;
}

void* BlockCache::TakeKept(size_t bytes) {
  auto best = kept_.end();
  for (auto it = kept_.begin(); it != kept_.end(); ++it) {
    if (it->bytes < bytes || it->bytes / kMostTooLarge > bytes) continue;
    // Of equals the one that was used last: its pages are in the caches.
    if (best == kept_.end() || it->bytes < best->bytes || (it->bytes == best->bytes && it->since > best->since)) {
      best = it;
    }
  }
  if (best == kept_.end()) return nullptr;
  const Kept found = *best;
  kept_.erase(best);
  kept_bytes_ -= found.bytes;
  Hand(found.block, found.bytes);
  return found.block;
}

bool BlockCache::Free(void* block) {
  const std::lock_guard lock(mutex_);
  const auto found = used_.find(block);
  if (found == used_.end()) return false;
  const auto [bytes, counted] = found->second;
  used_.erase(found);
  used_bytes_ -= counted;
  if (bytes >= kLargeBlock) {
    const size_t touched = Touched(block, bytes);
    touched_[bytes] = touched;
    if (touched < bytes / 2) {
      Unmap(block, bytes);
      return true;
    }
  }
  kept_.push_back({block, bytes, ++clock_});
  kept_bytes_ += bytes;
  // What was in use at once may be wanted at once again, and no more.
  Shrink(peak_ - used_bytes_);
  return true;
}

void BlockCache::Shrink(size_t most) {
  while (kept_bytes_ > most && !kept_.empty()) {
    const auto oldest =
        std::min_element(kept_.begin(), kept_.end(), [](const Kept& a, const Kept& b) { return a.since < b.since; });
    Unmap(oldest->block, oldest->bytes);
    kept_bytes_ -= oldest->bytes;
    kept_.erase(oldest);
  }
}

void BlockCache::Trim() {
  const std::lock_guard lock(mutex_);
  Shrink(0);
  peak_ = used_bytes_;
}

BlockCache::Use BlockCache::use() const {
  const std::lock_guard lock(mutex_);
  return {used_bytes_, kept_bytes_};
}

}  // namespace voicelingua
