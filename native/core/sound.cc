#include "core/sound.h"

#include <algorithm>
#include <limits>

namespace voicelingua {
namespace {

// Full scale of 16-bit sound.
constexpr float kScale = 32768.0f;

// Whether `number` is the sample.
bool Narrow(float sample, int16_t* number) {
  using Limits = std::numeric_limits<int16_t>;
  const float scaled = sample * kScale;
  // Also false for what is no number.
  if (!(scaled >= Limits::min() && scaled <= Limits::max())) return false;
  *number = static_cast<int16_t>(scaled);
  return static_cast<float>(*number) == scaled;
}

}  // namespace

Sound::Sound(const float* samples, size_t count) {
  narrow_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    if (Narrow(samples[i], &narrow_[i])) continue;
    narrow_ = std::vector<int16_t>();
    wide_.assign(samples, samples + count);
    return;
  }
}

Samples Sound::First(size_t count) const {
  count = std::min(count, size());
  if (narrow_.empty()) return {wide_.begin(), wide_.begin() + static_cast<std::ptrdiff_t>(count)};
  Samples samples(count);
  std::transform(narrow_.begin(), narrow_.begin() + static_cast<std::ptrdiff_t>(count), samples.begin(),
                 [](int16_t number) { return static_cast<float>(number) / kScale; });
  return samples;
}

}  // namespace voicelingua
