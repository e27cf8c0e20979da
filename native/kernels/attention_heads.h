#ifndef VOICELINGUA_KERNELS_ATTENTION_HEADS_H_
#define VOICELINGUA_KERNELS_ATTENTION_HEADS_H_

#include <cstddef>

#include "kernels/attention.h"

namespace voicelingua::kernels {

// One head of Attention, in memory of the caller's that is aligned to 64 bytes, with 512-bit vectors of single
// precision.
size_t VectorHeadBytes(const AttentionCall& call);
void VectorHead(const AttentionCall& call, ptrdiff_t head, void* memory);

// The same with tiles (FloatTilesAvailable), for a depth that is a multiple of kTileHeadDepth. The calling thread has a
// TileSetting.
inline constexpr ptrdiff_t kTileHeadDepth = 32;
size_t TileHeadBytes(const AttentionCall& call);
void TileHead(const AttentionCall& call, ptrdiff_t head, void* memory);

}  // namespace voicelingua::kernels

#endif  // VOICELINGUA_KERNELS_ATTENTION_HEADS_H_
