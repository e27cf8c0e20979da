#include "core/sound.h"

#include <cmath>
#include <limits>
#include <random>

#include "test/check.h"

namespace voicelingua::test {
namespace {

Samples Given(const Samples& samples) { return Sound(samples.data(), samples.size()).All(); }

}  // namespace

TEST(SoundIsWhatItWasMadeOf) {
  CHECK(Sound().empty());
  CHECK(Given({}).empty());
  Samples sixteen;
  for (int number = -32768; number < 32768; ++number) sixteen.push_back(static_cast<float>(number) / 32768.0f);
  CHECK(Given(sixteen) == sixteen);

  const unsigned seed = 20261201;
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  for (const float other : {1.0f, -1.0001f, 0.5f / 32768.0f, 1e-30f, 3e38f}) {
    for (const size_t at : {size_t{0}, size_t{999}, size_t{random() % 1000}}) {
      Samples samples(sixteen.begin() + 100, sixteen.begin() + 1100);
      samples[at] = other;
      CHECK(Given(samples) == samples);
    }
  }
}

TEST(WhatIsNoNumberStaysNone) {
  using Limits = std::numeric_limits<float>;
  const Samples samples = Given({0.25f, Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()});
  CHECK(samples.size() == 4 && samples[0] == 0.25f && std::isnan(samples[1]));
  CHECK(samples[2] == Limits::infinity() && samples[3] == -Limits::infinity());
}

TEST(TheFirstSamplesOfASound) {
  for (const float scale : {1.0f, 0.3f}) {
    const Samples samples = {0.5f * scale, 0.25f * scale, 0.0f, -0.5f * scale};
    const Sound sound(samples.data(), samples.size());
    CHECK(sound.size() == 4 && !sound.empty());
    CHECK(sound.First(0).empty());
    CHECK(sound.First(2) == Samples({0.5f * scale, 0.25f * scale}));
    CHECK(sound.First(4) == samples);
    CHECK(sound.First(5) == samples);
  }
}

}  // namespace voicelingua::test
