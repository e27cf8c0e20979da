#include "core/fault.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <thread>
#include <vector>

#include "core/errors.h"

namespace voicelingua {
namespace {

void WriteToNowhere() {
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
}

int Overflow(int depth) {
  volatile char frame[4096];
  frame[0] = static_cast<char>(depth);
  return depth < 0 ? 0 : Overflow(depth + 1) + frame[0];
}

void Leak(size_t bytes) {
  static auto* const kept = new std::vector<char*>;
  auto* block = new char[bytes];
  std::memset(block, 1, bytes);
  kept->push_back(block);
}

}  // namespace

void CauseFault(const std::string& kind, double amount) {
  if (kind == "abort") std::abort();
  if (kind == "terminate") std::terminate();
  if (kind == "segv") WriteToNowhere();
  if (kind == "overflow" && Overflow(0) == 0) return;
#ifndef _WIN32
  if (kind == "bus") std::raise(SIGBUS);
#endif
  if (kind == "fpe") std::raise(SIGFPE);
  if (kind == "ill") std::raise(SIGILL);
  if (kind == "exit") std::_Exit(static_cast<int>(amount));
  if (kind == "hang") return std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(amount));
  if (kind == "leak") return Leak(static_cast<size_t>(amount));
  throw Error(ErrorCode::kInvalidArgument, "There is no fault '" + kind + "'.");
}

}  // namespace voicelingua
