#include <algorithm>

#include "kernels/attention_heads.h"
#include "kernels/exponential.h"
#include "kernels/scores_f32.h"
#include "kernels/x86.h"

#if defined(VOICELINGUA_X86_KERNELS)

#include <limits>

namespace voicelingua::kernels {
namespace {

constexpr ptrdiff_t kLanes = 16;
// So many rows of sums of four vectors stay in registers beside the factors.
constexpr ptrdiff_t kRows = 6;
constexpr ptrdiff_t kVectors = 4;

static_assert(kScoreRows % kRows == 0);

constexpr ptrdiff_t Rounded(ptrdiff_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

// Powers of a row's scores in their place; gives one by their sum.
VOICELINGUA_AVX512 float Powers(float* row, ptrdiff_t count) {
  const auto rest = static_cast<__mmask16>((1u << (count % kLanes)) - 1u);
  const ptrdiff_t full = count / kLanes * kLanes;
  const __m512 least = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
  __m512 most = _mm512_mask_loadu_ps(least, rest, row + full);
  for (ptrdiff_t k = 0; k < full; k += kLanes) most = _mm512_max_ps(most, _mm512_loadu_ps(row + k));
  const __m512 top = _mm512_set1_ps(_mm512_reduce_max_ps(most));
  __m512 sum = _mm512_setzero_ps();
  for (ptrdiff_t k = 0; k < full; k += kLanes) {
    const __m512 power = PowerOfTwo(_mm512_sub_ps(_mm512_loadu_ps(row + k), top));
    _mm512_storeu_ps(row + k, power);
    sum = _mm512_add_ps(sum, power);
  }
  if (rest != 0) {
    const __m512 power = PowerOfTwo(_mm512_sub_ps(_mm512_maskz_loadu_ps(rest, row + full), top));
    _mm512_mask_storeu_ps(row + full, rest, power);
    sum = _mm512_mask_add_ps(sum, rest, sum, power);
  }
  return 1.0f / _mm512_reduce_add_ps(sum);
}

// Rows of values are added up, each with its factor.
template <ptrdiff_t kCount, ptrdiff_t kWidth>
VOICELINGUA_AVX512 void Mix(const float* factors, ptrdiff_t stride, const float* inverse, const float* values,
                            ptrdiff_t keys, ptrdiff_t depth, float* output) {
  __m512 sums[kCount][kWidth];
  for (auto& row : sums) {
    for (__m512& sum : row) sum = _mm512_setzero_ps();
  }
  for (ptrdiff_t k = 0; k < keys; ++k) {
    __m512 value[kWidth];
    for (ptrdiff_t v = 0; v < kWidth; ++v) value[v] = _mm512_loadu_ps(values + k * depth + v * kLanes);
    for (ptrdiff_t r = 0; r < kCount; ++r) {
      const __m512 factor = _mm512_set1_ps(factors[r * stride + k]);
      for (ptrdiff_t v = 0; v < kWidth; ++v) sums[r][v] = _mm512_fmadd_ps(factor, value[v], sums[r][v]);
    }
  }
  for (ptrdiff_t r = 0; r < kCount; ++r) {
    const __m512 by = _mm512_set1_ps(inverse[r]);
    for (ptrdiff_t v = 0; v < kWidth; ++v) {
      _mm512_storeu_ps(output + r * depth + v * kLanes, _mm512_mul_ps(sums[r][v], by));
    }
  }
}

template <ptrdiff_t kCount>
void Mix(const float* factors, ptrdiff_t stride, const float* inverse, const float* values, ptrdiff_t keys,
         ptrdiff_t depth, float* output) {
  for (ptrdiff_t column = 0; column < depth; column += kVectors * kLanes) {
    const float* from = values + column;
    float* to = output + column;
    switch (std::min(kVectors, (depth - column) / kLanes)) {
      case 1:
        Mix<kCount, 1>(factors, stride, inverse, from, keys, depth, to);
        break;
      case 2:
        Mix<kCount, 2>(factors, stride, inverse, from, keys, depth, to);
        break;
      case 3:
        Mix<kCount, 3>(factors, stride, inverse, from, keys, depth, to);
        break;
      default:
        Mix<kCount, kVectors>(factors, stride, inverse, from, keys, depth, to);
    }
  }
}

}  // namespace

size_t VectorHeadBytes(const AttentionCall& call) {
  return (PackedScoresSize(call.keys_count, call.depth) + static_cast<size_t>(kScoreRows * Rounded(call.keys_count))) *
         sizeof(float);
}

void VectorHead(const AttentionCall& call, ptrdiff_t head, void* memory) {
  const ptrdiff_t keys = call.keys_count;
  const ptrdiff_t depth = call.depth;
  const ptrdiff_t stride = Rounded(keys);
  const float* const values = call.values + head * keys * depth;
  float* const output = call.output + head * call.queries_count * depth;
  auto* const packed = static_cast<float*>(memory);
  float* const block = packed + PackedScoresSize(keys, depth);
  SgemmCall scores{};
  scores.transpose_b = true;
  scores.n = keys;
  scores.k = depth;
  // Powers of two instead of e.
  scores.alpha = call.scale * kLog2E;
  scores.lda = scores.ldb = depth;
  scores.ldc = stride;
  scores.a = call.queries + head * call.queries_count * depth;
  scores.b = call.keys + head * keys * depth;
  scores.c = block;
  PackScores(scores, packed);
  for (ptrdiff_t i = 0; i < call.queries_count; i += kScoreRows) {
    const ptrdiff_t rows = std::min(kScoreRows, call.queries_count - i);
    ScoreRows(scores, packed, 0, rows);
    scores.a += kScoreRows * depth;
    float inverse[kScoreRows];
    for (ptrdiff_t r = 0; r < rows; ++r) inverse[r] = Powers(block + r * stride, keys);
    for (ptrdiff_t r = 0; r < rows;) {
      const float* const factors = block + r * stride;
      float* const to = output + (i + r) * depth;
      if (rows - r >= kRows) {
        Mix<kRows>(factors, stride, inverse + r, values, keys, depth, to);
        r += kRows;
      } else {
        Mix<1>(factors, stride, inverse + r, values, keys, depth, to);
        ++r;
      }
    }
  }
}

}  // namespace voicelingua::kernels

#endif
