#include "core/ct2_transformer.h"

#include <algorithm>
#include <vector>

#include "core/errors.h"

namespace voicelingua {
namespace {

bool EndsWith(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

constexpr int64_t kMaxMelBands = 256;
// Frames of 20 ms in Whisper's window.
constexpr int64_t kAudioContext = 1500;
// A prompt's control tokens and some text.
constexpr int64_t kMinTextContext = 16;

class TransformerCheck {
 public:
  TransformerCheck(const Ct2Binary& binary, const std::string& path) : binary_(binary), path_(path) {}

  Ct2TransformerSize Run() {
    CheckEveryMatrix();
    Ct2TransformerSize size{};
    const Ct2Variable& decoder_embeddings = Matrix("decoder/embeddings/weight");
    size.model = decoder_embeddings.shape[1];
    size.source_vocabulary = Matrix(SourceEmbeddings()).shape[0];
    if (Matrix(SourceEmbeddings()).shape[1] != size.model) Damaged(SourceEmbeddings(), "does not fit the decoder");
    size.target_vocabulary = Linear("decoder/projection", size.model);
    if (decoder_embeddings.shape[0] < size.target_vocabulary) {
      Damaged("decoder/embeddings/weight", "has fewer rows than the output layer");
    }
    for (const char* side : {"encoder", "decoder"}) {
      CheckPositions(side, size.model);
      CheckHeads(side, size.model);
      OptionalNorm(std::string(side) + "/layer_norm", size.model);
    }
    size.encoder_layers = CheckLayers("encoder", size.model, /*cross_attention=*/false);
    size.decoder_layers = CheckLayers("decoder", size.model, /*cross_attention=*/true);
    CheckDefaultAlignment(size.decoder_layers);
    return size;
  }

  Ct2WhisperSize RunWhisper() {
    CheckEveryMatrix();
    Ct2WhisperSize size{};
    const std::vector<int64_t> first = Convolution("encoder/conv1/weight");
    size.audio_state = first[0];
    size.mel_bands = first[1];
    if (size.mel_bands < 1 || size.mel_bands > kMaxMelBands) {
      Damaged("encoder/conv1/weight", "takes " + std::to_string(size.mel_bands) + " mel bands");
    }
    if (Convolution("encoder/conv2/weight") != std::vector<int64_t>{size.audio_state, size.audio_state, 3}) {
      Damaged("encoder/conv2/weight", "does not fit the model");
    }
    const Ct2Variable& embeddings = Matrix("decoder/embeddings/weight");
    size.text_state = embeddings.shape[1];
    // The decoder looks at the encoder's output without a projection between.
    if (size.text_state != size.audio_state) Damaged("decoder/embeddings/weight", "does not fit the encoder");
    size.vocabulary = Linear("decoder/projection", size.text_state);
    if (embeddings.shape[0] != size.vocabulary) {
      Damaged("decoder/embeddings/weight", "has not as many rows as the output layer");
    }
    if (Positions("encoder", size.audio_state) != kAudioContext) {
      Damaged("encoder/position_encodings/encodings", "has not 1500 positions");
    }
    size.text_context = Positions("decoder", size.text_state);
    if (size.text_context < kMinTextContext) {
      Damaged("decoder/position_encodings/encodings", "has too few positions");
    }
    for (const char* side : {"encoder", "decoder"}) {
      CheckHeads(side, size.text_state);
      OptionalNorm(std::string(side) + "/layer_norm", size.text_state);
    }
    size.text_heads = Heads("decoder");
    size.audio_layers = CheckLayers("encoder", size.audio_state, /*cross_attention=*/false);
    size.text_layers = CheckLayers("decoder", size.text_state, /*cross_attention=*/true);
    CheckDefaultAlignment(size.text_layers);
    RefuseForeignAttention();
    return size;
  }

 private:
  [[noreturn]] void Damaged(const std::string& name, const std::string& what) const {
    throw Error(ErrorCode::kModelInvalid,
                "Model file " + path_ + " is damaged: variable " + name + " " + what + ". Convert the model again.");
  }

  std::string SourceEmbeddings() const {
    return binary_.Find("encoder/embeddings/weight") != nullptr ? "encoder/embeddings/weight"
                                                                : "encoder/embeddings_0/weight";
  }

  const Ct2Variable& Matrix(const std::string& name) const {
    const Ct2Variable* variable = binary_.Find(name);
    if (variable == nullptr) Damaged(name, "is missing");
    if (variable->shape.size() != 2) Damaged(name, "is not a matrix");
    return *variable;
  }

  // The number of outputs of a layer of `inputs`.
  int64_t Linear(const std::string& scope, int64_t inputs) const {
    const Ct2Variable& weight = Matrix(scope + "/weight");
    if (weight.shape[1] != inputs) {
      Damaged(scope + "/weight",
              "takes " + std::to_string(weight.shape[1]) + " inputs, expected " + std::to_string(inputs));
    }
    return weight.shape[0];
  }

  void Linear(const std::string& scope, int64_t inputs, int64_t outputs) const {
    const int64_t got = Linear(scope, inputs);
    if (got != outputs) {
      Damaged(scope + "/weight", "gives " + std::to_string(got) + " outputs, expected " + std::to_string(outputs));
    }
  }

  void OptionalNorm(const std::string& scope, int64_t size) const {
    for (const char* part : {"/gamma", "/beta"}) {
      const Ct2Variable* variable = binary_.Find(scope + part);
      if (variable != nullptr && variable->size() != size) Damaged(scope + part, "does not fit the model");
    }
  }

  void CheckEveryMatrix() const {
    for (const auto& [name, variable] : binary_.variables()) {
      if (!EndsWith(name, "/weight")) continue;
      if (variable.shape.size() < 2 || variable.shape.size() > 3) Damaged(name, "is not a matrix");
      const std::string scope = name.substr(0, name.size() - std::string("/weight").size());
      const Ct2Variable* bias = binary_.Find(scope + "/bias");
      if (bias != nullptr && bias->size() != variable.shape[0]) Damaged(scope + "/bias", "does not fit its weight");
      const Ct2Variable* scale = binary_.Find(name + "_scale");
      if (scale != nullptr && scale->size() != 1 && scale->size() != variable.shape[0]) {
        Damaged(name + "_scale", "does not fit its weight");
      }
      if (variable.type == Ct2Type::kInt8 && scale == nullptr) Damaged(name + "_scale", "is missing");
      if (variable.type == Ct2Type::kInt32) Damaged(name, "has the type int32");
    }
  }

  void CheckPositions(const std::string& side, int64_t model) const {
    const Ct2Variable* encodings = binary_.Find(side + "/position_encodings/encodings");
    if (encodings == nullptr) return;
    if (encodings->shape.size() != 2 || encodings->shape[1] != model) {
      Damaged(side + "/position_encodings/encodings", "does not fit the model");
    }
  }

  int64_t Positions(const std::string& side, int64_t model) const {
    const std::string name = side + "/position_encodings/encodings";
    if (Matrix(name).shape[1] != model) Damaged(name, "does not fit the model");
    return Matrix(name).shape[0];
  }

  std::vector<int64_t> Convolution(const std::string& name) const {
    const Ct2Variable* weight = binary_.Find(name);
    if (weight == nullptr) Damaged(name, "is missing");
    if (weight->shape.size() != 3 || weight->shape[2] != 3) Damaged(name, "is no convolution over three frames");
    return weight->shape;
  }

  int64_t Attribute(const std::string& name, int64_t absent) const {
    const Ct2Variable* attribute = binary_.Find(name);
    return attribute == nullptr ? absent : attribute->scalar.value_or(absent);
  }

  // The layer and number of heads whose attention the decoder gives out, used as indices. -1 is the last layer.
  void CheckDefaultAlignment(int64_t layers) const {
    const int64_t layer = Attribute("decoder/alignment_layer", -1);
    if (layer < -layers || layer >= layers) Damaged("decoder/alignment_layer", "is " + std::to_string(layer));
    const int64_t heads = Attribute("decoder/alignment_heads", 1);
    if (heads < 0 || heads > Heads("decoder")) Damaged("decoder/alignment_heads", "is " + std::to_string(heads));
  }

  // What other Transformers have and would give Whisper's attention other shapes.
  void RefuseForeignAttention() const {
    for (const auto& [name, variable] : binary_.variables()) {
      const std::string part = name.substr(name.rfind('/') + 1);
      const bool foreign = part == "head_dim" || part == "multi_query" || part == "num_heads_kv" ||
                           part == "sliding_window" || part.rfind("relative_", 0) == 0 ||
                           part.rfind("rotary_", 0) == 0 || name.find("/memory_kv/") != std::string::npos;
      if (foreign && variable.scalar.value_or(1) != 0) Damaged(name, "is none of a Whisper model");
    }
  }

  int64_t Heads(const std::string& side) const {
    const Ct2Variable* own = binary_.Find(side + "/num_heads");
    const Ct2Variable* shared = binary_.Find("num_heads");
    const Ct2Variable* attribute = own != nullptr ? own : shared;
    // Models before revision 3 name their size instead, with 8 or 16 heads.
    return attribute != nullptr ? attribute->scalar.value_or(0) : (binary_.spec() == "TransformerBig" ? 16 : 8);
  }

  void CheckHeads(const std::string& side, int64_t model) const {
    const int64_t heads = Heads(side);
    if (heads < 1 || model % heads != 0) {
      Damaged(side + "/num_heads", "is " + std::to_string(heads) + " for a model of " + std::to_string(model));
    }
  }

  void CheckAttention(const std::string& scope, int64_t model, bool self) const {
    const int64_t inner = Matrix(scope + (self ? "/linear_1" : "/linear_2") + "/weight").shape[1];
    OptionalNorm(scope + "/layer_norm", model);
    if (self) {
      Linear(scope + "/linear_0", model, 3 * inner);
      Linear(scope + "/linear_1", inner, model);
    } else {
      Linear(scope + "/linear_0", model, inner);
      Linear(scope + "/linear_1", model, 2 * inner);
      Linear(scope + "/linear_2", inner, model);
    }
  }

  int64_t CheckLayers(const std::string& side, int64_t model, bool cross_attention) const {
    int64_t layers = 0;
    for (;; ++layers) {
      const std::string scope = side + "/layer_" + std::to_string(layers);
      if (!HasScope(scope + "/")) break;
      CheckAttention(scope + "/self_attention", model, /*self=*/true);
      if (cross_attention) CheckAttention(scope + "/attention", model, /*self=*/false);
      OptionalNorm(scope + "/ffn/layer_norm", model);
      const int64_t inner = Linear(scope + "/ffn/linear_0", model);
      if (binary_.Find(scope + "/ffn/linear_0_noact/weight") != nullptr) {
        Linear(scope + "/ffn/linear_0_noact", model, inner);
      }
      Linear(scope + "/ffn/linear_1", inner, model);
    }
    if (layers == 0) Damaged(side + "/layer_0", "is missing");
    return layers;
  }

  bool HasScope(const std::string& prefix) const {
    return std::any_of(binary_.variables().begin(), binary_.variables().end(),
                       [&](const auto& entry) { return entry.first.rfind(prefix, 0) == 0; });
  }

  const Ct2Binary& binary_;
  const std::string& path_;
};

}  // namespace

Ct2TransformerSize CheckCt2Transformer(const Ct2Binary& binary, const std::string& path) {
  return TransformerCheck(binary, path).Run();
}

Ct2WhisperSize CheckCt2Whisper(const Ct2Binary& binary, const std::string& path) {
  return TransformerCheck(binary, path).RunWhisper();
}

}  // namespace voicelingua
