#ifndef VOICELINGUA_KERNELS_SCRATCH_H_
#define VOICELINGUA_KERNELS_SCRATCH_H_

#include <cstddef>

namespace voicelingua::kernels {

// Memory of the calling thread, aligned to 64 bytes; it is kept, since a step of a decoder asks a hundred times. The
// next call takes it over. Null when there is none.
void* Scratch(size_t bytes);

}  // namespace voicelingua::kernels

#endif  // VOICELINGUA_KERNELS_SCRATCH_H_
