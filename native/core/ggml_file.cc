#include "core/ggml_file.h"

#include <array>
#include <iterator>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/errors.h"
#include "core/ggml_types.h"
#include "core/silero_layout.h"
#include "core/whisper_languages.h"
#include "core/whisper_layout.h"

namespace voicelingua {
namespace {

constexpr uint32_t kMagic = 0x67676d6c;

// The engine's graphs hold 4,096 nodes and a decoder layer takes under 50 of them.
constexpr int32_t kMaxLayers = 64;
constexpr int32_t kMaxState = 4096;
// whisper.cpp derives the positions of its control tokens from these counts, and writes beyond its arrays for others.
constexpr int32_t kEnglishVocabulary = 51864;
constexpr int32_t kFirstMultilingualVocabulary = 51865;
constexpr int32_t kLastMultilingualVocabulary = 51866;
// Tokens that stand for text; the control tokens after them are named by the engine itself.
constexpr int32_t kTextTokens = 50256;
constexpr uint32_t kMaxTokenBytes = 1024;
constexpr int32_t kMaxNameBytes = 128;
// The engine computes 30-s windows of 1,500 positions and budgets its prompt for 448 tokens.
constexpr int32_t kAudioContext = 1500;
constexpr int32_t kTextContext = 448;
constexpr int32_t kFourierBins = 201;
constexpr int32_t kQuantizationVersionFactor = 1000;

[[noreturn]] void Invalid(const FileReader& file, const std::string& what) {
  throw Error(ErrorCode::kModelInvalid, "Model file " + file.path() + " " + what + ".");
}

[[noreturn]] void Truncated(const FileReader& file, const std::string& where) {
  Invalid(file, "ends early, " + where + " (" + std::to_string(file.size()) +
                    " bytes); the download was probably interrupted");
}

template <typename T>
T Take(FileReader& file, const char* where) {
  T value;
  if (!file.ReadValue(&value)) Truncated(file, where);
  return value;
}

void CheckRange(const FileReader& file, const char* name, int64_t value, int64_t low, int64_t high) {
  if (value >= low && value <= high) return;
  const std::string expected = low == high ? std::to_string(low) : std::to_string(low) + " to " + std::to_string(high);
  Invalid(file, "is damaged: " + std::string(name) + " is " + std::to_string(value) + ", expected " + expected);
}

struct TensorHeader {
  std::string name;
  std::array<int64_t, 4> shape = {1, 1, 1, 1};
  const GgmlType* type;
  uint64_t bytes;
};

std::string Printable(const std::string& name) {
  std::string text = name.substr(0, 64);
  for (char& c : text) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return text;
}

std::string ShapeText(const int64_t* shape, size_t rank) {
  std::string text = "[";
  for (size_t i = 0; i < rank; ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

TensorHeader ReadTensorHeader(FileReader& file) {
  TensorHeader tensor;
  const auto rank = Take<int32_t>(file, "in the tensor table");
  const auto name_bytes = Take<int32_t>(file, "in the tensor table");
  const auto type = Take<int32_t>(file, "in the tensor table");
  CheckRange(file, "n_dims of a tensor", rank, 0, 4);
  CheckRange(file, "the length of a tensor's name", name_bytes, 1, kMaxNameBytes);
  tensor.type = GgmlTypeOfTensor(type);
  if (tensor.type == nullptr) Invalid(file, "is damaged: a tensor has the unknown type " + std::to_string(type));
  uint64_t elements = 1;
  for (int32_t i = 0; i < rank; ++i) {
    const auto dimension = Take<int32_t>(file, "in the tensor table");
    CheckRange(file, "a dimension of a tensor", dimension, 1, INT32_MAX);
    tensor.shape[static_cast<size_t>(i)] = dimension;
    elements *= static_cast<uint64_t>(dimension);
    CheckRange(file, "the number of a tensor's elements", static_cast<int64_t>(elements), 1, INT32_MAX);
  }
  tensor.name.resize(static_cast<size_t>(name_bytes));
  if (!file.Read(tensor.name.data(), tensor.name.size())) Truncated(file, "in the tensor table");
  if (static_cast<uint64_t>(tensor.shape[0]) % tensor.type->block_size != 0) {
    Invalid(file, "is damaged: rows of tensor " + Printable(tensor.name) + " are no multiple of " +
                      std::to_string(tensor.type->block_size));
  }
  tensor.bytes = elements / tensor.type->block_size * tensor.type->block_bytes;
  return tensor;
}

void SkipTensorData(FileReader& file, const TensorHeader& tensor) {
  if (!file.Skip(tensor.bytes)) Truncated(file, "in the weights of " + Printable(tensor.name));
}

// Reads the tensor table to the end of the file; gives the bytes of the weights.
uint64_t ReadTensors(FileReader& file, const std::unordered_map<std::string, TensorLayout>& expected) {
  std::unordered_set<std::string> seen;
  uint64_t bytes = 0;
  if (file.remaining() == 0) Invalid(file, "holds no weights; it is an empty test model or was cut off");
  while (file.remaining() > 0) {
    const TensorHeader tensor = ReadTensorHeader(file);
    const auto found = expected.find(tensor.name);
    if (found == expected.end()) Invalid(file, "has an unknown tensor " + Printable(tensor.name));
    if (!seen.insert(tensor.name).second) Invalid(file, "has tensor " + tensor.name + " twice");
    const TensorLayout& layout = found->second;
    for (size_t i = 0; i < tensor.shape.size(); ++i) {
      if (tensor.shape[i] != (i < layout.shape.size() ? layout.shape[i] : 1)) {
        Invalid(file, "is damaged: tensor " + tensor.name + " has the shape " + ShapeText(tensor.shape.data(), 4) +
                          ", expected " + ShapeText(layout.shape.data(), layout.shape.size()));
      }
    }
    if (tensor.type != layout.type) {
      Invalid(file,
              "is damaged: tensor " + tensor.name + " is " + tensor.type->name + ", expected " + layout.type->name);
    }
    SkipTensorData(file, tensor);
    bytes += tensor.bytes;
  }
  if (seen.size() != expected.size()) {
    for (const auto& [name, layout] : expected) {
      if (seen.count(name) == 0) Truncated(file, "before tensor " + name);
    }
  }
  return bytes;
}

// ---- Whisper ----

WhisperHyperparameters ReadWhisperHyperparameters(FileReader& file) {
  const auto hyperparameters = Take<WhisperHyperparameters>(file, "in its header");
  const WhisperHyperparameters& h = hyperparameters;
  if (h.n_vocab != kEnglishVocabulary && h.n_vocab != kFirstMultilingualVocabulary &&
      h.n_vocab != kLastMultilingualVocabulary) {
    Invalid(file,
            "is damaged: n_vocab is " + std::to_string(h.n_vocab) + ", a Whisper model has 51864 to 51866 tokens");
  }
  CheckRange(file, "n_audio_ctx", h.n_audio_ctx, kAudioContext, kAudioContext);
  CheckRange(file, "n_text_ctx", h.n_text_ctx, kTextContext, kTextContext);
  CheckRange(file, "n_audio_state", h.n_audio_state, 1, kMaxState);
  CheckRange(file, "n_text_state", h.n_text_state, h.n_audio_state, h.n_audio_state);
  CheckRange(file, "n_audio_layer", h.n_audio_layer, 1, kMaxLayers);
  CheckRange(file, "n_text_layer", h.n_text_layer, 1, kMaxLayers);
  CheckRange(file, "n_audio_head", h.n_audio_head, 1, h.n_audio_state);
  CheckRange(file, "n_text_head", h.n_text_head, 1, h.n_text_state);
  // Attention splits a state into heads of equal size, and its kernels work on whole 16-byte rows.
  CheckRange(file, "n_audio_state modulo n_audio_head", h.n_audio_state % h.n_audio_head, 0, 0);
  CheckRange(file, "n_text_state modulo n_text_head", h.n_text_state % h.n_text_head, 0, 0);
  CheckRange(file, "the size of an audio head modulo 8", h.n_audio_state / h.n_audio_head % 8, 0, 0);
  CheckRange(file, "the size of a text head modulo 8", h.n_text_state / h.n_text_head % 8, 0, 0);
  if (h.n_mels != 80 && h.n_mels != 128) {
    Invalid(file, "is damaged: n_mels is " + std::to_string(h.n_mels) + ", expected 80 or 128");
  }
  return hyperparameters;
}

const GgmlType& WhisperWeightType(const FileReader& file, int32_t ftype) {
  const int32_t version = ftype / kQuantizationVersionFactor;
  const GgmlType* type = ftype < 0 ? nullptr : GgmlTypeOfFile(ftype % kQuantizationVersionFactor);
  if (type == nullptr || version > 2) {
    Invalid(file, "is damaged or of a newer kind: ftype " + std::to_string(ftype) +
                      " is none that whisper.cpp reads (f16, q4_0 to q8_0, q2_k to q6_k)");
  }
  if (type == &GgmlF32()) {
    // Its convolution kernels assert 16-bit weights.
    throw Error(ErrorCode::kModelUnsupported, "Model file " + file.path() +
                                                  " holds f32 weights, which whisper.cpp cannot compute; convert it to "
                                                  "f16 or quantize it.");
  }
  return *type;
}

void ReadMelFilters(FileReader& file, int32_t n_mels) {
  const auto bands = Take<int32_t>(file, "in the mel filters");
  const auto bins = Take<int32_t>(file, "in the mel filters");
  CheckRange(file, "the number of mel bands of the filters", bands, n_mels, n_mels);
  CheckRange(file, "the number of Fourier bins of the filters", bins, kFourierBins, kFourierBins);
  if (!file.Skip(static_cast<uint64_t>(bands) * static_cast<uint64_t>(bins) * sizeof(float))) {
    Truncated(file, "in the mel filters");
  }
}

void ReadVocabulary(FileReader& file, int32_t n_vocab) {
  const auto tokens = Take<int32_t>(file, "in the vocabulary");
  CheckRange(file, "the number of tokens listed", tokens, kTextTokens, n_vocab);
  // The engine looks up the token of a single space to suppress blank output.
  bool has_space = false;
  for (int32_t i = 0; i < tokens; ++i) {
    const auto bytes = Take<uint32_t>(file, "in the vocabulary");
    CheckRange(file, "the length of a token", bytes, 0, kMaxTokenBytes);
    if (bytes == 1) {
      has_space |= Take<char>(file, "in the vocabulary") == ' ';
    } else if (!file.Skip(bytes)) {
      Truncated(file, "in the vocabulary");
    }
  }
  if (!has_space) Invalid(file, "is damaged: its vocabulary has no token for a space");
}

ModelInspection InspectWhisper(FileReader& file) {
  const WhisperHyperparameters h = ReadWhisperHyperparameters(file);
  const GgmlType& type = WhisperWeightType(file, h.ftype);
  CheckRange(file, "n_text_state modulo the quantization's block",
             h.n_text_state % static_cast<int32_t>(type.block_size), 0, 0);
  ReadMelFilters(file, h.n_mels);
  ReadVocabulary(file, h.n_vocab);
  ModelInspection inspection;
  inspection.format = ModelFormat::kWhisperGgml;
  inspection.bytes = ReadTensors(file, WhisperTensors(h, type));
  inspection.multilingual = h.n_vocab >= kFirstMultilingualVocabulary;
  inspection.languages = WhisperLanguages(h.n_vocab);
  inspection.quantization = type.name;
  inspection.dimensions = {
      {"vocabulary", h.n_vocab},       {"melBands", h.n_mels},         {"audioContext", h.n_audio_ctx},
      {"audioState", h.n_audio_state}, {"audioHeads", h.n_audio_head}, {"audioLayers", h.n_audio_layer},
      {"textContext", h.n_text_ctx},   {"textState", h.n_text_state},  {"textHeads", h.n_text_head},
      {"textLayers", h.n_text_layer},
  };
  return inspection;
}

// ---- Silero ----

constexpr char kSileroPrefix[] = "silero";

bool IsSilero(FileReader& file) {
  return file.Peek(sizeof(uint32_t) + sizeof(int32_t), sizeof(kSileroPrefix) - 1) == kSileroPrefix;
}

ModelInspection InspectSilero(FileReader& file) {
  const auto type_bytes = Take<int32_t>(file, "in its header");
  CheckRange(file, "the length of the model type", type_bytes, sizeof(kSileroPrefix) - 1, 64);
  if (!file.Skip(static_cast<uint64_t>(type_bytes))) Truncated(file, "in its header");
  Take<std::array<int32_t, 3>>(file, "in its header");  // The version.
  const auto h = Take<SileroHyperparameters>(file, "in its header");
  const auto check = [&file](const char* name, int32_t value, int32_t expected) {
    CheckRange(file, name, value, expected, expected);
  };
  check("the window", h.window, kSilero.window);
  check("the context", h.context, kSilero.context);
  check("the number of layers", h.n_layers, kSilero.n_layers);
  for (size_t i = 0; i < std::size(h.layers); ++i) {
    check("the input of a layer", h.layers[i].in, kSilero.layers[i].in);
    check("the output of a layer", h.layers[i].out, kSilero.layers[i].out);
    check("the kernel of a layer", h.layers[i].kernel, kSilero.layers[i].kernel);
  }
  check("the input of the LSTM", h.lstm_in, kSilero.lstm_in);
  check("the state of the LSTM", h.lstm_state, kSilero.lstm_state);
  check("the input of the last layer", h.final_in, kSilero.final_in);
  check("the output of the last layer", h.final_out, kSilero.final_out);
  ModelInspection inspection;
  inspection.format = ModelFormat::kSileroGgml;
  inspection.bytes = ReadTensors(file, SileroTensors());
  inspection.quantization = GgmlF16().name;
  inspection.dimensions = {{"window", h.window}, {"context", h.context}, {"layers", h.n_layers}};
  return inspection;
}

}  // namespace

ModelInspection InspectGgmlFile(FileReader& file) {
  file.Rewind();
  uint32_t magic = 0;
  if (!file.ReadValue(&magic) || magic != kMagic) {
    Invalid(file, DescribeForeignContent(file.Peek(0, 512), file.size()));
  }
  ModelInspection inspection = IsSilero(file) ? InspectSilero(file) : InspectWhisper(file);
  file.Rewind();
  return inspection;
}

}  // namespace voicelingua
