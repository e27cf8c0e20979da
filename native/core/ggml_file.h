#ifndef VOICELINGUA_CORE_GGML_FILE_H_
#define VOICELINGUA_CORE_GGML_FILE_H_

#include "core/file_reader.h"
#include "core/model_inspection.h"

namespace voicelingua {

// Whisper (ggml) and Silero VAD (ggml). Checks the magic, the hyperparameters, the mel filters, the vocabulary and
// every entry of the tensor table (name, shape, type, size) to the last byte of the file, so that whisper.cpp can read
// it without meeting an assertion, an overflow or the end of the file. Leaves the file rewound. Throws kModelInvalid,
// or kModelUnsupported for a Whisper that whisper.cpp cannot run.
ModelInspection InspectGgmlFile(FileReader& file);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_GGML_FILE_H_
