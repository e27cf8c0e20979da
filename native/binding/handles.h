#ifndef VOICELINGUA_BINDING_HANDLES_H_
#define VOICELINGUA_BINDING_HANDLES_H_

#include <napi.h>

#include <array>
#include <cstddef>
#include <memory>
#include <variant>

#include "binding/environment.h"
#include "core/audio_reader.h"
#include "core/model_registry.h"
#include "core/recognizer.h"
#include "core/speech_detector.h"
#include "core/tokenizer.h"
#include "core/translator.h"

namespace voicelingua::binding {

enum class HandleKind { kModel, kRecognizer, kTranslator, kTokenizer, kAudio, kDetector };

inline constexpr size_t kHandleKinds = 6;

const char* HandleKindName(HandleKind kind);

// Live handles of all environments.
std::array<int, kHandleKinds> HandleCounts();

// What a handle stands for in JavaScript: an external, tagged so that no other object passes for it.
class HandleBox {
 public:
  using Resource =
      std::variant<std::shared_ptr<ModelReference>, std::shared_ptr<Recognizer>, std::shared_ptr<Translator>,
                   std::shared_ptr<Tokenizer>, std::shared_ptr<AudioReader>, std::shared_ptr<SpeechDetector>>;

  HandleBox(Resource resource, std::shared_ptr<Environment::Handles> owner);
  ~HandleBox();
  HandleBox(const HandleBox&) = delete;
  HandleBox& operator=(const HandleBox&) = delete;

  HandleKind kind() const { return static_cast<HandleKind>(resource_.index()); }
  bool closed() const { return closed_; }
  const Resource& resource() const { return resource_; }

  // Drops this box's share. A call in progress keeps its own until it returns. The second time does nothing.
  void Close();

 private:
  Resource resource_;
  bool closed_ = false;
  bool in_use_ = false;
  std::shared_ptr<Environment::Handles> owner_;

  friend class HandleUse;
};

// Marks a handle as busy for the length of a call: a callback of that call may reach it again.
class HandleUse {
 public:
  explicit HandleUse(HandleBox* box);
  ~HandleUse();
  HandleUse(const HandleUse&) = delete;
  HandleUse& operator=(const HandleUse&) = delete;

 private:
  HandleBox* const box_;
};

Napi::Value NewHandle(Napi::Env env, HandleBox::Resource resource);

// The box behind a value. Throws kInvalidArgument when the value is no handle; closed handles are returned.
HandleBox* BoxOf(const Napi::Value& value);

// The open box of the kind that `T` stands for. Throws kInvalidArgument for another kind, kClosed when closed.
HandleBox* OpenBoxOf(const Napi::Value& value, HandleKind kind);

template <typename T>
struct KindOf;
template <>
struct KindOf<ModelReference> {
  static constexpr HandleKind kValue = HandleKind::kModel;
};
template <>
struct KindOf<Recognizer> {
  static constexpr HandleKind kValue = HandleKind::kRecognizer;
};
template <>
struct KindOf<Translator> {
  static constexpr HandleKind kValue = HandleKind::kTranslator;
};
template <>
struct KindOf<Tokenizer> {
  static constexpr HandleKind kValue = HandleKind::kTokenizer;
};
template <>
struct KindOf<AudioReader> {
  static constexpr HandleKind kValue = HandleKind::kAudio;
};

template <>
struct KindOf<SpeechDetector> {
  static constexpr HandleKind kValue = HandleKind::kDetector;
};

// The resource of a handle and the right to use it, until the end of the call.
template <typename T>
class Using {
 public:
  explicit Using(const Napi::Value& value)
      : box_(OpenBoxOf(value, KindOf<T>::kValue)),
        use_(box_),
        resource_(std::get<std::shared_ptr<T>>(box_->resource())) {}

  T* operator->() const { return resource_.get(); }
  T& operator*() const { return *resource_; }

 private:
  HandleBox* box_;
  HandleUse use_;
  std::shared_ptr<T> resource_;
};

}  // namespace voicelingua::binding

#endif  // VOICELINGUA_BINDING_HANDLES_H_
