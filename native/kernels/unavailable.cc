// What stands for the kernels where they are not compiled.
#include "kernels/x86.h"

#if !defined(VOICELINGUA_X86_KERNELS)

#include "kernels/amx.h"
#include "kernels/attention.h"
#include "kernels/skinny_gemm.h"

namespace voicelingua::kernels {

bool SkinnySgemm(const SgemmCall&) { return false; }
bool ScoresSgemm(const SgemmCall&) { return false; }
bool SkinnyU8S8(const U8S8Call&) { return false; }
bool IsAttention(const AttentionCall&) { return false; }
bool Attention(const AttentionCall&) { return false; }
bool VectorAttention(const AttentionCall&) { return false; }
bool AttentionTakesTiles(const AttentionCall&) { return false; }

bool TilesAvailable() { return false; }
bool FloatTilesAvailable() { return false; }
TileSetting::TileSetting() : before_{} {}
TileSetting::~TileSetting() = default;
void MultiplyTiles(const uint8_t*, const int8_t*, ptrdiff_t, ptrdiff_t, ptrdiff_t, int32_t (*)[16][16]) {}

}  // namespace voicelingua::kernels

#endif
