#ifndef VOICELINGUA_BINDING_ARGUMENTS_H_
#define VOICELINGUA_BINDING_ARGUMENTS_H_

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/cancel_tokens.h"

namespace voicelingua::binding {

// Conversions of arguments. Each throws kInvalidArgument with "<name> must be <what>, got <value>".

std::string StringOf(const Napi::Value& value, const std::string& name);
// A string that can be a path: not empty, without NUL.
std::string PathOf(const Napi::Value& value, const std::string& name);
bool BooleanOf(const Napi::Value& value, const std::string& name);
double NumberOf(const Napi::Value& value, const std::string& name, double low, double high);
int64_t IntegerOf(const Napi::Value& value, const std::string& name, int64_t low, int64_t high);
CancelToken TokenOf(const Napi::Value& value, const std::string& name);
std::vector<std::string> StringsOf(const Napi::Value& value, const std::string& name);
std::vector<std::vector<std::string>> StringListsOf(const Napi::Value& value, const std::string& name);
Napi::Float32Array FloatsOf(const Napi::Value& value, const std::string& name);
Napi::Object ObjectOf(const Napi::Value& value, const std::string& name);

// The properties of an options object; all are required.
class Options {
 public:
  Options(const Napi::Value& value, const std::string& name) : object_(ObjectOf(value, name)), name_(name) {}

  std::string String(const char* key) const { return StringOf(Get(key), Name(key)); }
  bool Boolean(const char* key) const { return BooleanOf(Get(key), Name(key)); }
  double Number(const char* key, double low, double high) const { return NumberOf(Get(key), Name(key), low, high); }
  int64_t Integer(const char* key, int64_t low, int64_t high) const {
    return IntegerOf(Get(key), Name(key), low, high);
  }

 private:
  Napi::Value Get(const char* key) const { return object_.Get(key); }
  std::string Name(const char* key) const { return name_ + "." + key; }

  Napi::Object object_;
  std::string name_;
};

}  // namespace voicelingua::binding

#endif  // VOICELINGUA_BINDING_ARGUMENTS_H_
