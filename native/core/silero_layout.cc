#include "core/silero_layout.h"

#include <array>
#include <iterator>

namespace voicelingua {
namespace {

// Samples that a Fourier transform of the front end takes; it gives a real and an imaginary row for each bin.
constexpr int64_t kFourierSize = 256;
// Input, forget, cell and output gate of the LSTM, one below the other.
constexpr int64_t kGates = 4;

}  // namespace

std::unordered_map<std::string, TensorLayout> SileroTensors() {
  std::unordered_map<std::string, TensorLayout> tensors;
  const auto add = [&tensors](const std::string& name, std::array<int64_t, 3> shape, const GgmlType& type) {
    tensors.emplace("_model." + name, TensorLayout{shape, &type});
  };
  add("stft.forward_basis_buffer", {kFourierSize, 1, 2 * (kFourierSize / 2 + 1)}, GgmlF16());
  for (size_t i = 0; i < std::size(kSilero.layers); ++i) {
    const auto& [in, out, kernel] = kSilero.layers[i];
    const std::string name = "encoder." + std::to_string(i) + ".reparam_conv";
    add(name + ".weight", {kernel, in, out}, GgmlF16());
    add(name + ".bias", {out, 1, 1}, GgmlF32());
  }
  const int64_t gates = kGates * kSilero.lstm_state;
  add("decoder.rnn.weight_ih", {kSilero.lstm_in, gates, 1}, GgmlF32());
  add("decoder.rnn.weight_hh", {kSilero.lstm_state, gates, 1}, GgmlF32());
  add("decoder.rnn.bias_ih", {gates, 1, 1}, GgmlF32());
  add("decoder.rnn.bias_hh", {gates, 1, 1}, GgmlF32());
  add("decoder.decoder.2.weight", {kSilero.final_in, kSilero.final_out, 1}, GgmlF16());
  add("decoder.decoder.2.bias", {kSilero.final_out, 1, 1}, GgmlF32());
  return tensors;
}

}  // namespace voicelingua
