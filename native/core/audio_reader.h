#ifndef VOICELINGUA_CORE_AUDIO_READER_H_
#define VOICELINGUA_CORE_AUDIO_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/cancel_tokens.h"

struct vlr_audio;

namespace voicelingua {

struct AudioInfo {
  std::string container;
  std::string codec;
  uint32_t sample_rate;
  uint32_t channels;
  // Seconds, NaN when unknown.
  double duration;
};

// Streams an encoded file as 16 kHz mono. `channel` of -1 mixes all channels.
class AudioReader {
 public:
  static AudioReader FromFile(const std::string& path, int channel);
  // Copies the bytes.
  static AudioReader FromMemory(const uint8_t* bytes, size_t size, int channel);

  AudioInfo Info() const;

  // Fills `buffer`; fewer than `capacity` only at the end, 0 after it. After a cancel a later call goes on.
  size_t Read(float* buffer, size_t capacity, const CancelFlag& cancel);

  std::vector<std::string> Warnings() const;

 private:
  explicit AudioReader(vlr_audio* audio);

  std::unique_ptr<vlr_audio, void (*)(vlr_audio*)> audio_;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_AUDIO_READER_H_
