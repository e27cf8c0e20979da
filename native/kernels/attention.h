#ifndef VOICELINGUA_KERNELS_ATTENTION_H_
#define VOICELINGUA_KERNELS_ATTENTION_H_

#include <cstddef>

namespace voicelingua::kernels {

// Attention of all positions to all positions, as an encoder has it: softmax(scale * queries * keys^T) * values for
// each head. All matrices are row-major and follow each other head by head.
//
// The scores of a few rows at a time are kept and never written out whole: those of 30 s are 9 MB a head, and half of
// the time of an encoder went into writing and reading them. Where the CPU has tiles of 16-bit floats (Intel AMX,
// Sapphire Rapids and later), each value is cut into two or three of them, so that products have the digits of single
// precision; else 512-bit vectors are used. (The order of work is that of Milakov and Gimelshein, "Online normalizer
// calculation for softmax", 2018, and of Dao et al., "FlashAttention", 2022, without their running maximum: a block of
// rows fits into the second cache.)
struct AttentionCall {
  ptrdiff_t heads;
  ptrdiff_t queries_count;  // rows of `queries` and of `output`, a head
  ptrdiff_t keys_count;     // rows of `keys` and of `values`, a head
  ptrdiff_t depth;          // values of a row
  float scale;
  const float* queries;
  const float* keys;
  const float* values;
  float* output;
};

// Whether Attention computes a call of this shape.
bool IsAttention(const AttentionCall& call);

// False, with nothing done, for another shape or when there is no memory.
bool Attention(const AttentionCall& call);

// The same with vectors, whatever the CPU has.
bool VectorAttention(const AttentionCall& call);

// Whether Attention uses tiles of 16-bit floats for a call.
bool AttentionTakesTiles(const AttentionCall& call);

}  // namespace voicelingua::kernels

#endif  // VOICELINGUA_KERNELS_ATTENTION_H_
