#include "core/cancel_tokens.h"

#include <thread>
#include <vector>

#include "test/check.h"

namespace voicelingua::test {

TEST(CancelIsSeenByFlagsThatWereFoundBefore) {
  const CancelToken token = CreateCancelToken(0);
  const CancelFlagRef flag = FindCancelFlag(token);
  CHECK(!flag->stopped());
  Cancel(token);
  CHECK(flag->state() == CancelFlag::State::kCancelled);
  CHECK(CodeOf([&] { flag->ThrowIfStopped(); }) == ErrorCode::kCancelled);
  ReleaseCancelToken(token);
  CHECK(flag->stopped());
}

TEST(ZeroIsNeverCancelled) {
  Cancel(0);
  CHECK(!FindCancelFlag(0)->stopped());
  CHECK(FindCancelFlag(0) == FindCancelFlag(0));
}

TEST(UnknownTokensAreRefusedForWorkOnly) {
  Cancel(123456);
  ReleaseCancelToken(123456);
  CHECK(CodeOf([] { FindCancelFlag(123456); }) == ErrorCode::kInvalidArgument);
}

TEST(DeadlinePassesByItselfAndStaysTheReason) {
  const CancelToken token = CreateCancelToken(1);
  const CancelFlagRef flag = FindCancelFlag(token);
  while (!flag->stopped()) std::this_thread::yield();
  Cancel(token);
  CHECK(flag->state() == CancelFlag::State::kDeadlineExceeded);
  CHECK(CodeOf([&] { flag->ThrowIfStopped(); }) == ErrorCode::kDeadlineExceeded);
  ReleaseCancelToken(token);
}

TEST(HugeDeadlinesDoNotOverflow) {
  for (const double deadline : {1e15, 1e300}) {
    const CancelToken token = CreateCancelToken(deadline);
    CHECK(!FindCancelFlag(token)->stopped());
    ReleaseCancelToken(token);
  }
}

TEST(ManyThreadsShareTheTable) {
  const size_t before = CancelTokenCount();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([] {
      for (int j = 0; j < 500; ++j) {
        const CancelToken token = CreateCancelToken(0);
        const CancelFlagRef flag = FindCancelFlag(token);
        Cancel(token);
        CHECK(flag->stopped());
        ReleaseCancelToken(token);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(CancelTokenCount() == before);
}

}  // namespace voicelingua::test
