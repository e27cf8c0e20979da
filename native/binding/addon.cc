#include <napi.h>

#include <cstdlib>

#include "binding/calls.h"
#include "binding/environment.h"
#include "core/errors.h"
#include "core/log_sink.h"

namespace voicelingua::binding {
namespace {

using Call = Napi::Value (*)(const Napi::CallbackInfo&);

struct NamedCall {
  const char* name;
  Call call;
};

constexpr NamedCall kCalls[] = {
    {"initialize", Initialize},
    {"describe", Describe},
    {"drainLog", DrainLogEntries},
    {"createToken", CreateToken},
    {"cancelToken", CancelTokenCall},
    {"releaseToken", ReleaseToken},
    {"markCall", MarkCallCall},
    {"reportCrashes", ReportCrashesCall},
    {"dieWithParent", DieWithParentCall},
    {"preferWideVectors", PreferWideVectors},
    {"checkKernels", CheckKernelsCall},
    {"kernelFacts", KernelFacts},
    {"keepSamples", KeepSamplesCall},
    {"dropSamples", DropSamplesCall},
    {"keepLargeMemoryApart", KeepLargeMemoryApart},
    {"trimMemory", TrimMemory},
    {"fault", Fault},
    {"inspectModel", InspectModelCall},
    {"openModel", OpenModelCall},
    {"openRecognizer", OpenRecognizerCall},
    {"openTranslator", OpenTranslatorCall},
    {"close", Close},
    {"recognize", Recognize},
    {"detectLanguage", DetectLanguage},
    {"align", Align},
    {"translate", Translate},
    {"setShortlist", SetShortlist},
    {"translatorWork", TranslatorWork},
    {"targetVocabulary", TargetVocabulary},
    {"openTokenizer", OpenTokenizer},
    {"tokenize", Tokenize},
    {"detokenize", Detokenize},
    {"openAudio", OpenAudio},
    {"audioInfo", AudioInfoCall},
    {"readAudio", ReadAudio},
    {"audioWarnings", AudioWarnings},
    {"openDetector", OpenDetector},
    {"detectorInfo", DetectorInfo},
    {"detectSpeech", DetectSpeech},
    {"flushDetector", FlushDetector},
    {"resetDetector", ResetDetector},
};

// The border: whatever a call throws becomes a JavaScript error with a code.
Napi::Value Guarded(const Napi::CallbackInfo& info) {
  const auto* named = static_cast<const NamedCall*>(info.Data());
  try {
    return named->call(info);
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    const Error error = CurrentExceptionAsError(ErrorCode::kInternal, named->name);
    throw Environment::Of(info.Env()).MakeError(info.Env(), error);
  }
}

// Faults are for tests, which say so in the environment.
bool IsOffered(const NamedCall& named) {
  return named.call != Fault || std::getenv("VOICELINGUA_TEST_FAULTS") != nullptr;
}

Napi::Object Register(Napi::Env env, Napi::Object exports) {
  CaptureEngineLogs();
  env.SetInstanceData(new Environment(env));
  for (const NamedCall& named : kCalls) {
    if (!IsOffered(named)) continue;
    exports.Set(named.name, Napi::Function::New(env, Guarded, named.name, const_cast<NamedCall*>(&named)));
  }
  return exports;
}

}  // namespace

NODE_API_MODULE(voicelingua, Register)

}  // namespace voicelingua::binding
