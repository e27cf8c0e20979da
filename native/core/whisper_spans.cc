#include "core/whisper_spans.h"

#include <cstddef>

namespace voicelingua {
namespace {

constexpr double kSecondsPerTimestamp = 0.02;

}  // namespace

TokenSpans SplitAtTimestamps(const std::vector<int32_t>& tokens, const WhisperVocabulary& vocabulary, double duration) {
  const int32_t begin = vocabulary.timestamp_begin();
  const auto is_time = [&](size_t at) { return tokens[at] >= begin; };
  const auto seconds = [&](int32_t token) { return (token - begin) * kSecondsPerTimestamp; };
  const size_t size = tokens.size();
  std::vector<size_t> cuts;
  for (size_t at = 1; at < size; ++at) {
    if (is_time(at - 1) && is_time(at)) cuts.push_back(at);
  }
  TokenSpans result{{}, duration, size >= 2 && !is_time(size - 2) && is_time(size - 1)};
  if (cuts.empty()) {
    double end = duration;
    for (size_t at = size; at-- > 0;) {
      if (!is_time(at)) continue;
      if (tokens[at] != begin) end = seconds(tokens[at]);
      break;
    }
    result.spans.push_back({0, end, tokens});
    return result;
  }
  if (result.ended) cuts.push_back(size);
  size_t from = 0;
  for (const size_t to : cuts) {
    // A decoding without the first timestamp begins where the sound does.
    const double start = is_time(from) ? seconds(tokens[from]) : 0;
    result.spans.push_back(
        {start,
         seconds(tokens[to - 1]),
         {tokens.begin() + static_cast<std::ptrdiff_t>(from), tokens.begin() + static_cast<std::ptrdiff_t>(to)}});
    from = to;
  }
  if (!result.ended) result.next = seconds(tokens[from - 1]);
  return result;
}

}  // namespace voicelingua
