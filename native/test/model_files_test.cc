#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "core/file_reader.h"
#include "core/model_inspection.h"
#include "test/check.h"
#include "test/models.h"

namespace voicelingua::test {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

void WriteFile(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

// True when the model is accepted; refusals must have one of the three codes.
bool Accepted(const std::string& path) {
  try {
    InspectModel(path);
    return true;
  } catch (const Error& error) {
    const ErrorCode code = error.code();
    CHECK(code == ErrorCode::kModelInvalid || code == ErrorCode::kModelUnsupported ||
          code == ErrorCode::kModelNotFound);
    return false;
  }
}

constexpr uint32_t kSeed = 20261123;

}  // namespace

TEST(ValidModelsAreAccepted) {
  CHECK(InspectModel(g_models.whisper_file).format == ModelFormat::kWhisperGgml);
  CHECK(InspectModel(g_models.ct2_folder).format == ModelFormat::kCt2Seq2Seq);
  CHECK(CodeOf([] { InspectModel(g_models.scratch + "/missing"); }) == ErrorCode::kModelNotFound);
}

TEST(MutantsOfAWhisperHeader) {
  const std::string bytes = ReadFile(g_models.whisper_file);
  const std::string path = g_models.scratch + "/mutant.bin";
  std::mt19937 random(kSeed);
  for (int i = 0; i < 300; ++i) {
    std::string mutant = bytes.substr(0, i % 3 == 0 ? random() % bytes.size() : bytes.size());
    for (int j = 0; j < 3 && !mutant.empty(); ++j) {
      const size_t range = std::min<size_t>(mutant.size(), j == 0 ? 64 : mutant.size());
      mutant[random() % range] = static_cast<char>(random());
    }
    WriteFile(path, mutant);
    Accepted(path);
  }
}

TEST(MutantsOfAModelBin) {
  const std::string folder = g_models.scratch + "/mutant";
  std::filesystem::copy(g_models.ct2_folder, folder,
                        std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  std::mt19937 random(kSeed);
  for (const char* name : {"model.bin", "config.json", "shared_vocabulary.json"}) {
    const std::string bytes = ReadFile(g_models.ct2_folder + "/" + name);
    for (int i = 0; i < 400; ++i) {
      std::string mutant = bytes.substr(0, i % 4 == 0 ? random() % bytes.size() : bytes.size());
      for (int j = 0; j < 3 && !mutant.empty(); ++j) mutant[random() % mutant.size()] = static_cast<char>(random());
      WriteFile(folder + "/" + name, mutant);
      Accepted(folder);
    }
    WriteFile(folder + "/" + name, bytes);
  }
  CHECK(Accepted(folder));
}

TEST(ReadsStayInsideTheFile) {
  const std::string path = g_models.scratch + "/short";
  WriteFile(path, std::string(100'000, 'x'));
  FileReader file(path);
  std::string buffer(200'000, ' ');
  CHECK(!file.Read(buffer.data(), 100'001));
  CHECK(file.offset() == 0);
  CHECK(file.Read(buffer.data(), 99'999) && file.remaining() == 1);
  CHECK(!file.Skip(2) && file.Skip(1) && file.remaining() == 0);
  uint32_t value = 0;
  CHECK(!file.ReadValue(&value));
  CHECK(file.Peek(99'998, 64) == "xx");
  file.Rewind();
  CHECK(file.Skip(65'530) && file.Read(buffer.data(), 20) && buffer.substr(0, 20) == std::string(20, 'x'));
}

TEST(AFileCutOffWhileReadingIsNotReadBeyond) {
  const std::string path = g_models.scratch + "/shrinking";
  WriteFile(path, std::string(200'000, 'x'));
  FileReader file(path);
  std::filesystem::resize_file(path, 1000);
  std::string buffer(200'000, ' ');
  CHECK(!file.Read(buffer.data(), buffer.size()));
}

}  // namespace voicelingua::test
