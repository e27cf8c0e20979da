#include "core/ct2_folder.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/ct2_binary.h"
#include "core/ct2_transformer.h"
#include "core/errors.h"
#include "core/file_reader.h"

namespace voicelingua {
namespace {

constexpr char kModelFile[] = "model.bin";
constexpr char kConfigFile[] = "config.json";
constexpr char kPreprocessorFile[] = "preprocessor_config.json";
constexpr uint64_t kMaxTextFile = 256u << 20;
// Of the engine that is linked; a newer revision means a newer converter.
constexpr uint32_t kTransformerRevision = 7;
constexpr uint32_t kWhisperRevision = 3;
// Since this version the special tokens stand in config.json, before in model.bin.
constexpr uint32_t kConfigVersion = 6;

// `__de__` of M2M100, `>>deu<<` of OPUS, `deu_Latn` of NLLB.
bool IsLanguageToken(const std::string& token) {
  const auto lower = [&](size_t from, size_t to) {
    return std::all_of(token.begin() + static_cast<std::ptrdiff_t>(from),
                       token.begin() + static_cast<std::ptrdiff_t>(to),
                       [](unsigned char c) { return std::islower(c) || c == '_'; });
  };
  const size_t size = token.size();
  if (size >= 6 && size <= 12 && token.compare(0, 2, "__") == 0 && token.compare(size - 2, 2, "__") == 0) {
    return lower(2, size - 2);
  }
  if (size >= 6 && token.compare(0, 2, ">>") == 0 && token.compare(size - 2, 2, "<<") == 0) return true;
  return size == 8 && token[3] == '_' && lower(0, 3) && std::isupper(static_cast<unsigned char>(token[4])) &&
         lower(5, 8);
}

std::string QuantizationOf(const Ct2Binary& binary, const std::string& weight, const std::string& other) {
  const Ct2Variable* matrix = binary.Find(weight);
  const Ct2Variable* vector = binary.Find(other);
  std::string name = matrix == nullptr ? "float32" : Ct2TypeName(matrix->type);
  if (vector != nullptr && vector->type != Ct2Type::kFloat32 && name != Ct2TypeName(vector->type)) {
    name += std::string("_") + Ct2TypeName(vector->type);
  }
  return name;
}

}  // namespace

Ct2Folder::Ct2Folder(std::string path) : path_(std::move(path)) {}

bool Ct2Folder::HasFile(const std::string& name) const {
  std::error_code error;
  return std::filesystem::exists(FilePath(name), error);
}

std::string Ct2Folder::Fingerprint() const {
  std::string fingerprint = FileFingerprint(FilePath(kModelFile)) + "|" + FileFingerprint(FilePath(kConfigFile)) + "|" +
                            FileFingerprint(FilePath(kPreprocessorFile));
  for (const char* stem : {"shared_vocabulary", "source_vocabulary", "target_vocabulary", "vocabulary"}) {
    for (const char* extension : {".json", ".txt"}) {
      fingerprint += "|" + FileFingerprint(FilePath(std::string(stem) + extension));
    }
  }
  return fingerprint;
}

std::string Ct2Folder::ReadText(const std::string& name) const {
  FileReader file(FilePath(name));
  if (file.size() > kMaxTextFile) {
    throw Error(ErrorCode::kModelInvalid,
                "Model file " + file.path() + " is damaged: it is too large for a " + name + ".");
  }
  std::string text(static_cast<size_t>(file.size()), '\0');
  if (!file.Read(text.data(), text.size())) {
    throw Error(ErrorCode::kModelInvalid, "Model file " + file.path() + " changed while it was read.");
  }
  return text;
}

Ct2Folder::Config Ct2Folder::ReadConfig(bool required, bool seq2seq) const {
  Config config;
  if (!HasFile(kConfigFile)) {
    if (!required) return config;
    throw Error(ErrorCode::kModelInvalid,
                "Model folder " + path_ + " has no config.json; download or convert it again.");
  }
  config.present = true;
  const auto damaged = [this](const std::string& what) {
    return Error(ErrorCode::kModelInvalid, "Model file " + FilePath(kConfigFile) + " is damaged: " + what + ".");
  };
  nlohmann::json json;
  try {
    json = nlohmann::json::parse(ReadText(kConfigFile));
  } catch (const nlohmann::json::exception& error) {
    throw damaged("it is not JSON");
  }
  if (!json.is_object()) throw damaged("it is not a JSON object");
  if (json.contains("quantization_type") && json["quantization_type"] != 0) {
    throw Error(ErrorCode::kModelUnsupported,
                "Model folder " + path_ + " is quantized with AWQ, which needs another build of CTranslate2.");
  }
  if (!seq2seq || !required) return config;
  for (const char* key : {"unk_token", "bos_token", "eos_token"}) {
    if (!json.contains(key) || !json[key].is_string()) throw damaged(std::string(key) + " is missing or not a string");
  }
  for (const char* key : {"add_source_bos", "add_source_eos"}) {
    if (!json.contains(key) || !json[key].is_boolean())
      throw damaged(std::string(key) + " is missing or not true or false");
  }
  config.unknown_token = json["unk_token"].get<std::string>();
  config.needed_tokens = {json["eos_token"].get<std::string>()};
  const auto start = json.find("decoder_start_token");
  if (start == json.end() || !(start->is_null() || start->is_string())) {
    throw damaged("decoder_start_token is missing or not a string");
  }
  if (start->is_string()) config.needed_tokens.push_back(start->get<std::string>());
  return config;
}

bool Ct2Folder::ReadVocabulary(const std::string& stem, Vocabulary* vocabulary) const {
  const bool json = HasFile(stem + ".json");
  if (!json && !HasFile(stem + ".txt")) return false;
  vocabulary->file = stem + (json ? ".json" : ".txt");
  const std::string text = ReadText(vocabulary->file);
  const auto add = [&](std::string token) {
    ++vocabulary->size;
    if (IsLanguageToken(token)) ++vocabulary->language_tokens;
    if (vocabulary->ordered) vocabulary->list.push_back(token);
    vocabulary->tokens.insert(std::move(token));
  };
  const auto damaged = [&](const std::string& what) {
    return Error(ErrorCode::kModelInvalid, "Model file " + FilePath(vocabulary->file) + " " + what + ".");
  };
  if (json) {
    nlohmann::json list;
    try {
      list = nlohmann::json::parse(text);
    } catch (const nlohmann::json::exception& error) {
      throw damaged("is damaged: it is not JSON");
    }
    const bool strings =
        list.is_array() && std::all_of(list.begin(), list.end(), [](const auto& item) { return item.is_string(); });
    if (!strings) throw damaged("is damaged: it is not a list of strings");
    for (auto& item : list) add(std::move(item.template get_ref<std::string&>()));
  } else {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) add(std::move(line));
  }
  if (vocabulary->size == 0) throw damaged("is empty; download or convert the model again");
  return true;
}

void Ct2Folder::CheckVocabulary(const Vocabulary& vocabulary, const Config& config, int64_t rows, bool target) const {
  // CTranslate2 appends the unknown token when the file lacks it.
  const int64_t size = vocabulary.size + (vocabulary.tokens.count(config.unknown_token) == 0 ? 1 : 0);
  const std::string path = FilePath(vocabulary.file);
  if (size != rows) {
    throw Error(ErrorCode::kModelInvalid, "Model file " + path + " does not belong to its model.bin: it lists " +
                                              std::to_string(size) + " tokens, the model has " + std::to_string(rows) +
                                              ". Download or convert the model again.");
  }
  if (!target) return;
  for (const std::string& token : config.needed_tokens) {
    if (vocabulary.tokens.count(token) == 0) {
      throw Error(ErrorCode::kModelInvalid, "Model file " + path + " lacks the token " + token + " of config.json.");
    }
  }
}

ModelInspection Ct2Folder::InspectTransformer(FileReader& file, const Ct2Binary& binary) const {
  if (binary.revision() == 1) {
    throw Error(ErrorCode::kModelUnsupported,
                "Model " + path_ + " was made by CTranslate2 1.x; convert it again with a current one.");
  }
  const Ct2TransformerSize size = CheckCt2Transformer(binary, file.path());
  const Config config = ReadConfig(binary.version() >= kConfigVersion, /*seq2seq=*/true);
  Vocabulary shared, source, target;
  if (ReadVocabulary("shared_vocabulary", &shared)) {
    CheckVocabulary(shared, config, size.source_vocabulary, /*target=*/false);
    CheckVocabulary(shared, config, size.target_vocabulary, /*target=*/true);
  } else {
    for (const auto& [stem, vocabulary, rows] :
         {std::make_tuple("source_vocabulary", &source, size.source_vocabulary),
          std::make_tuple("target_vocabulary", &target, size.target_vocabulary)}) {
      if (!ReadVocabulary(stem, vocabulary)) {
        throw Error(ErrorCode::kModelInvalid, "Model folder " + path_ + " has neither shared_vocabulary.json nor " +
                                                  stem + ".json (or .txt); download or convert it again.");
      }
      CheckVocabulary(*vocabulary, config, rows, vocabulary == &target);
    }
  }
  ModelInspection inspection;
  inspection.format = ModelFormat::kCt2Seq2Seq;
  inspection.bytes = binary.weight_bytes();
  inspection.multilingual = std::max(shared.language_tokens, target.language_tokens) > 1;
  inspection.dimensions = {
      {"sourceVocabulary", size.source_vocabulary}, {"targetVocabulary", size.target_vocabulary}, {"state", size.model},
      {"encoderLayers", size.encoder_layers},       {"decoderLayers", size.decoder_layers},
  };
  inspection.quantization = QuantizationOf(binary, "encoder/layer_0/self_attention/linear_0/weight",
                                           "encoder/layer_0/self_attention/linear_0/bias");
  return inspection;
}

Ct2WhisperParts Ct2Folder::ReadWhisperParts(const Ct2Binary& binary) const {
  Config config = ReadConfig(/*required=*/true, /*seq2seq=*/false);
  Ct2WhisperParts parts;
  parts.size = CheckCt2Whisper(binary, FilePath(kModelFile));
  Vocabulary vocabulary;
  vocabulary.ordered = true;
  if (!ReadVocabulary("vocabulary", &vocabulary)) {
    throw Error(ErrorCode::kModelInvalid,
                "Model folder " + path_ + " has no vocabulary.json (or .txt); download or convert it again.");
  }
  config.unknown_token = "<|endoftext|>";
  CheckVocabulary(vocabulary, config, parts.size.vocabulary, /*target=*/false);
  parts.vocabulary = std::make_unique<WhisperVocabulary>(vocabulary.list, FilePath(vocabulary.file));
  parts.config = ParseCt2WhisperConfig(ReadText(kConfigFile), FilePath(kConfigFile), parts.size, *parts.vocabulary);
  if (HasFile(kPreprocessorFile)) {
    CheckPreprocessorConfig(ReadText(kPreprocessorFile), FilePath(kPreprocessorFile), parts.size.mel_bands);
  }
  return parts;
}

Ct2WhisperParts Ct2Folder::ReadWhisper() const {
  FileReader file(FilePath(kModelFile));
  const Ct2Binary binary(file);
  if (binary.spec() != "WhisperSpec") {
    throw Error(ErrorCode::kModelUnsupported, "Model " + path_ + " is a " + binary.spec() + ", no Whisper.");
  }
  return ReadWhisperParts(binary);
}

ModelInspection Ct2Folder::InspectWhisper(const Ct2Binary& binary) const {
  const auto [size, vocabulary, config] = ReadWhisperParts(binary);
  ModelInspection inspection;
  inspection.format = ModelFormat::kCt2Whisper;
  inspection.bytes = binary.weight_bytes();
  inspection.multilingual = vocabulary->multilingual();
  inspection.languages = vocabulary->multilingual() ? vocabulary->languages() : std::vector<std::string>{"en"};
  inspection.dimensions = {
      {"vocabulary", vocabulary->size()}, {"melBands", size.mel_bands},
      {"audioState", size.audio_state},   {"audioLayers", size.audio_layers},
      {"textState", size.text_state},     {"textLayers", size.text_layers},
      {"textContext", size.text_context}, {"alignment", config.has_alignment_heads ? 1 : 0},
  };
  inspection.quantization = QuantizationOf(binary, "encoder/layer_0/self_attention/linear_0/weight",
                                           "encoder/layer_0/self_attention/linear_0/bias");
  return inspection;
}

ModelInspection Ct2Folder::Inspect() const {
  if (!HasFile(kModelFile)) {
    throw Error(
        ErrorCode::kModelInvalid,
        "Model folder " + path_ + " has no model.bin; it is no CTranslate2 model or its download is incomplete.");
  }
  FileReader file(FilePath(kModelFile));
  const Ct2Binary binary(file);
  const std::string& spec = binary.spec();
  const bool transformer =
      spec.empty() || spec == "TransformerSpec" || spec == "TransformerBase" || spec == "TransformerBig";
  if (!transformer && spec != "WhisperSpec") {
    throw Error(ErrorCode::kModelUnsupported,
                "Model " + path_ + " is a " + spec + "; only encoder-decoder Transformers and Whisper are used.");
  }
  if (binary.revision() > (transformer ? kTransformerRevision : kWhisperRevision)) {
    throw Error(ErrorCode::kModelUnsupported, "Model " + path_ + " has the revision " +
                                                  std::to_string(binary.revision()) +
                                                  ", newer than this build; convert it with an older CTranslate2.");
  }
  return transformer ? InspectTransformer(file, binary) : InspectWhisper(binary);
}

}  // namespace voicelingua
