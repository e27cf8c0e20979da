#ifndef VOICELINGUA_BINDING_ENVIRONMENT_H_
#define VOICELINGUA_BINDING_ENVIRONMENT_H_

#include <napi.h>

#include <memory>
#include <unordered_set>

#include "core/errors.h"

namespace voicelingua::binding {

class HandleBox;

// What one JavaScript environment (the main thread or a worker) owns. Every worker loads the addon for itself; only
// native/core is shared between them.
class Environment {
 public:
  explicit Environment(Napi::Env env);
  ~Environment();

  static Environment& Of(Napi::Env env);

  void SetErrorClass(Napi::Function error_class);

  // The JavaScript error for a coded one: an instance of the class given to initialize.
  Napi::Error MakeError(Napi::Env env, const Error& error) const;

  // Handles register themselves, so that the end of the environment releases what was never closed.
  class Handles {
   public:
    void Add(HandleBox* box) { boxes_.insert(box); }
    void Remove(HandleBox* box) { boxes_.erase(box); }
    void CloseAll();

   private:
    std::unordered_set<HandleBox*> boxes_;
  };
  const std::shared_ptr<Handles>& handles() const { return handles_; }

 private:
  Napi::FunctionReference error_class_;
  // Shared with the boxes: JavaScript may finalize them after this object.
  std::shared_ptr<Handles> handles_;
};

}  // namespace voicelingua::binding

#endif  // VOICELINGUA_BINDING_ENVIRONMENT_H_
