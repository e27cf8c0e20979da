#include "core/block_cache.h"

#include <cstring>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "test/check.h"

namespace voicelingua::test {

TEST(FreedBlocksServeTheNextOfTheirSize) {
  BlockCache cache;
  void* const first = cache.Allocate(1'000'000);
  CHECK(first != nullptr);
  CHECK(reinterpret_cast<uintptr_t>(first) % 4096 == 0);
  std::memset(first, 1, 1'000'000);
  CHECK(cache.Free(first));
  CHECK(!cache.Free(first));
  CHECK(cache.use().used == 0);
  CHECK(cache.use().kept >= 1'000'000);
  CHECK(cache.Allocate(999'000) == first);
  CHECK(cache.use().kept == 0);
  CHECK(cache.Free(first));
  cache.Trim();
  CHECK(cache.use().kept == 0);
}

TEST(NoMoreIsKeptThanWasInUseAtOnce) {
  BlockCache cache;
  void* const large = cache.Allocate(8 << 20);
  CHECK(cache.Free(large));
  // A block serves a smaller one, but not one that is smaller by far.
  void* const tiny = cache.Allocate(4096);
  CHECK(tiny != large);
  CHECK(cache.use().used + cache.use().kept <= (8 << 20) + 4096);
  void* const larger = cache.Allocate(16 << 20);
  CHECK(cache.Free(larger));
  CHECK(cache.use().used + cache.use().kept <= (16 << 20) + 4096);
  CHECK(cache.Free(tiny));
}

TEST(WhatIsNoBlockIsLeftAlone) {
  BlockCache cache;
  int other = 0;
  CHECK(!cache.Free(&other));
  CHECK(!cache.Free(nullptr));
  CHECK(cache.Allocate(static_cast<size_t>(-1)) == nullptr);
  CHECK(cache.Allocate(static_cast<size_t>(1) << 60) == nullptr);
}

TEST(ThreadsShareBlocksWithoutMeeting) {
  BlockCache cache;
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&cache, &wrong, thread] {
      std::mt19937 random(static_cast<uint32_t>(thread));
      std::vector<std::pair<unsigned char*, size_t>> held;
      for (int round = 0; round < 400; ++round) {
        if (held.size() < 6 && random() % 2 == 0) {
          const size_t bytes = 1 + random() % 300'000;
          auto* const block = static_cast<unsigned char*>(cache.Allocate(bytes));
          block[0] = block[bytes - 1] = static_cast<unsigned char>(thread);
          held.emplace_back(block, bytes);
        } else if (!held.empty()) {
          const auto [block, bytes] = held.back();
          held.pop_back();
          if (block[0] != thread || block[bytes - 1] != thread || !cache.Free(block)) ++wrong[thread];
        }
      }
      for (const auto& [block, bytes] : held) cache.Free(block);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
  CHECK(cache.use().used == 0);
}

}  // namespace voicelingua::test
