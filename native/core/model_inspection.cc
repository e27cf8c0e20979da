#include "core/model_inspection.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <filesystem>

#include "core/ct2_folder.h"
#include "core/errors.h"
#include "core/file_reader.h"
#include "core/ggml_file.h"

namespace voicelingua {
namespace {

bool StartsWith(const std::string& text, const char* prefix) { return text.rfind(prefix, 0) == 0; }

bool IsText(const std::string& head) {
  const auto is_text = [](unsigned char byte) { return byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t'; };
  return std::all_of(head.begin(), head.end(), is_text) &&
         std::any_of(head.begin(), head.end(), [](unsigned char byte) { return std::isalpha(byte) != 0; });
}

}  // namespace

const char* ModelFormatName(ModelFormat format) {
  switch (format) {
    case ModelFormat::kWhisperGgml:
      return "whisper-ggml";
    case ModelFormat::kCt2Whisper:
      return "ct2-whisper";
    case ModelFormat::kCt2Seq2Seq:
      return "ct2-seq2seq";
    case ModelFormat::kSileroGgml:
      return "silero-ggml";
  }
  return "unknown";
}

std::string DescribeForeignContent(const std::string& head, uint64_t size) {
  if (size == 0) return "is empty; the download was probably interrupted";
  std::string lower = head.substr(0, 64);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  lower.erase(0, lower.find_first_not_of(" \r\n\t\xEF\xBB\xBF"));
  if (StartsWith(lower, "<!doctype html") || StartsWith(lower, "<html")) {
    return "is an HTML page saved under a model's name; download the file itself, not the page about it";
  }
  if (StartsWith(lower, "version https://git-lfs")) {
    return "is a Git LFS pointer, not the model; fetch the content with `git lfs pull`";
  }
  if (StartsWith(lower, "<?xml")) return "is an XML document, probably a server's error message";
  if (StartsWith(head, "GGUF")) return "is a GGUF file; this engine reads the older ggml files (ggml-*.bin)";
  if (StartsWith(head, "PK\x03\x04")) return "is a zip archive or a PyTorch checkpoint; convert it to ggml first";
  if (StartsWith(head, "\x1F\x8B")) return "is gzip-compressed; unpack it first";
  if (StartsWith(lower, "{")) return "is a JSON document, not a model";
  if (size < 44) return "has only " + std::to_string(size) + " bytes; the download was probably interrupted";
  if (IsText(head)) return "is a text file, not a model";
  return "is neither a ggml model nor part of a CTranslate2 folder";
}

ModelInspection InspectModel(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw Error(ErrorCode::kModelNotFound, "Model " + path + " does not exist.");
  }
  if (std::filesystem::is_directory(status)) return Ct2Folder(path).Inspect();
  FileReader file(path);
  return InspectGgmlFile(file);
}

}  // namespace voicelingua
