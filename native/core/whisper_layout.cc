#include "core/whisper_layout.h"

namespace voicelingua {
namespace {

class LayoutBuilder {
 public:
  LayoutBuilder(const GgmlType& weight_type) : weight_type_(&weight_type) {}

  void Vector(const std::string& name, int64_t size) { Add(name, {size, 1, 1}, &GgmlF32()); }

  void Norm(const std::string& name, int64_t size) {
    Vector(name + ".weight", size);
    Vector(name + ".bias", size);
  }

  void Linear(const std::string& name, int64_t in, int64_t out, bool bias = true) {
    Add(name + ".weight", {in, out, 1}, weight_type_);
    if (bias) Vector(name + ".bias", out);
  }

  void Attention(const std::string& name, int64_t state) {
    Norm(name + "_ln", state);
    Linear(name + ".query", state, state);
    Linear(name + ".key", state, state, /*bias=*/false);
    Linear(name + ".value", state, state);
    Linear(name + ".out", state, state);
  }

  void FeedForward(const std::string& block, int64_t state) {
    Norm(block + ".mlp_ln", state);
    Linear(block + ".mlp.0", state, 4 * state);
    Linear(block + ".mlp.2", 4 * state, state);
  }

  void Convolution(const std::string& name, int64_t in, int64_t out) {
    Add(name + ".weight", {3, in, out}, &GgmlF16());
    Add(name + ".bias", {1, out, 1}, &GgmlF32());
  }

  void Add(const std::string& name, std::array<int64_t, 3> shape, const GgmlType* type) {
    tensors_.emplace(name, TensorLayout{shape, type});
  }

  std::unordered_map<std::string, TensorLayout> Take() { return std::move(tensors_); }

 private:
  const GgmlType* weight_type_;
  std::unordered_map<std::string, TensorLayout> tensors_;
};

}  // namespace

std::unordered_map<std::string, TensorLayout> WhisperTensors(const WhisperHyperparameters& hyperparameters,
                                                             const GgmlType& weight_type) {
  const int64_t audio = hyperparameters.n_audio_state;
  const int64_t text = hyperparameters.n_text_state;
  LayoutBuilder layout(weight_type);

  layout.Add("encoder.positional_embedding", {audio, hyperparameters.n_audio_ctx, 1}, &GgmlF32());
  layout.Convolution("encoder.conv1", hyperparameters.n_mels, audio);
  layout.Convolution("encoder.conv2", audio, audio);
  layout.Norm("encoder.ln_post", audio);
  for (int32_t i = 0; i < hyperparameters.n_audio_layer; ++i) {
    const std::string block = "encoder.blocks." + std::to_string(i);
    layout.Attention(block + ".attn", audio);
    layout.FeedForward(block, audio);
  }

  layout.Add("decoder.positional_embedding", {text, hyperparameters.n_text_ctx, 1}, &GgmlF32());
  layout.Add("decoder.token_embedding.weight", {text, hyperparameters.n_vocab, 1}, &weight_type);
  layout.Norm("decoder.ln", text);
  for (int32_t i = 0; i < hyperparameters.n_text_layer; ++i) {
    const std::string block = "decoder.blocks." + std::to_string(i);
    layout.Attention(block + ".attn", text);
    layout.Attention(block + ".cross_attn", text);
    layout.FeedForward(block, text);
  }
  return layout.Take();
}

}  // namespace voicelingua
