#ifndef VOICELINGUA_CORE_CT2_BINARY_H_
#define VOICELINGUA_CORE_CT2_BINARY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/file_reader.h"

namespace voicelingua {

// CTranslate2's element types, by their number in the file.
enum class Ct2Type { kFloat32, kInt8, kInt16, kInt32, kFloat16, kBFloat16 };

const char* Ct2TypeName(Ct2Type type);

struct Ct2Variable {
  std::vector<int64_t> shape;
  Ct2Type type;
  // The value of an integer without dimensions: CTranslate2 stores attributes so.
  std::optional<int64_t> scalar;

  int64_t size() const;
};

// The table of contents of a model.bin, every entry checked against the size of the file.
class Ct2Binary {
 public:
  // Throws kModelInvalid when damaged, kModelUnsupported when made by a newer or a much older CTranslate2.
  explicit Ct2Binary(FileReader& file);

  uint32_t version() const { return version_; }
  const std::string& spec() const { return spec_; }
  uint32_t revision() const { return revision_; }
  uint64_t weight_bytes() const { return weight_bytes_; }
  const std::unordered_map<std::string, Ct2Variable>& variables() const { return variables_; }

  // Follows aliases; NULL when there is none.
  const Ct2Variable* Find(const std::string& name) const;

 private:
  void ReadVariable(FileReader& file);
  void ReadAliases(FileReader& file);

  uint32_t version_ = 0;
  std::string spec_;
  uint32_t revision_ = 1;
  uint64_t weight_bytes_ = 0;
  std::unordered_map<std::string, Ct2Variable> variables_;
  std::unordered_map<std::string, std::string> aliases_;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_CT2_BINARY_H_
