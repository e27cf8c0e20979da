#include <algorithm>

#include "kernels/scratch.h"
#include "kernels/skinny_gemm.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define VOICELINGUA_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))

namespace voicelingua::kernels {
namespace {

constexpr ptrdiff_t kLanes = 16;
constexpr ptrdiff_t kColumns = 2 * kLanes;
constexpr ptrdiff_t kRows = 12;
// A head's length. With the longest the packed right matrix of 30 s fits into the second cache.
constexpr ptrdiff_t kLeastDepth = 32;
constexpr ptrdiff_t kMostDepth = 128;

// Panels of 32 rows of b, each turned so that its rows lie along the vectors; missing rows are zeros.
VOICELINGUA_AVX512 void Pack(const SgemmCall& call, float* packed) {
  for (ptrdiff_t j = 0; j < call.n; j += kColumns, packed += call.k * kColumns) {
    const ptrdiff_t columns = std::min(kColumns, call.n - j);
    for (ptrdiff_t l = 0; l < kColumns; ++l) {
      const float* b = call.b + (j + l) * call.ldb;
      for (ptrdiff_t k = 0; k < call.k; ++k) packed[k * kColumns + l] = l < columns ? b[k] : 0.0f;
    }
  }
}

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

void Rows(const SgemmCall& call, const float* packed, ptrdiff_t i, ptrdiff_t rows) {
  for (ptrdiff_t j = 0; j < call.n; j += kColumns, packed += call.k * kColumns) {
    if (rows == kRows) {
      Tile<kRows>(call, packed, i, j);
    } else {
      for (ptrdiff_t r = 0; r < rows; ++r) Tile<1>(call, packed, i + r, j);
    }
  }
}

}  // namespace

bool ScoresSgemm(const SgemmCall& call) {
  if (!Available() || call.transpose_a || !call.transpose_b || call.beta != 0 || call.k < kLeastDepth ||
      call.k > kMostDepth || call.m < kRows || call.n < kColumns) {
    return false;
  }
  const ptrdiff_t panels = (call.n + kColumns - 1) / kColumns;
  auto* const packed = static_cast<float*>(Scratch(static_cast<size_t>(panels * kColumns * call.k) * sizeof(float)));
  if (packed == nullptr) return false;
  Pack(call, packed);
  for (ptrdiff_t i = 0; i < call.m; i += kRows) Rows(call, packed, i, std::min(kRows, call.m - i));
  return true;
}

}  // namespace voicelingua::kernels

#else

namespace voicelingua::kernels {
bool ScoresSgemm(const SgemmCall&) { return false; }
}  // namespace voicelingua::kernels

#endif
