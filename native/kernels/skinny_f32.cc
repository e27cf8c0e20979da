#include <algorithm>

#include "kernels/skinny_gemm.h"
#include "kernels/x86.h"

#if defined(VOICELINGUA_X86_KERNELS)

#include "kernels/turn.h"

namespace voicelingua::kernels {
namespace {

// Whisper's and most translators' heads have 64 values: four vectors.
constexpr ptrdiff_t kLanes = 16;
constexpr ptrdiff_t kMostRows = 8;
// So many rows of accumulators of four vectors leave registers for the right matrix and the factors.
constexpr ptrdiff_t kRowsAtOnce = 5;
constexpr ptrdiff_t kColumnsAtOnce = 4 * kLanes;
// Lengths of rows that are heads of attention. Longer ones are weights, which oneDNN multiplies by blocks; with shorter
// ones there is nothing to gain.
constexpr ptrdiff_t kShortestHead = 32;
constexpr ptrdiff_t kLongestHead = 128;
// Bytes that are asked for before they are needed.
constexpr ptrdiff_t kAhead = 4 * 1024;

VOICELINGUA_AVX512 inline __mmask16 Tail(ptrdiff_t count) {
  return count >= kLanes ? static_cast<__mmask16>(0xffff)
                         : static_cast<__mmask16>((1u << std::max<ptrdiff_t>(count, 0)) - 1u);
}

VOICELINGUA_AVX512 inline void Store(float* to, __mmask16 mask, __m512 product, float alpha, float beta) {
  __m512 value = _mm512_mul_ps(product, _mm512_set1_ps(alpha));
  // What is not wanted may not be a number.
  if (beta != 0) value = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, to), _mm512_set1_ps(beta), value);
  _mm512_mask_storeu_ps(to, mask, value);
}

// c[i][j] is the product of row i of a and row j of b. Products are added in their order along the rows, as BLAS
// libraries do: where CTranslate2 rounds to 8 bits next, the last digit may count.
template <ptrdiff_t kRows>
VOICELINGUA_AVX512 void RowsByRows(const SgemmCall& call, ptrdiff_t i) {
  const float* a = call.a + i * call.lda;
  for (ptrdiff_t j = 0; j < call.n; j += kLanes) {
    const ptrdiff_t columns = std::min(kLanes, call.n - j);
    __m512 sums[kRows];
    for (__m512& sum : sums) sum = _mm512_setzero_ps();
    for (ptrdiff_t k = 0; k < call.k; k += kLanes) {
      __m512 turned[kLanes];
      for (ptrdiff_t l = 0; l < kLanes; ++l) {
        // Sums beyond the last column are not stored.
        const float* b = call.b + (j + std::min(l, columns - 1)) * call.ldb + k;
        _mm_prefetch(reinterpret_cast<const char*>(b) + kAhead, _MM_HINT_T0);
        turned[l] = _mm512_loadu_ps(b);
      }
      Turn(turned);
      for (ptrdiff_t l = 0; l < kLanes; ++l) {
        for (ptrdiff_t r = 0; r < kRows; ++r) {
          sums[r] = _mm512_fmadd_ps(_mm512_set1_ps(a[r * call.lda + k + l]), turned[l], sums[r]);
        }
      }
    }
    for (ptrdiff_t r = 0; r < kRows; ++r) {
      Store(call.c + (i + r) * call.ldc + j, Tail(columns), sums[r], call.alpha, call.beta);
    }
  }
}

void RowsByRows(const SgemmCall& call) {
  for (ptrdiff_t i = 0; i < call.m;) {
    const ptrdiff_t rows = std::min(kRowsAtOnce, call.m - i);
    switch (rows) {
      case 1:
        RowsByRows<1>(call, i);
        break;
      case 2:
        RowsByRows<2>(call, i);
        break;
      case 3:
        RowsByRows<3>(call, i);
        break;
      case 4:
        RowsByRows<4>(call, i);
        break;
      default:
        RowsByRows<kRowsAtOnce>(call, i);
    }
    i += rows;
  }
}

// Rows of b are added up, each with its factor from a.
template <ptrdiff_t kRows>
VOICELINGUA_AVX512 void FactorsByRows(const SgemmCall& call, ptrdiff_t i, ptrdiff_t j) {
  const ptrdiff_t columns = std::min(kColumnsAtOnce, call.n - j);
  __mmask16 masks[4];
  for (ptrdiff_t v = 0; v < 4; ++v) masks[v] = Tail(columns - v * kLanes);
  __m512 sums[kRows][4];
  for (auto& row : sums) {
    for (__m512& sum : row) sum = _mm512_setzero_ps();
  }
  const float* a = call.a + i * call.lda;
  const float* b = call.b + j;
  for (ptrdiff_t k = 0; k < call.k; ++k, b += call.ldb) {
    for (ptrdiff_t v = 0; v < 4; ++v) _mm_prefetch(reinterpret_cast<const char*>(b + v * kLanes) + kAhead, _MM_HINT_T0);
    const __m512 b0 = _mm512_maskz_loadu_ps(masks[0], b);
    const __m512 b1 = _mm512_maskz_loadu_ps(masks[1], b + kLanes);
    const __m512 b2 = _mm512_maskz_loadu_ps(masks[2], b + 2 * kLanes);
    const __m512 b3 = _mm512_maskz_loadu_ps(masks[3], b + 3 * kLanes);
    for (ptrdiff_t r = 0; r < kRows; ++r) {
      const __m512 factor = _mm512_set1_ps(a[r * call.lda + k]);
      sums[r][0] = _mm512_fmadd_ps(factor, b0, sums[r][0]);
      sums[r][1] = _mm512_fmadd_ps(factor, b1, sums[r][1]);
      sums[r][2] = _mm512_fmadd_ps(factor, b2, sums[r][2]);
      sums[r][3] = _mm512_fmadd_ps(factor, b3, sums[r][3]);
    }
  }
  for (ptrdiff_t r = 0; r < kRows; ++r) {
    for (ptrdiff_t v = 0; v < 4; ++v) {
      if (masks[v] != 0) {
        Store(call.c + (i + r) * call.ldc + j + v * kLanes, masks[v], sums[r][v], call.alpha, call.beta);
      }
    }
  }
}

void FactorsByRows(const SgemmCall& call) {
  for (ptrdiff_t j = 0; j < call.n; j += kColumnsAtOnce) {
    for (ptrdiff_t i = 0; i < call.m;) {
      const ptrdiff_t rows = std::min(kRowsAtOnce, call.m - i);
      switch (rows) {
        case 1:
          FactorsByRows<1>(call, i, j);
          break;
        case 2:
          FactorsByRows<2>(call, i, j);
          break;
        case 3:
          FactorsByRows<3>(call, i, j);
          break;
        case 4:
          FactorsByRows<4>(call, i, j);
          break;
        default:
          FactorsByRows<kRowsAtOnce>(call, i, j);
      }
      i += rows;
    }
  }
}

}  // namespace

bool SkinnySgemm(const SgemmCall& call) {
  if (!Available() || call.transpose_a || call.m < 1 || call.m > kMostRows || call.n < 1 || call.k < 1) return false;
  if (call.transpose_b) {
    if (call.k < kShortestHead || call.k > kLongestHead || call.k % kLanes != 0) return false;
    RowsByRows(call);
  } else {
    if (call.n > 256) return false;
    FactorsByRows(call);
  }
  return true;
}

}  // namespace voicelingua::kernels

#endif
