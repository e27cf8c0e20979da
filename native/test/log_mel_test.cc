#include <voicelingua_rust.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <memory>

#include "test/check.h"
#include "test/reference.h"

namespace voicelingua::test {
namespace {

constexpr size_t kColumns = 3000;

std::vector<float> Compute(size_t bands, const std::vector<float>& samples) {
  vlr_mel* mel = nullptr;
  CHECK(vlr_mel_create(bands, &mel, nullptr) == VLR_OK);
  const std::unique_ptr<vlr_mel, void (*)(vlr_mel*)> owner(mel, vlr_mel_free);
  std::vector<float> out(bands * kColumns, -1.0f);
  CHECK(vlr_mel_compute(mel, samples.data(), samples.size(), out.data(), kColumns, nullptr) == VLR_OK);
  return out;
}

// The 16-bit samples behind a canonical WAV header.
std::vector<float> Recording(const std::string& name) {
  const std::string bytes = ReadBytes(g_models.repository + "/tools/demo/recordings/" + name + ".wav");
  const size_t data = bytes.find("data");
  std::vector<float> samples;
  for (size_t at = data + 8; data != std::string::npos && at + 2 <= bytes.size(); at += 2) {
    int16_t sample;
    std::memcpy(&sample, bytes.data() + at, sizeof(sample));
    samples.push_back(static_cast<float>(sample) / 32768.0f);
  }
  return samples;
}

void CheckFeatures(const nlohmann::json& reference, const std::vector<float>& samples) {
  CHECK(reference.size() == 2);
  for (const auto& [bands, expected] : reference.items()) {
    const auto features = Compute(std::stoul(bands), samples);
    const auto frames = expected["frames"].get<size_t>();
    CHECK(frames == samples.size() / 160 && frames > 100);
    float worst = 0;
    for (const auto& [row, values] : expected["rows"].items()) {
      for (size_t i = 0; i < values.size(); ++i) {
        const float value = features[std::stoul(row) * kColumns + 7 * i];
        worst = std::max(worst, std::abs(value - values[i].template get<float>()));
      }
    }
    std::printf("%s bands, %zu frames: differ by at most %g\n", bands.c_str(), frames, static_cast<double>(worst));
    CHECK(worst < 1e-4f);
    double sum = 0;
    for (size_t at = 0; at < features.size(); ++at) {
      if (at % kColumns < frames) {
        sum += features[at];
      } else {
        CHECK(features[at] == 0.0f);
      }
    }
    CHECK(std::abs(sum - expected["sum"].get<double>()) < 1e-5 * static_cast<double>(features.size()));
  }
}

}  // namespace

TEST(FeaturesAreThoseOfFasterWhisper) {
  const auto reference = WhisperReference();
  CheckFeatures(reference["features"], Recording(reference["recordings"][0].get<std::string>()));
}

TEST(FeaturesOfElevenSecondsAreThoseOfFasterWhisper) {
  if (g_models.samples.empty()) return;
  // numpy's format: the header's length stands at byte 8.
  const std::string bytes = ReadBytes(g_models.samples);
  const size_t header = 10 + static_cast<unsigned char>(bytes.at(8)) + 256 * static_cast<unsigned char>(bytes.at(9));
  std::vector<float> samples((bytes.size() - header) / sizeof(float));
  std::memcpy(samples.data(), bytes.data() + header, samples.size() * sizeof(float));
  CHECK(samples.size() == 176000);
  CheckFeatures(WhisperReference()["jfk_features"], samples);
}

TEST(FeaturesOfAnyLength) {
  for (const size_t length : {0, 1, 40, 159, 160, 161, 200, 401, 479999, 480000}) {
    const std::vector<float> samples(length, 0.25f);
    const auto features = Compute(80, samples);
    CHECK(std::all_of(features.begin(), features.end(), [](float value) { return std::isfinite(value); }));
    CHECK((features[length / 160 == 0 ? 0 : length / 160 - 1] != 0.0f) == (length >= 160));
  }
  vlr_mel* mel = nullptr;
  CHECK(vlr_mel_create(0, &mel, nullptr) == VLR_INVALID_ARGUMENT && mel == nullptr);
  CHECK(vlr_mel_create(257, &mel, nullptr) == VLR_INVALID_ARGUMENT);
  float value = 0;
  CHECK(vlr_mel_compute(nullptr, &value, 1, &value, 1, nullptr) == VLR_INVALID_ARGUMENT);
  CHECK(vlr_zlib_size("", 0) == 8);
}

TEST(FeaturesAreFast) {
  std::vector<float> samples(480000);
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = 0.3f * std::sin(static_cast<float>(i * i % 100003));
  double best = 1e9;
  for (int i = 0; i < 5; ++i) {
    const auto start = std::chrono::steady_clock::now();
    Compute(80, samples);
    best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::printf("30 s in %.1f ms\n", best);
  // The goal is 15 ms; more than that may come from a busy machine.
  CHECK(best < 60);
}

}  // namespace voicelingua::test
