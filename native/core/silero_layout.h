#ifndef VOICELINGUA_CORE_SILERO_LAYOUT_H_
#define VOICELINGUA_CORE_SILERO_LAYOUT_H_

#include <cstdint>
#include <string>
#include <unordered_map>

#include "core/whisper_layout.h"

namespace voicelingua {

// What follows the version in the file, in its order.
struct SileroHyperparameters {
  struct Layer {
    int32_t in;
    int32_t out;
    int32_t kernel;
  };

  int32_t window;
  int32_t context;
  int32_t n_layers;
  Layer layers[4];
  int32_t lstm_in;
  int32_t lstm_state;
  int32_t final_in;
  int32_t final_out;
};

// Versions 5 and 6. whisper.cpp builds its graph for these sizes, whatever the file says.
inline constexpr SileroHyperparameters kSilero = {
    512, 64, 4, {{129, 128, 3}, {128, 64, 3}, {64, 64, 3}, {64, 128, 3}}, 128, 128, 128, 1};

// Every tensor that whisper.cpp makes for them, by its name in the file.
std::unordered_map<std::string, TensorLayout> SileroTensors();

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_SILERO_LAYOUT_H_
