#include "core/sample_store.h"

#include <mutex>
#include <string>
#include <unordered_map>

#include "core/errors.h"

namespace voicelingua {
namespace {

struct Store {
  std::mutex mutex;
  std::unordered_map<uint64_t, SharedSound> samples;
  uint64_t last = 0;
};

// Never destroyed: threads may outlive the end of main.
Store& TheStore() {
  static auto* const store = new Store();
  return *store;
}

}  // namespace

uint64_t KeepSamples(SharedSound samples) {
  Store& store = TheStore();
  const std::lock_guard lock(store.mutex);
  store.samples.emplace(++store.last, std::move(samples));
  return store.last;
}

SharedSound FindSamples(uint64_t number) {
  Store& store = TheStore();
  const std::lock_guard lock(store.mutex);
  const auto found = store.samples.find(number);
  if (found == store.samples.end()) {
    throw Error(ErrorCode::kClosed, "Samples " + std::to_string(number) + " were dropped.");
  }
  return found->second;
}

void DropSamples(uint64_t number) {
  Store& store = TheStore();
  SharedSound dropped;
  const std::lock_guard lock(store.mutex);
  const auto found = store.samples.find(number);
  if (found == store.samples.end()) return;
  dropped = std::move(found->second);
  store.samples.erase(found);
}

size_t KeptSamples() {
  Store& store = TheStore();
  const std::lock_guard lock(store.mutex);
  return store.samples.size();
}

}  // namespace voicelingua
