#include <algorithm>
#include <cstring>
#include <optional>

#include "kernels/amx.h"
#include "kernels/scratch.h"
#include "kernels/skinny_gemm.h"
#include "kernels/x86.h"

#if defined(VOICELINGUA_X86_KERNELS)
#include <omp.h>

#include "kernels/turn.h"

namespace voicelingua::kernels {
namespace {

// Values that one lane multiplies and adds at once.
constexpr ptrdiff_t kGroup = 4;
constexpr ptrdiff_t kLanes = 16;
// From here on packing the right matrix pays.
constexpr ptrdiff_t kMostRows = 64;
constexpr ptrdiff_t kMostBlocks = kMostRows / kLanes;
// The CPU does not foresee a walk along several rows at once: what lies so many bytes ahead is asked for in time.
constexpr ptrdiff_t kAhead = 8 * 1024;
// Rows of b at once; times two blocks of rows of a, that many sums stay in registers.
constexpr ptrdiff_t kColumns = 8;

// Sums of sixteen rows of a (lanes) for sixteen rows of b (vectors), stored the other way round.
VOICELINGUA_VNNI void StoreTurned(const int32_t (&sums)[kLanes][kLanes], ptrdiff_t rows, ptrdiff_t columns,
                                  const int32_t* offsets, int32_t* c, ptrdiff_t ldc) {
  const auto mask = static_cast<__mmask16>((1u << columns) - 1u);
  const __m512i more = offsets == nullptr ? _mm512_setzero_si512() : _mm512_maskz_loadu_epi32(mask, offsets);
  __m512 turned[kLanes];
  for (ptrdiff_t l = 0; l < kLanes; ++l) turned[l] = _mm512_castsi512_ps(_mm512_load_si512(sums[l]));
  Turn(turned);
  for (ptrdiff_t r = 0; r < rows; ++r) {
    _mm512_mask_storeu_epi32(c + r * ldc, mask, _mm512_add_epi32(_mm512_castps_si512(turned[r]), more));
  }
}

template <ptrdiff_t kBlocks>
VOICELINGUA_VNNI inline void Multiply(const uint8_t* packed, const int8_t* const (&b)[kColumns], ptrdiff_t groups,
                                      ptrdiff_t stride, int32_t (*sums)[kLanes][kLanes], ptrdiff_t column) {
  __m512i acc[kBlocks][kColumns];
  for (auto& block : acc) {
    for (__m512i& sum : block) sum = _mm512_setzero_si512();
  }
  const char* ahead = reinterpret_cast<const char*>(b[0]) + kAhead;
  for (ptrdiff_t g = 0; g < groups; ++g) {
    _mm_prefetch(ahead + g * kGroup * kColumns, _MM_HINT_T0);
    __m512i a[kBlocks];
    for (ptrdiff_t block = 0; block < kBlocks; ++block) {
      a[block] = _mm512_load_si512(packed + (g * stride + block) * kLanes * kGroup);
    }
    for (ptrdiff_t n = 0; n < kColumns; ++n) {
      int32_t four;
      std::memcpy(&four, b[n] + g * kGroup, sizeof four);
      const __m512i weights = _mm512_set1_epi32(four);
      for (ptrdiff_t block = 0; block < kBlocks; ++block) {
        acc[block][n] = _mm512_dpbusd_epi32(acc[block][n], a[block], weights);
      }
    }
  }
  for (ptrdiff_t block = 0; block < kBlocks; ++block) {
    for (ptrdiff_t n = 0; n < kColumns; ++n) _mm512_store_si512(sums[block][column + n], acc[block][n]);
  }
}

// Sums of sixteen rows of b from `j` on, of which `columns` are there, with all rows of a.
VOICELINGUA_VNNI void Sum(const U8S8Call& call, const uint8_t* packed, ptrdiff_t blocks, ptrdiff_t j, ptrdiff_t columns,
                          int32_t (*sums)[kLanes][kLanes]) {
  const ptrdiff_t groups = call.k / kGroup;
  for (ptrdiff_t column = 0; column < columns; column += kColumns) {
    const int8_t* b[kColumns];
    // Sums beyond the last row are not stored.
    for (ptrdiff_t n = 0; n < kColumns; ++n) b[n] = call.b + std::min(j + column + n, call.n - 1) * call.ldb;
    for (ptrdiff_t block = 0; block < blocks; block += 2) {
      const uint8_t* from = packed + block * kLanes * kGroup;
      if (block + 1 < blocks) {
        Multiply<2>(from, b, groups, blocks, sums + block, column);
      } else {
        Multiply<1>(from, b, groups, blocks, sums + block, column);
      }
    }
  }
}

// Sixteen columns of c from `j` on.
VOICELINGUA_VNNI void Columns(const U8S8Call& call, const uint8_t* packed, ptrdiff_t blocks, ptrdiff_t j, bool tiles) {
  alignas(64) int32_t sums[kMostBlocks][kLanes][kLanes];
  const ptrdiff_t columns = std::min(kLanes, call.n - j);
  if (tiles && columns == kLanes) {
    MultiplyTiles(packed, call.b + j * call.ldb, call.ldb, call.k, blocks, sums);
  } else {
    Sum(call, packed, blocks, j, columns, sums);
  }
  for (ptrdiff_t block = 0; block < blocks; ++block) {
    const ptrdiff_t from = block * kLanes;
    StoreTurned(sums[block], std::min(kLanes, call.m - from), columns,
                call.offsets == nullptr ? nullptr : call.offsets + j, call.c + from * call.ldc + j, call.ldc);
  }
}

}  // namespace

bool SkinnyU8S8(const U8S8Call& call) {
  if (!Available() || call.m < 1 || call.m > kMostRows || call.n < 1 || call.k < kGroup || call.k % kGroup != 0) {
    return false;
  }
  const ptrdiff_t blocks = (call.m + kLanes - 1) / kLanes;
  const ptrdiff_t groups = call.k / kGroup;
  auto* const packed = static_cast<uint8_t*>(Scratch(static_cast<size_t>(groups * blocks * kLanes * kGroup)));
  if (packed == nullptr) return false;
  // Four values of each row side by side, sixteen rows a vector; missing rows are zeros.
  for (ptrdiff_t row = 0; row < blocks * kLanes; ++row) {
    uint8_t* to = packed + row * kGroup;
    for (ptrdiff_t g = 0; g < groups; ++g, to += blocks * kLanes * kGroup) {
      if (row < call.m) {
        std::memcpy(to, call.a + row * call.lda + g * kGroup, kGroup);
      } else {
        std::memset(to, 0, kGroup);
      }
    }
  }
  const ptrdiff_t parts = (call.n + kLanes - 1) / kLanes;
  const int threads = omp_in_parallel() ? 1 : static_cast<int>(std::min<ptrdiff_t>(omp_get_max_threads(), parts));
  const bool tiles = call.k % kTileDepth == 0 && TilesAvailable();
#pragma omp parallel num_threads(threads) if (threads > 1)
  {
    std::optional<TileSetting> setting;
    if (tiles) setting.emplace();
#pragma omp for schedule(static)
    for (ptrdiff_t part = 0; part < parts; ++part) Columns(call, packed, blocks, part * kLanes, tiles);
  }
  return true;
}

}  // namespace voicelingua::kernels

#endif
