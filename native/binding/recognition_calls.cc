#include "binding/arguments.h"
#include "binding/calls.h"
#include "binding/environment_ends.h"
#include "binding/handles.h"
#include "binding/results.h"
#include "core/cancel_tokens.h"
#include "core/errors.h"
#include "core/recognizer.h"

namespace voicelingua::binding {
namespace {

constexpr int64_t kMaxThreads = 256;
constexpr int64_t kMaxDecoders = 8;
// Far more than a batch that pays.
constexpr uint32_t kMaxWindows = 256;
constexpr int64_t kMaxTokenId = 1 << 20;
constexpr int64_t kMaxNgram = 448;
constexpr int64_t kMaxAudioContext = 1500;
constexpr int64_t kMaxSeed = (int64_t{1} << 32) - 1;

RecognizeOptions RecognizeOptionsOf(const Napi::Value& value) {
  const Options options(value, "options");
  const auto number = [&](const char* key, double low, double high) {
    return static_cast<float>(options.Number(key, low, high));
  };
  RecognizeOptions recognize;
  recognize.translate = options.Boolean("translate");
  recognize.threads = static_cast<int>(options.Integer("threads", 1, kMaxThreads));
  recognize.beam_size = static_cast<int>(options.Integer("beamSize", 1, kMaxDecoders));
  recognize.best_of = static_cast<int>(options.Integer("bestOf", 1, kMaxDecoders));
  recognize.patience = number("patience", 0.01, 100);
  recognize.length_penalty = number("lengthPenalty", -1, 100);
  recognize.repetition_penalty = number("repetitionPenalty", 0.01, 100);
  recognize.no_repeat_ngram_size = static_cast<int>(options.Integer("noRepeatNgramSize", 0, kMaxNgram));
  recognize.temperature = number("temperature", 0, 1);
  recognize.temperature_increment = number("temperatureIncrement", 0, 1);
  if (recognize.temperature_increment > 0 && recognize.temperature_increment < 0.01f) {
    throw Error(ErrorCode::kInvalidArgument, "options.temperatureIncrement must be 0 or at least 0.01.");
  }
  recognize.compression_ratio_threshold = number("compressionRatioThreshold", 0, 1000);
  recognize.logprob_threshold = number("logprobThreshold", -1000, 0);
  recognize.no_speech_threshold = number("noSpeechThreshold", 0, 1);
  if (!options.IsNull("suppressTokens")) {
    recognize.suppress_tokens = options.Integers("suppressTokens", -1, kMaxTokenId);
  }
  recognize.seed = static_cast<uint32_t>(options.Integer("seed", 0, kMaxSeed));
  recognize.timestamps = options.Boolean("timestamps");
  recognize.word_timestamps = options.Boolean("wordTimestamps");
  recognize.context = options.Boolean("context");
  recognize.audio_context = static_cast<int>(options.Integer("audioContext", 0, kMaxAudioContext));
  return recognize;
}

std::vector<RecognizeWindow> RecognizeWindowsOf(const Napi::Value& value) {
  return ListOf(value, "windows", kMaxWindows, [](const Napi::Value& element, const std::string& name) {
    const Options options(element, name);
    RecognizeWindow window;
    window.samples = options.SamplesAt("samples");
    window.language = options.String("language");
    window.initial_prompt = options.String("initialPrompt");
    window.hotwords = options.String("hotwords");
    return window;
  });
}

std::vector<AlignWindow> AlignWindowsOf(const Napi::Value& value) {
  return ListOf(value, "windows", kMaxWindows, [](const Napi::Value& element, const std::string& name) {
    const Options options(element, name);
    return AlignWindow{options.SamplesAt("samples"), options.String("language"), options.String("text")};
  });
}

// The raw API: an exception that the callback throws stays pending and reaches the caller when the call returns.
ProgressCallback ProgressOf(const Napi::Value& value, bool* failed) {
  if (value.IsUndefined()) return nullptr;
  if (!value.IsFunction()) throw Error(ErrorCode::kInvalidArgument, "onProgress must be a function.");
  const napi_env env = value.Env();
  const napi_value callback = value;
  return [env, callback, failed](double fraction) {
    napi_handle_scope scope;
    if (napi_open_handle_scope(env, &scope) != napi_ok) {
      *failed = true;
      return false;
    }
    napi_value receiver;
    napi_value argument;
    const bool called = napi_get_undefined(env, &receiver) == napi_ok &&
                        napi_create_double(env, fraction, &argument) == napi_ok &&
                        napi_call_function(env, receiver, callback, 1, &argument, nullptr) == napi_ok;
    napi_close_handle_scope(env, scope);
    *failed = !called;
    return called;
  };
}

}  // namespace

Napi::Value Recognize(const Napi::CallbackInfo& info) {
  const Using<Recognizer> recognizer(info[0]);
  std::vector<RecognizeWindow> windows = RecognizeWindowsOf(info[1]);
  const RecognizeOptions options = RecognizeOptionsOf(info[2]);
  const CancelFlagRef cancel = FindCancelFlag(TokenOf(info[3], "token"));
  bool callback_failed = false;
  const ProgressCallback progress = ProgressOf(info[4], &callback_failed);
  try {
    return ToArray(info.Env(),
                   recognizer->Recognize(std::move(windows), options, *cancel, progress, EnvironmentEnds(info.Env())));
  } catch (const Error&) {
    if (!callback_failed) throw;
    // The callback's own exception is pending and goes to the caller.
    return Napi::Value();
  }
}

Napi::Value DetectLanguage(const Napi::CallbackInfo& info) {
  const Using<Recognizer> recognizer(info[0]);
  std::vector<SharedSound> windows = ListOf(info[1], "windows", kMaxWindows, SamplesOf);
  const int threads = static_cast<int>(IntegerOf(info[2], "threads", 1, kMaxThreads));
  const CancelFlagRef cancel = FindCancelFlag(TokenOf(info[3], "token"));
  return ToArray(info.Env(),
                 recognizer->DetectLanguage(std::move(windows), threads, *cancel, EnvironmentEnds(info.Env())));
}

Napi::Value Align(const Napi::CallbackInfo& info) {
  const Using<Recognizer> recognizer(info[0]);
  std::vector<AlignWindow> windows = AlignWindowsOf(info[1]);
  const int threads = static_cast<int>(IntegerOf(info[2], "threads", 1, kMaxThreads));
  const CancelFlagRef cancel = FindCancelFlag(TokenOf(info[3], "token"));
  return ToArray(info.Env(), recognizer->Align(std::move(windows), threads, *cancel, EnvironmentEnds(info.Env())));
}

}  // namespace voicelingua::binding
