#ifndef VOICELINGUA_KERNELS_AMX_H_
#define VOICELINGUA_KERNELS_AMX_H_

#include <cstddef>
#include <cstdint>

namespace voicelingua::kernels {

// Whether this process may use tiles of 8-bit integers (Intel AMX, Sapphire Rapids and later, Linux).
bool TilesAvailable();

// The same of 16-bit floats.
bool FloatTilesAvailable();

// Values of a row that one instruction takes.
inline constexpr ptrdiff_t kTileDepth = 64;

// Has the calling thread's tiles hold sixteen full rows, and puts back what was set when it ends: oneDNN remembers what
// it has set last and does not set it again.
class TileSetting {
 public:
  TileSetting();
  ~TileSetting();
  TileSetting(const TileSetting&) = delete;
  TileSetting& operator=(const TileSetting&) = delete;

 private:
  alignas(64) uint8_t before_[64];
};

// sums[block][i][j] = product of row i of sixteen rows of `b` with row 16 block + j of the left matrix, for up to four
// blocks. `packed` has the left matrix by groups of four values: for each group `blocks` times 64 bytes. `depth` is a
// multiple of kTileDepth.
void MultiplyTiles(const uint8_t* packed, const int8_t* b, ptrdiff_t ldb, ptrdiff_t depth, ptrdiff_t blocks,
                   int32_t (*sums)[16][16]);

}  // namespace voicelingua::kernels

#endif  // VOICELINGUA_KERNELS_AMX_H_
