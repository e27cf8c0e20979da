#ifndef VOICELINGUA_CORE_TRANSLATOR_REPLICA_H_
#define VOICELINGUA_CORE_TRANSLATOR_REPLICA_H_

#include <ctranslate2/decoding_utils.h>
#include <ctranslate2/models/sequence_to_sequence.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace voicelingua {

// CTranslate2's replica of a transformer, with two differences. Rows of a batch with the same source are encoded once:
// one sentence in nine languages is nine rows, and only the first token that the decoder is given differs. And the
// output can be kept to a list of tokens and those of the source, whose part of the last layer alone is computed.
// Tokens and scores are else those of the engine's own.
class TranslatorReplica : public ctranslate2::models::EncoderDecoderReplica {
 public:
  explicit TranslatorReplica(const std::shared_ptr<const ctranslate2::models::SequenceToSequenceModel>& model);

  // Ids that the next translations may use, sorted and each once; empty for all. What the engine itself needs is added,
  // and for each row the tokens of its own source and prefix: what a row may say does not depend on the others.
  void Restrict(std::vector<size_t> ids);

  // Rows of the translations so far, and sources that were encoded for them.
  size_t rows() const { return rows_; }
  size_t encoded() const { return encoded_; }

 protected:
  std::vector<ctranslate2::TranslationResult> run_translation(
      const std::vector<std::vector<std::string>>& source, const std::vector<std::vector<std::string>>& target_prefix,
      const ctranslate2::TranslationOptions& options) override;

 private:
  struct Encoded;
  Encoded Encode(const std::vector<std::vector<std::string>>& source, size_t max_length);
  // What keeps each row to its own tokens, where others may say more; null where none may.
  std::shared_ptr<ctranslate2::LogitsProcessor> RestrictOutput(const std::vector<std::vector<std::string>>& source,
                                                               const std::vector<std::vector<size_t>>& prefixes);
  void SelectOutput(std::vector<size_t> ids);

  const std::shared_ptr<const ctranslate2::models::SequenceToSequenceModel> model_;
  std::vector<size_t> allowed_;
  // What the output layer is kept to now; empty for the whole.
  std::vector<size_t> restricted_;
  size_t rows_ = 0;
  size_t encoded_ = 0;
};

// The replica above where the model is a plain transformer, else the engine's own.
std::unique_ptr<ctranslate2::models::SequenceToSequenceReplica> OpenReplica(
    const std::shared_ptr<const ctranslate2::models::SequenceToSequenceModel>& model);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_TRANSLATOR_REPLICA_H_
