#include "kernels/amx.h"

#include <cstdlib>
#include <cstring>

#include "kernels/skinny_gemm.h"
#include "kernels/x86.h"

#if defined(VOICELINGUA_X86_KERNELS)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#define VOICELINGUA_TILES __attribute__((target("amx-tile,amx-int8")))

namespace voicelingua::kernels {
namespace {

// arch_prctl(2): a process asks for the state of tiles before it first uses them.
constexpr long kRequestPermission = 0x1023;
constexpr long kTileData = 18;
// The CPU does not foresee a walk along sixteen rows: what lies so many bytes ahead is asked for in time.
constexpr ptrdiff_t kAhead = 8 * 1024;

// Bits of the CPU's leaf 7.
constexpr unsigned kFloats = 1u << 22;
constexpr unsigned kTile = 1u << 24;
constexpr unsigned kIntegers = 1u << 25;

bool CpuHas(unsigned bits) {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (edx & bits) == bits;
}

bool IsPermitted() {
#if defined(__linux__)
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

// Intel's layout of LDTILECFG: palette 1; bytes of a row from 16 on, rows from 48 on.
struct alignas(64) Settings {
  uint8_t bytes[64] = {1};
  Settings() {
    for (int tile = 0; tile < 8; ++tile) {
      bytes[16 + 2 * tile] = kTileDepth;
      bytes[48 + tile] = 16;
    }
  }
};

// Instructions by hand: gcc 12 may leave out stores that only LDTILECFG reads.
inline void Load(const uint8_t* settings) {
  asm volatile("ldtilecfg %0" : : "m"(*reinterpret_cast<const uint8_t(*)[64]>(settings)) : "memory");
}

template <int kBlocks>
VOICELINGUA_TILES void Multiply(const uint8_t* packed, const int8_t* b, ptrdiff_t ldb, ptrdiff_t depth,
                                int32_t (*sums)[16][16], ptrdiff_t stride) {
  _tile_zero(0);
  if (kBlocks > 1) _tile_zero(1);
  if (kBlocks > 2) _tile_zero(2);
  if (kBlocks > 3) _tile_zero(3);
  const ptrdiff_t step = kTileDepth / 4 * stride;
  const char* ahead = reinterpret_cast<const char*>(b) + kAhead;
  for (ptrdiff_t k = 0; k < depth; k += kTileDepth, packed += step, ahead += 16 * kTileDepth) {
    for (ptrdiff_t line = 0; line < 16; ++line) _mm_prefetch(ahead + line * 64, _MM_HINT_T0);
    _tile_loadd(4, b + k, ldb);
    _tile_loadd(5, packed, stride);
    _tile_dpbsud(0, 4, 5);
    if (kBlocks > 1) {
      _tile_loadd(6, packed + 64, stride);
      _tile_dpbsud(1, 4, 6);
    }
    if (kBlocks > 2) {
      _tile_loadd(5, packed + 128, stride);
      _tile_dpbsud(2, 4, 5);
    }
    if (kBlocks > 3) {
      _tile_loadd(6, packed + 192, stride);
      _tile_dpbsud(3, 4, 6);
    }
  }
  _tile_stored(0, sums[0], 64);
  if (kBlocks > 1) _tile_stored(1, sums[1], 64);
  if (kBlocks > 2) _tile_stored(2, sums[2], 64);
  if (kBlocks > 3) _tile_stored(3, sums[3], 64);
}

}  // namespace

bool TilesAvailable() {
  const char* wanted = std::getenv("VOICELINGUA_KERNELS");
  static const bool available = Available() && !(wanted != nullptr && std::strcmp(wanted, "vnni") == 0) &&
                                CpuHas(kTile | kIntegers) && IsPermitted();
  return available;
}

bool FloatTilesAvailable() {
  static const bool available = TilesAvailable() && CpuHas(kFloats) && __builtin_cpu_supports("avx512bf16");
  return available;
}

TileSetting::TileSetting() {
  static const Settings settings;
  asm volatile("sttilecfg %0" : "=m"(*reinterpret_cast<uint8_t(*)[64]>(before_)) : : "memory");
  Load(settings.bytes);
}

TileSetting::~TileSetting() { Load(before_); }

void MultiplyTiles(const uint8_t* packed, const int8_t* b, ptrdiff_t ldb, ptrdiff_t depth, ptrdiff_t blocks,
                   int32_t (*sums)[16][16]) {
  const ptrdiff_t stride = blocks * 64;
  switch (blocks) {
    case 1:
      Multiply<1>(packed, b, ldb, depth, sums, stride);
      break;
    case 2:
      Multiply<2>(packed, b, ldb, depth, sums, stride);
      break;
    case 3:
      Multiply<3>(packed, b, ldb, depth, sums, stride);
      break;
    default:
      Multiply<4>(packed, b, ldb, depth, sums, stride);
  }
}

}  // namespace voicelingua::kernels

#endif
