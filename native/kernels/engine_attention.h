#ifndef VOICELINGUA_KERNELS_ENGINE_ATTENTION_H_
#define VOICELINGUA_KERNELS_ENGINE_ATTENTION_H_

#include <cstddef>

namespace voicelingua::kernels {

// While it lives, CTranslate2's attention on the calling thread is computed by Attention where its shape allows.
//
// CTranslate2 writes the scores of all positions to memory, puts their softmax in their place and multiplies it with
// the values (layers/attention.cc, dot_product_attention). These three calls are held back until the last, which has
// all that Attention needs. Nothing may look at the scores in between: true of encoders without relative positions,
// as Whisper's.
class EncoderAttention {
 public:
  EncoderAttention();
  ~EncoderAttention();
  EncoderAttention(const EncoderAttention&) = delete;
  EncoderAttention& operator=(const EncoderAttention&) = delete;

  // Products of scores and values that Attention computed since the process began.
  static size_t Computed();
};

}  // namespace voicelingua::kernels

#endif  // VOICELINGUA_KERNELS_ENGINE_ATTENTION_H_
