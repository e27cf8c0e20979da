#ifndef VOICELINGUA_CORE_WHISPER_LAYOUT_H_
#define VOICELINGUA_CORE_WHISPER_LAYOUT_H_

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "core/ggml_types.h"

namespace voicelingua {

// The eleven numbers after the magic, in file order.
struct WhisperHyperparameters {
  int32_t n_vocab;
  int32_t n_audio_ctx;
  int32_t n_audio_state;
  int32_t n_audio_head;
  int32_t n_audio_layer;
  int32_t n_text_ctx;
  int32_t n_text_state;
  int32_t n_text_head;
  int32_t n_text_layer;
  int32_t n_mels;
  int32_t ftype;
};

struct TensorLayout {
  std::array<int64_t, 3> shape;  // ggml order: the innermost dimension first.
  const GgmlType* type;
};

// Every tensor that whisper.cpp makes for these hyperparameters, by its name in the file.
std::unordered_map<std::string, TensorLayout> WhisperTensors(const WhisperHyperparameters& hyperparameters,
                                                             const GgmlType& weight_type);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_WHISPER_LAYOUT_H_
