#include "core/audio_reader.h"

#include <voicelingua_rust.h>

#include "core/rust_calls.h"

namespace voicelingua {

AudioReader::AudioReader(vlr_audio* audio) : audio_(audio, vlr_audio_close) {}

AudioReader AudioReader::FromFile(const std::string& path, int channel) {
  const vlr_audio_options options{channel};
  vlr_error error{};
  vlr_audio* audio = nullptr;
  CheckRust(vlr_audio_open_file(path.data(), path.size(), &options, nullptr, &audio, &error), error);
  return AudioReader(audio);
}

AudioReader AudioReader::FromMemory(const uint8_t* bytes, size_t size, int channel) {
  const vlr_audio_options options{channel};
  vlr_error error{};
  vlr_audio* audio = nullptr;
  static constexpr uint8_t kNothing = 0;
  CheckRust(vlr_audio_open_memory(size == 0 ? &kNothing : bytes, size, &options, nullptr, &audio, &error), error);
  return AudioReader(audio);
}

AudioInfo AudioReader::Info() const {
  vlr_audio_info info{};
  vlr_error error{};
  CheckRust(vlr_audio_get_info(audio_.get(), &info, &error), error);
  return {info.container, info.codec, info.sample_rate, info.channels, info.duration};
}

size_t AudioReader::Read(float* buffer, size_t capacity, const CancelFlag& cancel) {
  cancel.ThrowIfStopped();
  const vlr_cancel poll = RustCancel(cancel);
  size_t count = 0;
  vlr_error error{};
  CheckRust(vlr_audio_read(audio_.get(), buffer, capacity, &poll, &count, &error), error);
  return count;
}

std::vector<std::string> AudioReader::Warnings() const {
  std::vector<std::string> warnings;
  const size_t count = vlr_audio_warning_count(audio_.get());
  warnings.reserve(count);
  for (size_t i = 0; i < count; ++i) warnings.push_back(RustText(vlr_audio_warning(audio_.get(), i)));
  return warnings;
}

}  // namespace voicelingua
