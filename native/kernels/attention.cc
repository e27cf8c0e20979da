#include "kernels/attention.h"

#include <algorithm>
#include <optional>

#include "kernels/amx.h"
#include "kernels/attention_heads.h"
#include "kernels/scratch.h"
#include "kernels/skinny_gemm.h"
#include "kernels/x86.h"

#if defined(VOICELINGUA_X86_KERNELS)
#include <omp.h>

namespace voicelingua::kernels {
namespace {

constexpr ptrdiff_t kVector = 16;
// Heads of less are left to the engine: with 8-bit weights the order of a sum may tip a token there, and what is that
// small is fast anyway.
constexpr ptrdiff_t kLeastDepth = 32;
constexpr ptrdiff_t kMostDepth = 128;
// Below, scores are few, and a head's packing would not pay.
constexpr ptrdiff_t kLeastPositions = 64;
// The scores of the rows that are computed at once stay in the second cache.
constexpr ptrdiff_t kMostKeys = 4096;

bool Compute(const AttentionCall& call, bool tiles) {
  if (!IsAttention(call)) return false;
  const size_t bytes = tiles ? TileHeadBytes(call) : VectorHeadBytes(call);
  const int threads = omp_in_parallel() ? 1 : static_cast<int>(std::min<ptrdiff_t>(omp_get_max_threads(), call.heads));
  bool whole = true;
#pragma omp parallel num_threads(threads) if (threads > 1) reduction(&& : whole)
  {
    void* const memory = Scratch(bytes);
    std::optional<TileSetting> setting;
    if (tiles) setting.emplace();
    whole = memory != nullptr;
#pragma omp for schedule(static)
    for (ptrdiff_t head = 0; head < call.heads; ++head) {
      if (memory == nullptr) continue;
      if (tiles) {
        TileHead(call, head, memory);
      } else {
        VectorHead(call, head, memory);
      }
    }
  }
  return whole;
}

}  // namespace

bool IsAttention(const AttentionCall& call) {
  return Available() && call.heads >= 1 && call.scale > 0 && call.depth >= kLeastDepth && call.depth <= kMostDepth &&
         call.depth % kVector == 0 && call.queries_count >= kLeastPositions && call.keys_count >= kLeastPositions &&
         call.keys_count <= kMostKeys;
}

bool AttentionTakesTiles(const AttentionCall& call) {
  return call.depth % kTileHeadDepth == 0 && FloatTilesAvailable();
}

bool Attention(const AttentionCall& call) { return Compute(call, AttentionTakesTiles(call)); }

bool VectorAttention(const AttentionCall& call) { return Compute(call, /*tiles=*/false); }

}  // namespace voicelingua::kernels

#endif
