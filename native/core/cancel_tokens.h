#ifndef VOICELINGUA_CORE_CANCEL_TOKENS_H_
#define VOICELINGUA_CORE_CANCEL_TOKENS_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace voicelingua {

// What a running call looks at. Reading takes no lock, so that engines may ask from their inner loops and any thread.
class CancelFlag {
 public:
  enum class State { kRunning, kCancelled, kDeadlineExceeded };

  // `deadline_ms` of 0 never passes.
  explicit CancelFlag(double deadline_ms);

  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }

  // The first reason that was seen stays the reason.
  State state() const;
  bool stopped() const { return state() != State::kRunning; }

  // Throws kCancelled or kDeadlineExceeded when stopped.
  void ThrowIfStopped() const;

 private:
  std::atomic<bool> cancelled_{false};
  mutable std::atomic<bool> expired_{false};
  bool has_deadline_;
  std::chrono::steady_clock::time_point deadline_;
};

// What else may stop a call: asked often and on the calling thread; true stops it. May be empty.
using StopCheck = std::function<bool()>;

using CancelFlagRef = std::shared_ptr<const CancelFlag>;

// The process-wide table: numbers cross between threads, flags do not.
using CancelToken = uint64_t;

CancelToken CreateCancelToken(double deadline_ms);

// No effect on a token that is unknown or released: a cancel may cross with the end of the call.
void Cancel(CancelToken token);
void ReleaseCancelToken(CancelToken token);

// The flag of a token, alive while held even when the token is released. 0 is a flag that is never set.
// Throws kInvalidArgument for an unknown token.
CancelFlagRef FindCancelFlag(CancelToken token);

size_t CancelTokenCount();

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_CANCEL_TOKENS_H_
