#include "core/cancel_tokens.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/errors.h"

namespace voicelingua {
namespace {

// Past this a deadline would overflow the clock; about 31 years.
constexpr double kMaxDeadlineMs = 1e12;

struct Table {
  std::mutex mutex;
  std::unordered_map<CancelToken, std::shared_ptr<CancelFlag>> flags;
  CancelToken last = 0;
};

// Never destroyed: worker threads may still cancel while the process runs its exit handlers.
Table& GlobalTable() {
  static Table* const table = new Table;
  return *table;
}

}  // namespace

CancelFlag::CancelFlag(double deadline_ms) : has_deadline_(deadline_ms > 0) {
  const auto duration = std::chrono::duration<double, std::milli>(std::min(std::max(deadline_ms, 0.0), kMaxDeadlineMs));
  deadline_ =
      std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(duration);
}

CancelFlag::State CancelFlag::state() const {
  if (expired_.load(std::memory_order_relaxed)) return State::kDeadlineExceeded;
  if (cancelled_.load(std::memory_order_relaxed)) return State::kCancelled;
  if (has_deadline_ && std::chrono::steady_clock::now() >= deadline_) {
    expired_.store(true, std::memory_order_relaxed);
    return State::kDeadlineExceeded;
  }
  return State::kRunning;
}

void CancelFlag::ThrowIfStopped() const {
  switch (state()) {
    case State::kRunning:
      return;
    case State::kCancelled:
      throw Error(ErrorCode::kCancelled, "The work was cancelled.");
    case State::kDeadlineExceeded:
      throw Error(ErrorCode::kDeadlineExceeded, "The work took longer than its deadline allows.");
  }
}

CancelToken CreateCancelToken(double deadline_ms) {
  auto flag = std::make_shared<CancelFlag>(deadline_ms);
  Table& table = GlobalTable();
  const std::lock_guard<std::mutex> lock(table.mutex);
  table.flags.emplace(++table.last, std::move(flag));
  return table.last;
}

void Cancel(CancelToken token) {
  Table& table = GlobalTable();
  const std::lock_guard<std::mutex> lock(table.mutex);
  const auto found = table.flags.find(token);
  if (found != table.flags.end()) found->second->Cancel();
}

void ReleaseCancelToken(CancelToken token) {
  Table& table = GlobalTable();
  const std::lock_guard<std::mutex> lock(table.mutex);
  table.flags.erase(token);
}

CancelFlagRef FindCancelFlag(CancelToken token) {
  if (token == 0) {
    static const CancelFlagRef* const never = new CancelFlagRef(std::make_shared<CancelFlag>(0));
    return *never;
  }
  Table& table = GlobalTable();
  const std::lock_guard<std::mutex> lock(table.mutex);
  const auto found = table.flags.find(token);
  if (found == table.flags.end()) {
    throw Error(ErrorCode::kInvalidArgument,
                "Cancel token " + std::to_string(token) + " is unknown or was released; make one with createToken.");
  }
  return found->second;
}

size_t CancelTokenCount() {
  Table& table = GlobalTable();
  const std::lock_guard<std::mutex> lock(table.mutex);
  return table.flags.size();
}

}  // namespace voicelingua
