#include "core/file_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "core/errors.h"

namespace voicelingua {
namespace {

constexpr size_t kBufferSize = 64 * 1024;

std::string SystemMessage(int error) { return std::generic_category().message(error); }

}  // namespace

FileReader::FileReader(const std::string& path) : path_(path) {
  // Not blocking: opening a FIFO for reading would otherwise wait for a writer.
  descriptor_ = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) {
    throw Error(ErrorCode::kModelNotFound, "Model file " + path + " cannot be opened: " + SystemMessage(errno) + ".");
  }
  struct stat status;
  if (fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(descriptor_);
    throw Error(ErrorCode::kModelInvalid, "Model file " + path + " is not a regular file.");
  }
  size_ = static_cast<uint64_t>(status.st_size);
}

FileReader::~FileReader() { close(descriptor_); }

size_t FileReader::ReadAt(uint64_t offset, char* destination, size_t count) const {
  size_t done = 0;
  while (done < count) {
    const ssize_t got = pread(descriptor_, destination + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      throw Error(ErrorCode::kModelInvalid, "Reading " + path_ + " failed: " + SystemMessage(errno) + ".");
    }
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

std::string FileReader::Peek(uint64_t offset, size_t count) {
  std::string bytes(count, '\0');
  bytes.resize(ReadAt(offset, bytes.data(), count));
  return bytes;
}

bool FileReader::Read(void* destination, size_t count) {
  if (count > remaining()) return false;
  auto* out = static_cast<char*>(destination);
  while (count > 0) {
    const bool buffered = offset_ >= buffer_start_ && offset_ < buffer_start_ + buffer_size_;
    if (buffered) {
      const size_t at = static_cast<size_t>(offset_ - buffer_start_);
      const size_t take = std::min(count, buffer_size_ - at);
      std::memcpy(out, buffer_.data() + at, take);
      out += take;
      offset_ += take;
      count -= take;
    } else if (count >= kBufferSize) {
      if (ReadAt(offset_, out, count) != count) return false;
      offset_ += count;
      count = 0;
    } else {
      buffer_.resize(kBufferSize);
      buffer_start_ = offset_;
      buffer_size_ = ReadAt(offset_, buffer_.data(), kBufferSize);
      if (buffer_size_ == 0) return false;
    }
  }
  return true;
}

bool FileReader::Skip(uint64_t count) {
  if (count > remaining()) return false;
  offset_ += count;
  return true;
}

void FileReader::Rewind() { offset_ = 0; }

std::string FileFingerprint(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return "";
#ifdef __APPLE__
  const auto& modified = status.st_mtimespec;
#else
  const auto& modified = status.st_mtim;
#endif
  return std::to_string(status.st_size) + ":" + std::to_string(modified.tv_sec) + "." +
         std::to_string(modified.tv_nsec) + ":" + std::to_string(status.st_ino);
}

}  // namespace voicelingua
