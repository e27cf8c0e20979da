#ifndef VOICELINGUA_KERNELS_SCORES_F32_H_
#define VOICELINGUA_KERNELS_SCORES_F32_H_

#include <cstddef>

#include "kernels/skinny_gemm.h"

namespace voicelingua::kernels {

// Rows of the left matrix that are multiplied at once.
inline constexpr ptrdiff_t kScoreRows = 12;

// Floats of a transposed right matrix of n rows of k values, packed for ScoreRows.
size_t PackedScoresSize(ptrdiff_t n, ptrdiff_t k);

// Packs call.b into `packed`, aligned to 64 bytes.
void PackScores(const SgemmCall& call, float* packed);

// Rows i to i + rows, at most kScoreRows, of call.c = alpha * call.a * transposed call.b.
void ScoreRows(const SgemmCall& call, const float* packed, ptrdiff_t i, ptrdiff_t rows);

}  // namespace voicelingua::kernels

#endif  // VOICELINGUA_KERNELS_SCORES_F32_H_
