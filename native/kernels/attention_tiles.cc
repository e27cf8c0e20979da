#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels/attention_heads.h"
#include "kernels/exponential.h"
#include "kernels/turn.h"
#include "kernels/x86.h"

#if defined(VOICELINGUA_X86_KERNELS)

#define VOICELINGUA_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma")))
#define VOICELINGUA_BF16_TILES __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma,amx-tile,amx-bf16")))

namespace voicelingua::kernels {
namespace {

constexpr ptrdiff_t kLanes = 16;
// Rows of queries, and keys, that are worked on at once: two tiles each way.
constexpr ptrdiff_t kBlock = 32;
constexpr ptrdiff_t kLine = 64;
// 16-bit floats of a tile: sixteen rows of 32 values, or of 16 pairs.
constexpr ptrdiff_t kTile = 512;
// Scores stand in an exponent, so they need all 24 bits: three parts of 8 bits each. What is multiplied with values
// is summed with weights that are at most 1: two parts.
constexpr ptrdiff_t kScoreParts = 3;
constexpr ptrdiff_t kMixParts = 2;

constexpr ptrdiff_t RoundedTo(ptrdiff_t count, ptrdiff_t to) { return (count + to - 1) / to * to; }

// An odd number of cache lines, so that sixteen rows do not fall on the same lines of the cache.
constexpr ptrdiff_t OddLines(ptrdiff_t bytes) { return (RoundedTo(bytes, kLine) / kLine | 1) * kLine; }

VOICELINGUA_BF16 inline __m512 Widened(__m256i parts) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(parts), 16));
}

// The next part of what is left of values, which it is taken from.
VOICELINGUA_BF16 inline __m256i NextPart(__m512* left) {
  const auto part = (__m256i)_mm512_cvtneps_pbh(*left);
  *left = _mm512_sub_ps(*left, Widened(part));
  return part;
}

struct Memory {
  uint16_t* keys;     // [16 keys][part][step] tiles of pairs along the depth
  uint16_t* values;   // [32 keys][part][16 columns] tiles of pairs along the keys
  uint16_t* queries;  // [part][two tiles][step]
  float* scores;      // [32 rows][score_stride]
  uint16_t* weights;  // [part][32 rows][weight_stride]
  float* mixed;       // [32 rows][32 columns]
  ptrdiff_t keys_count;
  ptrdiff_t steps;
  ptrdiff_t columns;
  ptrdiff_t score_stride;   // floats
  ptrdiff_t weight_stride;  // 16-bit floats
  size_t bytes;

  // Without memory only `bytes` counts.
  Memory(const AttentionCall& call, void* memory)
      : keys_count(RoundedTo(call.keys_count, kBlock)),
        steps(call.depth / kTileHeadDepth),
        columns(call.depth / kLanes),
        score_stride(OddLines(keys_count * 4) / 4),
        weight_stride(OddLines(keys_count * 2) / 2) {
    auto* const start = static_cast<char*>(memory);
    ptrdiff_t taken = 0;
    const auto take = [&](ptrdiff_t size) {
      char* const from = start == nullptr ? nullptr : start + taken;
      taken += RoundedTo(size, kLine);
      return from;
    };
    keys = reinterpret_cast<uint16_t*>(take(keys_count / kLanes * kScoreParts * steps * kTile * 2));
    values = reinterpret_cast<uint16_t*>(take(keys_count / kBlock * kMixParts * columns * kTile * 2));
    queries = reinterpret_cast<uint16_t*>(take(kScoreParts * 2 * steps * kTile * 2));
    scores = reinterpret_cast<float*>(take(kBlock * score_stride * 4));
    weights = reinterpret_cast<uint16_t*>(take(kMixParts * kBlock * weight_stride * 2));
    mixed = reinterpret_cast<float*>(take(kBlock * kBlock * 4));
    bytes = static_cast<size_t>(taken);
  }

  uint16_t* KeyTile(ptrdiff_t group, ptrdiff_t part, ptrdiff_t step) const {
    return keys + ((group * kScoreParts + part) * steps + step) * kTile;
  }
  uint16_t* ValueTile(ptrdiff_t block, ptrdiff_t part, ptrdiff_t column) const {
    return values + ((block * kMixParts + part) * columns + column) * kTile;
  }
  uint16_t* QueryTile(ptrdiff_t part, ptrdiff_t half, ptrdiff_t step) const {
    return queries + ((part * 2 + half) * steps + step) * kTile;
  }
};

// The parts of 32 values of a row, a vector a part.
VOICELINGUA_BF16 inline void Cut(const float* row, __m512i (&parts)[kScoreParts]) {
  __m512 low = _mm512_loadu_ps(row);
  __m512 high = _mm512_loadu_ps(row + kLanes);
  for (__m512i& part : parts) {
    const __m256i first = NextPart(&low);
    part = _mm512_inserti64x4(_mm512_castsi256_si512(first), NextPart(&high), 1);
  }
}

// Tiles of sixteen keys have a pair of values of each in a row; missing keys are zeros.
VOICELINGUA_BF16 void PackKeys(const float* keys, ptrdiff_t count, ptrdiff_t depth, const Memory& memory) {
  for (ptrdiff_t group = 0; group < memory.keys_count / kLanes; ++group) {
    for (ptrdiff_t step = 0; step < memory.steps; ++step) {
      __m512 rows[kScoreParts][kLanes];
      for (ptrdiff_t l = 0; l < kLanes; ++l) {
        const ptrdiff_t key = group * kLanes + l;
        __m512i parts[kScoreParts] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
        if (key < count) Cut(keys + key * depth + step * kTileHeadDepth, parts);
        for (ptrdiff_t part = 0; part < kScoreParts; ++part) rows[part][l] = _mm512_castsi512_ps(parts[part]);
      }
      for (ptrdiff_t part = 0; part < kScoreParts; ++part) {
        Turn(rows[part]);
        auto* const tile = reinterpret_cast<float*>(memory.KeyTile(group, part, step));
        for (ptrdiff_t l = 0; l < kLanes; ++l) _mm512_store_ps(tile + l * kLanes, rows[part][l]);
      }
    }
  }
}

// Tiles of 32 keys have in each row two keys' values, side by side for each column.
VOICELINGUA_BF16 void PackValues(const float* values, ptrdiff_t count, ptrdiff_t depth, const Memory& memory) {
  for (ptrdiff_t key = 0; key < memory.keys_count; key += 2) {
    for (ptrdiff_t column = 0; column < memory.columns; ++column) {
      const float* const from = values + key * depth + column * kLanes;
      __m512 even = key < count ? _mm512_loadu_ps(from) : _mm512_setzero_ps();
      __m512 odd = key + 1 < count ? _mm512_loadu_ps(from + depth) : _mm512_setzero_ps();
      for (ptrdiff_t part = 0; part < kMixParts; ++part) {
        const __m512i first = _mm512_cvtepu16_epi32(NextPart(&even));
        const __m512i second = _mm512_slli_epi32(_mm512_cvtepu16_epi32(NextPart(&odd)), 16);
        uint16_t* const tile = memory.ValueTile(key / kBlock, part, column);
        _mm512_store_si512(tile + key % kBlock / 2 * kBlock, _mm512_or_si512(first, second));
      }
    }
  }
}

VOICELINGUA_BF16 void PackQueries(const float* queries, ptrdiff_t rows, ptrdiff_t depth, const Memory& memory) {
  for (ptrdiff_t row = 0; row < kBlock; ++row) {
    for (ptrdiff_t step = 0; step < memory.steps; ++step) {
      __m512i parts[kScoreParts] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
      if (row < rows) Cut(queries + row * depth + step * kTileHeadDepth, parts);
      for (ptrdiff_t part = 0; part < kScoreParts; ++part) {
        uint16_t* const tile = memory.QueryTile(part, row / kLanes, step);
        _mm512_store_si512(tile + row % kLanes * kTileHeadDepth, parts[part]);
      }
    }
  }
}

// The scores of 32 queries with 32 keys. Of nine products of parts the three smallest are below single precision.
VOICELINGUA_BF16_TILES inline void Scores(const Memory& memory, ptrdiff_t block) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (ptrdiff_t step = 0; step < memory.steps; ++step) {
    for (ptrdiff_t a = kScoreParts - 1; a >= 0; --a) {
      _tile_loadd(4, memory.QueryTile(a, 0, step), kLine);
      _tile_loadd(5, memory.QueryTile(a, 1, step), kLine);
      for (ptrdiff_t b = kScoreParts - 1 - a; b >= 0; --b) {
        _tile_loadd(6, memory.KeyTile(2 * block, b, step), kLine);
        _tile_loadd(7, memory.KeyTile(2 * block + 1, b, step), kLine);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
      }
    }
  }
  float* const to = memory.scores + block * kBlock;
  const ptrdiff_t stride = memory.score_stride * 4;
  _tile_stored(0, to, stride);
  _tile_stored(1, to + kLanes, stride);
  _tile_stored(2, to + kLanes * memory.score_stride, stride);
  _tile_stored(3, to + kLanes * memory.score_stride + kLanes, stride);
}

VOICELINGUA_BF16 inline __m512 KeepWeights(__m512 power, uint16_t* high, uint16_t* low) {
  __m512 left = power;
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(high), NextPart(&left));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(low), NextPart(&left));
  return power;
}

// Weights of a row from its scores, 1 for the highest; gives one by their sum.
VOICELINGUA_BF16 float Weigh(const float* scores, ptrdiff_t count, float factor, uint16_t* high, uint16_t* low,
                             ptrdiff_t padded) {
  const auto rest = static_cast<__mmask16>((1u << (count % kLanes)) - 1u);
  const ptrdiff_t full = count / kLanes * kLanes;
  const __m512 least = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
  __m512 most = _mm512_mask_loadu_ps(least, rest, scores + full);
  for (ptrdiff_t k = 0; k < full; k += kLanes) most = _mm512_max_ps(most, _mm512_loadu_ps(scores + k));
  const __m512 top = _mm512_set1_ps(_mm512_reduce_max_ps(most));
  const __m512 by = _mm512_set1_ps(factor);
  __m512 sum = _mm512_setzero_ps();
  ptrdiff_t k = 0;
  for (; k < full; k += kLanes) {
    const __m512 below = _mm512_mul_ps(_mm512_sub_ps(_mm512_loadu_ps(scores + k), top), by);
    sum = _mm512_add_ps(sum, KeepWeights(PowerOfTwo(below), high + k, low + k));
  }
  if (rest != 0) {
    const __m512 below = _mm512_mul_ps(_mm512_sub_ps(_mm512_maskz_loadu_ps(rest, scores + k), top), by);
    sum = _mm512_add_ps(sum, KeepWeights(_mm512_maskz_mov_ps(rest, PowerOfTwo(below)), high + k, low + k));
    k += kLanes;
  }
  for (; k < padded; k += kLanes) KeepWeights(_mm512_setzero_ps(), high + k, low + k);
  return 1.0f / _mm512_reduce_add_ps(sum);
}

// Values of 32 columns for 32 rows of weights. The product of both low parts is below single precision.
VOICELINGUA_BF16_TILES void Mix(const Memory& memory, ptrdiff_t column) {
  const ptrdiff_t stride = memory.weight_stride * 2;
  const ptrdiff_t second = kLanes * memory.weight_stride;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (ptrdiff_t block = 0; block < memory.keys_count / kBlock; ++block) {
    const uint16_t* const high = memory.weights + block * kBlock;
    const uint16_t* const low = high + kBlock * memory.weight_stride;
    _tile_loadd(4, high, stride);
    _tile_loadd(5, high + second, stride);
    for (ptrdiff_t part = kMixParts - 1; part >= 0; --part) {
      _tile_loadd(6, memory.ValueTile(block, part, column), kLine);
      _tile_loadd(7, memory.ValueTile(block, part, column + 1), kLine);
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(1, 4, 7);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
    _tile_loadd(4, low, stride);
    _tile_loadd(5, low + second, stride);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  constexpr ptrdiff_t kStride = kBlock * 4;
  _tile_stored(0, memory.mixed, kStride);
  _tile_stored(1, memory.mixed + kLanes, kStride);
  _tile_stored(2, memory.mixed + kLanes * kBlock, kStride);
  _tile_stored(3, memory.mixed + kLanes * kBlock + kLanes, kStride);
}

VOICELINGUA_BF16_TILES void AllScores(const Memory& memory) {
  for (ptrdiff_t block = 0; block < memory.keys_count / kBlock; ++block) Scores(memory, block);
}

VOICELINGUA_AVX512 void Divide(const Memory& memory, const float* inverse, ptrdiff_t rows, ptrdiff_t columns,
                               float* output, ptrdiff_t depth) {
  for (ptrdiff_t r = 0; r < rows; ++r) {
    for (ptrdiff_t c = 0; c < columns; c += kLanes) {
      const __m512 sum = _mm512_load_ps(memory.mixed + r * kBlock + c);
      _mm512_storeu_ps(output + r * depth + c, _mm512_mul_ps(sum, _mm512_set1_ps(inverse[r])));
    }
  }
}

}  // namespace

size_t TileHeadBytes(const AttentionCall& call) { return Memory(call, nullptr).bytes; }

void TileHead(const AttentionCall& call, ptrdiff_t head, void* from) {
  const Memory memory(call, from);
  const ptrdiff_t depth = call.depth;
  const float* const queries = call.queries + head * call.queries_count * depth;
  float* const output = call.output + head * call.queries_count * depth;
  PackKeys(call.keys + head * call.keys_count * depth, call.keys_count, depth, memory);
  PackValues(call.values + head * call.keys_count * depth, call.keys_count, depth, memory);
  for (ptrdiff_t i = 0; i < call.queries_count; i += kBlock) {
    const ptrdiff_t rows = std::min(kBlock, call.queries_count - i);
    PackQueries(queries + i * depth, rows, depth, memory);
    AllScores(memory);
    float inverse[kBlock];
    // Rows beyond the last are zeros: their weights are never read for a result.
    for (ptrdiff_t r = 0; r < kBlock; ++r) {
      uint16_t* const high = memory.weights + r * memory.weight_stride;
      inverse[r] = Weigh(memory.scores + r * memory.score_stride, call.keys_count, call.scale * kLog2E, high,
                         high + kBlock * memory.weight_stride, memory.keys_count);
    }
    for (ptrdiff_t column = 0; column < memory.columns; column += 2) {
      Mix(memory, column);
      Divide(memory, inverse, rows, kBlock, output + i * depth + column * kLanes, depth);
    }
  }
}

}  // namespace voicelingua::kernels

#endif
