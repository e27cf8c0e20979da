#include "core/ct2_binary.h"

#include <algorithm>

#include "core/errors.h"
#include "core/model_inspection.h"

namespace voicelingua {
namespace {

constexpr uint32_t kNewestVersion = 6;
// Beyond this the first four bytes are no version but some other file's content.
constexpr uint32_t kPlausibleVersion = 64;
constexpr uint32_t kMaxVariables = 1 << 20;
constexpr size_t kMaxRank = 4;
constexpr size_t kMaxNameBytes = 512;
constexpr uint64_t kTypeBytes[] = {4, 1, 2, 4, 2, 2};

[[noreturn]] void Damaged(const FileReader& file, const std::string& what) {
  throw Error(ErrorCode::kModelInvalid,
              "Model file " + file.path() + " is damaged: " + what + ". Download or convert the model again.");
}

template <typename T>
T Take(FileReader& file) {
  T value;
  if (!file.ReadValue(&value)) Damaged(file, "it ends early, at byte " + std::to_string(file.offset()));
  return value;
}

std::string TakeString(FileReader& file) {
  const auto size = Take<uint16_t>(file);
  if (size < 1 || size > kMaxNameBytes) Damaged(file, "a name has " + std::to_string(size) + " bytes");
  std::string text(size, '\0');
  if (!file.Read(text.data(), text.size())) Damaged(file, "it ends early, in a name");
  if (text.back() != '\0') Damaged(file, "a name does not end");
  text.pop_back();
  const bool printable = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
  if (!printable) Damaged(file, "a name is not text");
  return text;
}

Ct2Type TypeOfItemSize(const FileReader& file, uint8_t item_size) {
  switch (item_size) {
    case 4:
      return Ct2Type::kFloat32;
    case 2:
      return Ct2Type::kInt16;
    case 1:
      return Ct2Type::kInt8;
    default:
      Damaged(file, "an element has " + std::to_string(item_size) + " bytes");
  }
}

std::optional<int64_t> TakeScalar(FileReader& file, Ct2Type type) {
  switch (type) {
    case Ct2Type::kInt8:
      return Take<int8_t>(file);
    case Ct2Type::kInt16:
      return Take<int16_t>(file);
    case Ct2Type::kInt32:
      return Take<int32_t>(file);
    default:
      file.Skip(kTypeBytes[static_cast<size_t>(type)]);
      return std::nullopt;
  }
}

}  // namespace

const char* Ct2TypeName(Ct2Type type) {
  static constexpr const char* kNames[] = {"float32", "int8", "int16", "int32", "float16", "bfloat16"};
  return kNames[static_cast<size_t>(type)];
}

int64_t Ct2Variable::size() const {
  int64_t product = 1;
  for (const int64_t dimension : shape) product *= dimension;
  return product;
}

Ct2Binary::Ct2Binary(FileReader& file) {
  file.Rewind();
  if (!file.ReadValue(&version_) || version_ < 1 || version_ > kPlausibleVersion) {
    throw Error(ErrorCode::kModelInvalid,
                "Model file " + file.path() + " " + DescribeForeignContent(file.Peek(0, 512), file.size()) + ".");
  }
  if (version_ > kNewestVersion) {
    throw Error(ErrorCode::kModelUnsupported, "Model file " + file.path() + " has the binary version " +
                                                  std::to_string(version_) + "; this build reads up to " +
                                                  std::to_string(kNewestVersion) +
                                                  ". Convert the model with an older CTranslate2.");
  }
  if (version_ >= 2) {
    spec_ = TakeString(file);
    revision_ = Take<uint32_t>(file);
  }
  const auto count = Take<uint32_t>(file);
  if (count == 0 || count > kMaxVariables) Damaged(file, "it announces " + std::to_string(count) + " variables");
  for (uint32_t i = 0; i < count; ++i) ReadVariable(file);
  if (version_ >= 3) ReadAliases(file);
  if (file.remaining() > 0) Damaged(file, std::to_string(file.remaining()) + " bytes follow its end");
}

void Ct2Binary::ReadVariable(FileReader& file) {
  const std::string name = TakeString(file);
  const size_t rank = Take<uint8_t>(file);
  if (rank > kMaxRank) Damaged(file, "variable " + name + " has " + std::to_string(rank) + " dimensions");
  Ct2Variable variable;
  uint64_t elements = 1;
  for (size_t i = 0; i < rank; ++i) {
    const auto dimension = Take<uint32_t>(file);
    elements *= dimension;
    if (dimension == 0 || dimension > INT32_MAX || elements > file.size()) {
      Damaged(file, "variable " + name + " has an impossible shape");
    }
    variable.shape.push_back(dimension);
  }
  uint64_t bytes = 0;
  if (version_ >= 4) {
    const auto type = Take<uint8_t>(file);
    if (type > static_cast<uint8_t>(Ct2Type::kBFloat16)) {
      Damaged(file, "variable " + name + " has the unknown type " + std::to_string(type));
    }
    variable.type = static_cast<Ct2Type>(type);
    bytes = Take<uint32_t>(file);
  } else {
    const auto item_size = Take<uint8_t>(file);
    variable.type = TypeOfItemSize(file, item_size);
    bytes = static_cast<uint64_t>(Take<uint32_t>(file)) * item_size;
  }
  const uint64_t expected = elements * kTypeBytes[static_cast<size_t>(variable.type)];
  if (bytes != expected) {
    Damaged(file,
            "variable " + name + " has " + std::to_string(bytes) + " bytes, expected " + std::to_string(expected));
  }
  if (bytes > file.remaining()) Damaged(file, "it ends early, in variable " + name);
  if (rank == 0) {
    variable.scalar = TakeScalar(file, variable.type);
  } else {
    file.Skip(bytes);
  }
  weight_bytes_ += bytes;
  if (!variables_.emplace(name, std::move(variable)).second) Damaged(file, "variable " + name + " comes twice");
}

void Ct2Binary::ReadAliases(FileReader& file) {
  const auto count = Take<uint32_t>(file);
  if (count > kMaxVariables) Damaged(file, "it announces " + std::to_string(count) + " aliases");
  for (uint32_t i = 0; i < count; ++i) {
    std::string alias = TakeString(file);
    std::string name = TakeString(file);
    if (variables_.count(name) == 0) Damaged(file, "alias " + alias + " stands for the missing variable " + name);
    // CTranslate2 lets the quantization scale follow its weight.
    aliases_.emplace(alias + "_scale", name + "_scale");
    aliases_.emplace(std::move(alias), std::move(name));
  }
}

const Ct2Variable* Ct2Binary::Find(const std::string& name) const {
  const auto alias = aliases_.find(name);
  const auto found = variables_.find(alias == aliases_.end() ? name : alias->second);
  return found == variables_.end() ? nullptr : &found->second;
}

}  // namespace voicelingua
