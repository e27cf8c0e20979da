#ifndef VOICELINGUA_CORE_SAMPLE_STORE_H_
#define VOICELINGUA_CORE_SAMPLE_STORE_H_

#include <cstdint>
#include <memory>
#include <vector>

namespace voicelingua {

// 16 kHz mono; values that are not finite count as 0.
using Samples = std::vector<float>;
using SharedSamples = std::shared_ptr<const Samples>;

// Samples that threads of this process share by number, so that a window waits and is recognized, more than once if it
// must be, without a copy of it. All are usable from any thread.

// Keeps samples and gives their number, above 0, which none other ever has.
uint64_t KeepSamples(Samples samples);

// Throws kClosed when they were dropped.
SharedSamples FindSamples(uint64_t number);

// Who holds them by FindSamples keeps them. Nothing happens the second time.
void DropSamples(uint64_t number);

// How many are kept.
size_t KeptSamples();

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_SAMPLE_STORE_H_
