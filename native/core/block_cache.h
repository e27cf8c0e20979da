#ifndef VOICELINGUA_CORE_BLOCK_CACHE_H_
#define VOICELINGUA_CORE_BLOCK_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace voicelingua {

// Large blocks of memory that are asked for and freed again and again, as an engine does in every layer. Each is a
// mapping of its own, so that none leaves a gap in the heap, and a freed one is kept for the next of about its size, so
// that the system need not clear its pages again. What has not been used for long goes back to the system, and a large
// block that was hardly touched at once. Thread-safe.
class BlockCache {
 public:
  BlockCache() = default;
  ~BlockCache();
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;

  // Aligned to a page. Null when the system has no more.
  void* Allocate(size_t bytes);

  // False, with nothing done, for what is no block of this cache.
  bool Free(void* block);

  // Gives back all blocks that are free.
  void Trim();

  struct Use {
    size_t used = 0;  // bytes
    size_t kept = 0;
  };
  Use use() const;

 private:
  struct Kept {
    void* block;
    size_t bytes;
    uint64_t since;
  };

  struct Used {
    size_t bytes;
    // What was touched of the last block of this size: what this one will count for.
    size_t counted;
  };

  void Hand(void* block, size_t bytes);
  void* TakeKept(size_t bytes);
  // Least recently used blocks go back while more than `most` bytes are kept.
  void Shrink(size_t most);

  mutable std::mutex mutex_;
  std::unordered_map<void*, Used> used_;
  // By size, of large blocks only.
  std::unordered_map<size_t, size_t> touched_;
  std::vector<Kept> kept_;
  size_t used_bytes_ = 0;
  size_t kept_bytes_ = 0;
  // Most bytes that were in use at once since the last Trim.
  size_t peak_ = 0;
  uint64_t clock_ = 0;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_BLOCK_CACHE_H_
