#ifndef VOICELINGUA_CORE_CT2_TRANSFORMER_H_
#define VOICELINGUA_CORE_CT2_TRANSFORMER_H_

#include <string>

#include "core/ct2_binary.h"

namespace voicelingua {

struct Ct2TransformerSize {
  int64_t model;
  int64_t encoder_layers;
  int64_t decoder_layers;
  int64_t source_vocabulary;
  int64_t target_vocabulary;
};

// Checks that the matrices of an encoder-decoder Transformer fit one another: CTranslate2 multiplies them by the sizes
// it expects and would read beyond one that is smaller. Throws kModelInvalid naming `path` and the variable.
Ct2TransformerSize CheckCt2Transformer(const Ct2Binary& binary, const std::string& path);

struct Ct2WhisperSize {
  int64_t mel_bands;
  int64_t audio_state;
  int64_t audio_layers;
  int64_t text_state;
  int64_t text_heads;
  int64_t text_layers;
  // Longest prompt and text together, tokens.
  int64_t text_context;
  int64_t vocabulary;
};

// The same for a Whisper model.
Ct2WhisperSize CheckCt2Whisper(const Ct2Binary& binary, const std::string& path);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_CT2_TRANSFORMER_H_
