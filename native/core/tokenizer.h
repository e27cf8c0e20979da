#ifndef VOICELINGUA_CORE_TOKENIZER_H_
#define VOICELINGUA_CORE_TOKENIZER_H_

#include <memory>
#include <string>
#include <vector>

struct vlr_spm;

namespace voicelingua {

// A SentencePiece model. Immutable.
class Tokenizer {
 public:
  // Throws kModelNotFound, kModelInvalid or kModelUnsupported.
  explicit Tokenizer(const std::string& path);

  std::vector<std::string> Tokenize(const std::string& text) const;
  std::string Detokenize(const std::vector<std::string>& pieces) const;

 private:
  std::unique_ptr<vlr_spm, void (*)(vlr_spm*)> model_;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_TOKENIZER_H_
