#ifndef VOICELINGUA_CORE_CT2_FOLDER_H_
#define VOICELINGUA_CORE_CT2_FOLDER_H_

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/ct2_transformer.h"
#include "core/ct2_whisper_config.h"
#include "core/model_inspection.h"
#include "core/whisper_vocabulary.h"

namespace voicelingua {

// What a Whisper folder holds beside its weights.
struct Ct2WhisperParts {
  Ct2WhisperSize size;
  std::unique_ptr<WhisperVocabulary> vocabulary;
  Ct2WhisperConfig config;
};

// A folder written by a CTranslate2 converter: model.bin, config.json and its vocabulary files.
class Ct2Folder {
 public:
  explicit Ct2Folder(std::string path);

  // Validates every file that CTranslate2 would read. Throws kModelInvalid naming the file that is damaged or missing,
  // kModelUnsupported for a kind of model that is no translator and no Whisper.
  ModelInspection Inspect() const;

  // The same for a folder of Whisper; kModelUnsupported for another.
  Ct2WhisperParts ReadWhisper() const;

  // Changes when any of the files does.
  std::string Fingerprint() const;

 private:
  struct Config {
    bool present = false;
    std::string unknown_token = "<unk>";
    std::vector<std::string> needed_tokens;
  };
  struct Vocabulary {
    std::string file;
    int64_t size = 0;
    int64_t language_tokens = 0;
    std::unordered_set<std::string> tokens;
    // In the order of ids; filled when `ordered` is set.
    bool ordered = false;
    std::vector<std::string> list;
  };

  std::string FilePath(const std::string& name) const { return path_ + "/" + name; }
  bool HasFile(const std::string& name) const;
  std::string ReadText(const std::string& name) const;
  Config ReadConfig(bool required, bool seq2seq) const;
  // `stem` without .json or .txt, as the engine looks for it; no size when neither exists.
  bool ReadVocabulary(const std::string& stem, Vocabulary* vocabulary) const;
  void CheckVocabulary(const Vocabulary& vocabulary, const Config& config, int64_t rows, bool target) const;
  ModelInspection InspectTransformer(class FileReader& file, const class Ct2Binary& binary) const;
  Ct2WhisperParts ReadWhisperParts(const class Ct2Binary& binary) const;
  ModelInspection InspectWhisper(const class Ct2Binary& binary) const;

  std::string path_;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_CT2_FOLDER_H_
