#ifndef VOICELINGUA_CORE_FILE_READER_H_
#define VOICELINGUA_CORE_FILE_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace voicelingua {

// A regular file of a model, read from front to back with small jumps; offsets are checked against its size.
// The descriptor stays open, so that what was validated is what is read later.
class FileReader {
 public:
  // Throws kModelNotFound, or kModelInvalid for what is not a regular file.
  explicit FileReader(const std::string& path);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  const std::string& path() const { return path_; }
  uint64_t size() const { return size_; }
  uint64_t offset() const { return offset_; }
  uint64_t remaining() const { return size_ - offset_; }

  // Up to `count` bytes from `offset`, fewer at the end of the file. Does not move the read position.
  std::string Peek(uint64_t offset, size_t count);

  // False, without moving, when fewer than `count` bytes are left.
  bool Read(void* destination, size_t count);
  bool Skip(uint64_t count);
  void Rewind();

  template <typename T>
  bool ReadValue(T* value) {
    return Read(value, sizeof(T));
  }

 private:
  size_t ReadAt(uint64_t offset, char* destination, size_t count) const;

  std::string path_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
  uint64_t offset_ = 0;
  std::vector<char> buffer_;
  uint64_t buffer_start_ = 0;
  size_t buffer_size_ = 0;
};

// "size:mtime:inode" of a file, empty when it is missing: tells whether a path still means the same bytes.
std::string FileFingerprint(const std::string& path);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_FILE_READER_H_
