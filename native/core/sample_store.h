#ifndef VOICELINGUA_CORE_SAMPLE_STORE_H_
#define VOICELINGUA_CORE_SAMPLE_STORE_H_

#include <cstdint>

#include "core/sound.h"

namespace voicelingua {

// Samples that threads of this process share by number, so that a window waits and is recognized, more than once if it
// must be, without a copy of it. All are usable from any thread.

// Keeps samples and gives their number, above 0, which none other ever has.
uint64_t KeepSamples(SharedSound samples);

// Throws kClosed when they were dropped.
SharedSound FindSamples(uint64_t number);

// Who holds them by FindSamples keeps them. Nothing happens the second time.
void DropSamples(uint64_t number);

// How many are kept.
size_t KeptSamples();

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_SAMPLE_STORE_H_
