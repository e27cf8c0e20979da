#ifndef VOICELINGUA_CORE_SOUND_H_
#define VOICELINGUA_CORE_SOUND_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace voicelingua {

// 16 kHz mono; values that are not finite count as 0.
using Samples = std::vector<float>;

// Samples that do not change. Those that 16-bit numbers hold exactly, as what a recorder wrote does, take half the
// memory.
class Sound {
 public:
  Sound() = default;
  Sound(const float* samples, size_t count);

  size_t size() const { return narrow_.size() + wide_.size(); }
  bool empty() const { return size() == 0; }

  // The first samples, at most `count`.
  Samples First(size_t count) const;
  Samples All() const { return First(size()); }

 private:
  // One of the two is empty.
  std::vector<int16_t> narrow_;
  Samples wide_;
};

using SharedSound = std::shared_ptr<const Sound>;

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_SOUND_H_
