#ifndef VOICELINGUA_BINDING_CALLS_H_
#define VOICELINGUA_BINDING_CALLS_H_

#include <napi.h>

namespace voicelingua::binding {

// The functions of NativeBinding in src/native/binding.ts, which says what each takes, gives and throws.

Napi::Value Initialize(const Napi::CallbackInfo& info);
Napi::Value Describe(const Napi::CallbackInfo& info);
Napi::Value DrainLogEntries(const Napi::CallbackInfo& info);

Napi::Value CreateToken(const Napi::CallbackInfo& info);
Napi::Value CancelTokenCall(const Napi::CallbackInfo& info);
Napi::Value ReleaseToken(const Napi::CallbackInfo& info);

Napi::Value MarkCallCall(const Napi::CallbackInfo& info);
Napi::Value ReportCrashesCall(const Napi::CallbackInfo& info);
Napi::Value DieWithParentCall(const Napi::CallbackInfo& info);
Napi::Value PreferWideVectors(const Napi::CallbackInfo& info);
Napi::Value CheckKernelsCall(const Napi::CallbackInfo& info);
Napi::Value KernelFacts(const Napi::CallbackInfo& info);
Napi::Value KeepSamplesCall(const Napi::CallbackInfo& info);
Napi::Value DropSamplesCall(const Napi::CallbackInfo& info);
Napi::Value KeepLargeMemoryApart(const Napi::CallbackInfo& info);
Napi::Value TrimMemory(const Napi::CallbackInfo& info);
Napi::Value Fault(const Napi::CallbackInfo& info);

Napi::Value InspectModelCall(const Napi::CallbackInfo& info);
Napi::Value OpenModelCall(const Napi::CallbackInfo& info);
Napi::Value OpenRecognizerCall(const Napi::CallbackInfo& info);
Napi::Value OpenTranslatorCall(const Napi::CallbackInfo& info);
Napi::Value Close(const Napi::CallbackInfo& info);

Napi::Value Recognize(const Napi::CallbackInfo& info);
Napi::Value DetectLanguage(const Napi::CallbackInfo& info);
Napi::Value Align(const Napi::CallbackInfo& info);

Napi::Value Translate(const Napi::CallbackInfo& info);
Napi::Value SetShortlist(const Napi::CallbackInfo& info);
Napi::Value TranslatorWork(const Napi::CallbackInfo& info);
Napi::Value TargetVocabulary(const Napi::CallbackInfo& info);
Napi::Value OpenTokenizer(const Napi::CallbackInfo& info);
Napi::Value Tokenize(const Napi::CallbackInfo& info);
Napi::Value Detokenize(const Napi::CallbackInfo& info);

Napi::Value OpenAudio(const Napi::CallbackInfo& info);
Napi::Value AudioInfoCall(const Napi::CallbackInfo& info);
Napi::Value ReadAudio(const Napi::CallbackInfo& info);
Napi::Value AudioWarnings(const Napi::CallbackInfo& info);

Napi::Value OpenDetector(const Napi::CallbackInfo& info);
Napi::Value DetectorInfo(const Napi::CallbackInfo& info);
Napi::Value DetectSpeech(const Napi::CallbackInfo& info);
Napi::Value FlushDetector(const Napi::CallbackInfo& info);
Napi::Value ResetDetector(const Napi::CallbackInfo& info);

}  // namespace voicelingua::binding

#endif  // VOICELINGUA_BINDING_CALLS_H_
