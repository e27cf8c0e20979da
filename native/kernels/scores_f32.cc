#include "kernels/scores_f32.h"

#include <algorithm>

#include "kernels/scratch.h"
#include "kernels/x86.h"

#if defined(VOICELINGUA_X86_KERNELS)

namespace voicelingua::kernels {
namespace {

constexpr ptrdiff_t kLanes = 16;
constexpr ptrdiff_t kColumns = 2 * kLanes;
// A head's length. With the longest the packed right matrix of 30 s fits into the second cache.
constexpr ptrdiff_t kLeastDepth = 32;
constexpr ptrdiff_t kMostDepth = 128;

template <ptrdiff_t kCount>
VOICELINGUA_AVX512 inline void Tile(const SgemmCall& call, const float* packed, ptrdiff_t i, ptrdiff_t j) {
  __m512 sums[kCount][2];
  for (auto& row : sums) row[0] = row[1] = _mm512_setzero_ps();
  const float* a = call.a + i * call.lda;
  for (ptrdiff_t k = 0; k < call.k; ++k) {
    const __m512 b0 = _mm512_load_ps(packed + k * kColumns);
    const __m512 b1 = _mm512_load_ps(packed + k * kColumns + kLanes);
    for (ptrdiff_t r = 0; r < kCount; ++r) {
      const __m512 factor = _mm512_set1_ps(a[r * call.lda + k]);
      sums[r][0] = _mm512_fmadd_ps(factor, b0, sums[r][0]);
      sums[r][1] = _mm512_fmadd_ps(factor, b1, sums[r][1]);
    }
  }
  const ptrdiff_t columns = std::min(kColumns, call.n - j);
  const auto all = static_cast<uint32_t>((uint64_t{1} << columns) - 1);
  const __m512 alpha = _mm512_set1_ps(call.alpha);
  for (ptrdiff_t r = 0; r < kCount; ++r) {
    float* c = call.c + (i + r) * call.ldc + j;
    _mm512_mask_storeu_ps(c, static_cast<__mmask16>(all & 0xffff), _mm512_mul_ps(sums[r][0], alpha));
    _mm512_mask_storeu_ps(c + kLanes, static_cast<__mmask16>(all >> 16), _mm512_mul_ps(sums[r][1], alpha));
  }
}

}  // namespace

size_t PackedScoresSize(ptrdiff_t n, ptrdiff_t k) {
  return static_cast<size_t>((n + kColumns - 1) / kColumns * kColumns * k);
}

// Panels of 32 rows of b, each turned so that its rows lie along the vectors; missing rows are zeros.
void PackScores(const SgemmCall& call, float* packed) {
  for (ptrdiff_t j = 0; j < call.n; j += kColumns, packed += call.k * kColumns) {
    const ptrdiff_t columns = std::min(kColumns, call.n - j);
    for (ptrdiff_t l = 0; l < kColumns; ++l) {
      const float* b = call.b + (j + l) * call.ldb;
      for (ptrdiff_t k = 0; k < call.k; ++k) packed[k * kColumns + l] = l < columns ? b[k] : 0.0f;
    }
  }
}

void ScoreRows(const SgemmCall& call, const float* packed, ptrdiff_t i, ptrdiff_t rows) {
  for (ptrdiff_t j = 0; j < call.n; j += kColumns, packed += call.k * kColumns) {
    if (rows == kScoreRows) {
      Tile<kScoreRows>(call, packed, i, j);
    } else {
      for (ptrdiff_t r = 0; r < rows; ++r) Tile<1>(call, packed, i + r, j);
    }
  }
}

bool ScoresSgemm(const SgemmCall& call) {
  if (!Available() || call.transpose_a || !call.transpose_b || call.beta != 0 || call.k < kLeastDepth ||
      call.k > kMostDepth || call.m < kScoreRows || call.n < kColumns) {
    return false;
  }
  auto* const packed = static_cast<float*>(Scratch(PackedScoresSize(call.n, call.k) * sizeof(float)));
  if (packed == nullptr) return false;
  PackScores(call, packed);
  for (ptrdiff_t i = 0; i < call.m; i += kScoreRows) ScoreRows(call, packed, i, std::min(kScoreRows, call.m - i));
  return true;
}

}  // namespace voicelingua::kernels

#endif
