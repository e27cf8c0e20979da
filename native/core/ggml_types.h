#ifndef VOICELINGUA_CORE_GGML_TYPES_H_
#define VOICELINGUA_CORE_GGML_TYPES_H_

#include <cstdint>

namespace voicelingua {

// How ggml stores one element type: `block_size` elements take `block_bytes` bytes.
struct GgmlType {
  const char* name;
  int32_t file_type;    // The model's `ftype` when its big matrices have this type.
  int32_t tensor_type;  // `ttype` of a tensor.
  uint32_t block_size;
  uint32_t block_bytes;
};

inline constexpr GgmlType kGgmlTypes[] = {
    {"f32", 0, 0, 1, 4},        {"f16", 1, 1, 1, 2},        {"q4_0", 2, 2, 32, 18},     {"q4_1", 3, 3, 32, 20},
    {"q8_0", 7, 8, 32, 34},     {"q5_0", 8, 6, 32, 22},     {"q5_1", 9, 7, 32, 24},     {"q2_k", 10, 10, 256, 84},
    {"q3_k", 11, 11, 256, 110}, {"q4_k", 12, 12, 256, 144}, {"q5_k", 13, 13, 256, 176}, {"q6_k", 14, 14, 256, 210},
};

inline const GgmlType& GgmlF32() { return kGgmlTypes[0]; }
inline const GgmlType& GgmlF16() { return kGgmlTypes[1]; }

// NULL when whisper.cpp has no such file type.
inline const GgmlType* GgmlTypeOfFile(int32_t file_type) {
  for (const GgmlType& type : kGgmlTypes) {
    if (type.file_type == file_type) return &type;
  }
  return nullptr;
}

inline const GgmlType* GgmlTypeOfTensor(int32_t tensor_type) {
  for (const GgmlType& type : kGgmlTypes) {
    if (type.tensor_type == tensor_type) return &type;
  }
  return nullptr;
}

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_GGML_TYPES_H_
