#include "core/rust_calls.h"

#include <memory>

#include "core/errors.h"

namespace voicelingua {

void CheckRust(vlr_code code, const vlr_error& error) {
  if (code != VLR_OK) throw Error(ErrorCodeFromValue(code), error.message);
}

vlr_cancel RustCancel(const CancelFlag& cancel) {
  vlr_cancel poll;
  poll.context = const_cast<CancelFlag*>(&cancel);
  poll.poll = [](void* context) -> int32_t {
    switch (static_cast<const CancelFlag*>(context)->state()) {
      case CancelFlag::State::kRunning:
        return 0;
      case CancelFlag::State::kDeadlineExceeded:
        return VLR_DEADLINE_EXCEEDED;
      default:
        return VLR_CANCELLED;
    }
  };
  return poll;
}

std::string RustText(vlr_text text) { return text.size == 0 ? std::string() : std::string(text.data, text.size); }

float CompressionRatio(const std::string& text) {
  const size_t compressed = vlr_zlib_size(text.data(), text.size());
  return text.empty() || compressed == 0 ? 0.0f : static_cast<float>(text.size()) / static_cast<float>(compressed);
}

std::vector<std::string> TakeRustStrings(vlr_strings* strings) {
  const std::unique_ptr<vlr_strings, decltype(&vlr_strings_free)> owner(strings, vlr_strings_free);
  std::vector<std::string> list;
  const size_t count = vlr_strings_count(strings);
  list.reserve(count);
  for (size_t i = 0; i < count; ++i) list.push_back(RustText(vlr_strings_get(strings, i)));
  return list;
}

}  // namespace voicelingua
