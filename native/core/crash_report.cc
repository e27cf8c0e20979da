#include "core/crash_report.h"

#include <atomic>

#ifndef _WIN32
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <memory>
#endif

namespace voicelingua {

#ifdef _WIN32

void MarkCall(uint64_t) {}
void ReportCrashes(int) {}
bool CrashesAreReported() { return false; }

#else

namespace {

// More lanes than a machine has cores; threads beyond it have no mark.
constexpr size_t kMaxThreads = 1024;
constexpr size_t kSignalStackBytes = 64 * 1024;
constexpr std::array<int, 5> kSignals = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};

// A table instead of a thread-local: a signal handler must not touch storage that a thread may not have yet.
struct Mark {
  std::atomic<bool> taken;
  std::atomic<pthread_t> thread;
  std::atomic<uint64_t> call;
};

std::array<Mark, kMaxThreads> g_marks;
std::atomic<size_t> g_marks_used{0};
std::atomic<int> g_fd{-1};
std::atomic<bool> g_reported{false};
std::array<struct sigaction, kSignals.size()> g_previous;

// A thread's place in the table, and a stack for its handler: a stack overflow leaves none to run on.
class ThreadMark {
 public:
  ThreadMark() {
    for (size_t i = 0; i < kMaxThreads && mark_ == nullptr; ++i) {
      bool free = false;
      if (g_marks[i].taken.compare_exchange_strong(free, true)) mark_ = &g_marks[i];
      size_t used = g_marks_used.load();
      while (used < i + 1 && !g_marks_used.compare_exchange_weak(used, i + 1)) {
      }
    }
    if (mark_ != nullptr) mark_->thread.store(pthread_self());
    if (g_fd.load() >= 0) UseSignalStack();
  }

  ~ThreadMark() {
    if (stack_) {
      stack_t off{};
      off.ss_flags = SS_DISABLE;
      sigaltstack(&off, nullptr);
    }
    if (mark_ == nullptr) return;
    mark_->call.store(0);
    mark_->taken.store(false);
  }

  ThreadMark(const ThreadMark&) = delete;
  ThreadMark& operator=(const ThreadMark&) = delete;

  void Set(uint64_t call) {
    if (mark_ != nullptr) mark_->call.store(call);
  }

 private:
  void UseSignalStack() {
    stack_t current{};
    if (sigaltstack(nullptr, &current) != 0 || (current.ss_flags & SS_DISABLE) == 0) return;
    stack_ = std::make_unique<char[]>(kSignalStackBytes);
    stack_t own{};
    own.ss_sp = stack_.get();
    own.ss_size = kSignalStackBytes;
    sigaltstack(&own, nullptr);
  }

  Mark* mark_ = nullptr;
  std::unique_ptr<char[]> stack_;
};

// Text of a fixed size, built without any call that a signal handler may not make.
class Line {
 public:
  void Add(const char* text) {
    for (; *text != '\0' && length_ < sizeof text_; ++text) text_[length_++] = *text;
  }

  void Add(uint64_t number) {
    char digits[20];
    size_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number > 0);
    while (count > 0 && length_ < sizeof text_) text_[length_++] = digits[--count];
  }

  void Write(int fd) const {
    size_t done = 0;
    while (done < length_) {
      const ssize_t count = write(fd, text_ + done, length_ - done);
      if (count <= 0) return;
      done += static_cast<size_t>(count);
    }
  }

 private:
  char text_[2048];
  size_t length_ = 0;
};

void Report(int signal) {
  if (g_reported.exchange(true)) {
    // Another thread crashed too, and is about to end the process with its line written.
    const timespec moment{0, 100'000'000};
    nanosleep(&moment, nullptr);
    return;
  }
  const pthread_t self = pthread_self();
  uint64_t own = 0;
  const size_t used = g_marks_used.load();
  for (size_t i = 0; i < used; ++i) {
    if (g_marks[i].taken.load() && pthread_equal(g_marks[i].thread.load(), self)) own = g_marks[i].call.load();
  }
  Line line;
  line.Add("{\"signal\":");
  line.Add(static_cast<uint64_t>(signal));
  line.Add(",\"call\":");
  line.Add(own);
  line.Add(",\"active\":[");
  const char* separator = "";
  // Enough to tell who was at work, and short enough for the line.
  for (size_t i = 0, listed = 0; i < used && listed < 64; ++i) {
    const uint64_t call = g_marks[i].call.load();
    if (call == 0) continue;
    line.Add(separator);
    line.Add(call);
    separator = ",";
    ++listed;
  }
  line.Add("]}\n");
  line.Write(g_fd.load());
}

bool IsFunction(const struct sigaction& action) {
  if ((action.sa_flags & SA_SIGINFO) != 0) return action.sa_sigaction != nullptr;
  return action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
}

// Node has a handler of SIGSEGV for WebAssembly's bounds checks: what it knows how to go on from is no crash, and for
// all else it puts back the default action.
bool HandledBefore(const struct sigaction& previous, int signal, siginfo_t* info, void* context) {
  if (!IsFunction(previous)) return false;
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(signal, info, context);
  } else {
    previous.sa_handler(signal);
  }
  struct sigaction now {};
  if (sigaction(signal, nullptr, &now) != 0) return false;
  return IsFunction(now);
}

void OnFatalSignal(int signal, siginfo_t* info, void* context) {
  for (size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] == signal && HandledBefore(g_previous[i], signal, info, context)) return;
  }
  Report(signal);
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  sigaction(signal, &usual, nullptr);
  // Blocked while this handler runs: it ends the process right after.
  raise(signal);
}

ThreadMark& OwnMark() {
  static thread_local ThreadMark mark;
  return mark;
}

}  // namespace

void MarkCall(uint64_t call) { OwnMark().Set(call); }

void ReportCrashes(int fd) {
  if (g_fd.exchange(fd) >= 0) return;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  for (size_t i = 0; i < kSignals.size(); ++i) {
    struct sigaction action {};
    action.sa_sigaction = OnFatalSignal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(kSignals[i], &action, &g_previous[i]);
  }
}

bool CrashesAreReported() { return g_fd.load() >= 0; }

#endif

}  // namespace voicelingua
