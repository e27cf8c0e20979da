#include "core/whisper_recognizer.h"

#include <whisper.h>

#include <algorithm>
#include <cmath>

#include "core/compute_stop.h"
#include "core/errors.h"
#include "core/word_timing.h"

namespace voicelingua {
namespace {

// whisper.cpp gives nothing for audio of 100 ms or less, and reads beyond the end of fewer than 201 samples.
constexpr size_t kMinSamples = 1960;
// Two hours: what a Float32Array of a whole recording may reasonably hold; callers pass windows of 30 s.
constexpr size_t kMaxSamples = size_t{2} * 60 * 60 * WHISPER_SAMPLE_RATE;
// Far beyond full scale, and small enough that no square of the spectrum overflows.
constexpr float kMaxAmplitude = 1000.0f;
// The whisper_full return value for which the engine has freed the state itself.
constexpr int kStateFreed = -7;
// whisper.cpp's own limit.
constexpr int kMaxDecoders = 8;

void Prepare(std::vector<float>* samples) {
  if (samples->size() > kMaxSamples) {
    throw Error(ErrorCode::kInputTooLarge, "The audio has " + std::to_string(samples->size()) +
                                               " samples; recognize at most two hours at a time.");
  }
  for (float& sample : *samples) {
    sample = std::isfinite(sample) ? std::min(std::max(sample, -kMaxAmplitude), kMaxAmplitude) : 0.0f;
  }
  if (samples->size() < kMinSamples) samples->resize(kMinSamples, 0.0f);
}

void CheckOptions(const RecognizeOptions& options) {
  if (options.beam_size < 1 || options.beam_size > kMaxDecoders || options.best_of < 1 ||
      options.best_of > kMaxDecoders) {
    throw Error(ErrorCode::kInvalidArgument, "beamSize and bestOf must be from 1 to 8.");
  }
}

struct CallState {
  const CancelFlag* cancel;
  const ProgressCallback* progress;
  const StopCheck* stop;
  bool stopped_by_caller = false;

  bool stopped() {
    if (!stopped_by_caller && *stop && (*stop)()) stopped_by_caller = true;
    return stopped_by_caller || cancel->stopped();
  }
};

// The engine calls back through C; an exception there would have to cross its frames.
void OnProgress(whisper_context*, whisper_state*, int percent, void* data) {
  auto* call = static_cast<CallState*>(data);
  if (!*call->progress || call->stopped()) return;
  const double fraction = std::min(std::max(percent / 100.0, 0.0), 1.0);
  if (!(*call->progress)(fraction)) call->stopped_by_caller = true;
}

bool OnEncoderBegin(whisper_context*, whisper_state*, void* data) { return !static_cast<CallState*>(data)->stopped(); }

bool OnAbort(void* data) { return static_cast<CallState*>(data)->stopped(); }

whisper_full_params ParamsOf(const RecognizeOptions& options, const std::string& language, CallState* call) {
  // whisper-cli starts from the greedy defaults whatever the strategy is.
  whisper_full_params params = whisper_full_default_params(WHISPER_SAMPLING_GREEDY);
  params.strategy = options.beam_size > 1 ? WHISPER_SAMPLING_BEAM_SEARCH : WHISPER_SAMPLING_GREEDY;
  params.n_threads = options.threads;
  params.translate = options.translate;
  // Never the text of an earlier call, which was another window or another task.
  params.no_context = true;
  if (!options.context && options.initial_prompt.empty()) params.n_max_text_ctx = 0;
  params.no_timestamps = !options.timestamps;
  params.print_special = false;
  params.print_progress = false;
  params.print_realtime = false;
  params.print_timestamps = false;
  params.token_timestamps = options.word_timestamps;
  params.initial_prompt = options.initial_prompt.c_str();
  params.language = language.c_str();
  params.temperature = options.temperature;
  params.temperature_inc = options.temperature_increment;
  params.greedy.best_of = options.best_of;
  params.beam_search.beam_size = options.beam_size;
  params.progress_callback = OnProgress;
  params.progress_callback_user_data = call;
  params.encoder_begin_callback = OnEncoderBegin;
  params.encoder_begin_callback_user_data = call;
  params.abort_callback = OnAbort;
  params.abort_callback_user_data = call;
  return params;
}

// The engine counts in hundredths of a second.
double Seconds(int64_t hundredths) { return static_cast<double>(hundredths) / 100.0; }

}  // namespace

WhisperRecognizer::WhisperRecognizer(std::shared_ptr<WhisperModel> model) : model_(std::move(model)) { RenewState(); }

WhisperRecognizer::~WhisperRecognizer() { DropState(); }

void WhisperRecognizer::DropState() {
  whisper_free_state(state_);
  state_ = nullptr;
}

void WhisperRecognizer::RenewState() {
  DropState();
  state_ = whisper_init_state(context());
  state_used_ = false;
  if (state_ == nullptr) {
    throw Error(ErrorCode::kOutOfMemory, "whisper.cpp could not allocate a state for " + model_->path() +
                                             ". Use a smaller model or fewer lanes.");
  }
}

std::string WhisperRecognizer::ResolveLanguage(const RecognizeOptions& options, const std::vector<float>& samples,
                                               const CancelFlag& cancel) {
  if (!multilingual()) {
    if ((options.language != "en" && options.language != "auto") || options.translate) {
      throw Error(
          ErrorCode::kInvalidArgument,
          "Model " + model_->path() + " knows English only; use a multilingual model for " + options.language + ".");
    }
    return "en";
  }
  if (options.language == "auto") return Detect(samples, options.threads, cancel).front().language;
  const int id = whisper_lang_id(options.language.c_str());
  if (id < 0 || whisper_lang_str(id) != options.language ||
      whisper_token_lang(context(), id) >= whisper_token_translate(context())) {
    throw Error(ErrorCode::kInvalidArgument,
                "Whisper model " + model_->path() + " has no language '" + options.language + "'.");
  }
  return whisper_lang_str(id);
}

Recognition WhisperRecognizer::Recognize(std::vector<float> samples, const RecognizeOptions& options,
                                         const CancelFlag& cancel, const ProgressCallback& progress,
                                         const StopCheck& stop) {
  CheckOptions(options);
  cancel.ThrowIfStopped();
  if (samples.empty()) return {};
  Prepare(&samples);
  if (state_ == nullptr || state_used_) RenewState();
  CallState call{&cancel, &progress, &stop};
  int result = 0;
  const ComputeStop compute_stop([&call] { return call.stopped(); });
  try {
    const std::string language = ResolveLanguage(options, samples, cancel);
    state_used_ = true;
    result = whisper_full_with_state(context(), state_, ParamsOf(options, language, &call), samples.data(),
                                     static_cast<int>(samples.size()));
  } catch (...) {
    DropState();
    throw CurrentExceptionAsError(ErrorCode::kEngineFailed, "recognizing speech");
  }
  // A stopped call may return 0 with a part of the text, so the flag is asked before the result.
  const bool stopped = call.stopped();
  if (result == kStateFreed) state_ = nullptr;
  if (result != 0 || stopped) DropState();
  cancel.ThrowIfStopped();
  if (call.stopped_by_caller) throw Error(ErrorCode::kCancelled, "The caller stopped the recognition.");
  if (result == kStateFreed) {
    throw Error(ErrorCode::kOutOfMemory, "whisper.cpp ran out of memory. Use a smaller model, beam or fewer lanes.");
  }
  if (result != 0) {
    throw Error(ErrorCode::kEngineFailed,
                "whisper.cpp failed with " + std::to_string(result) + "; its log tells more (drainLog).");
  }
  return Collect(options);
}

Recognition WhisperRecognizer::Collect(const RecognizeOptions& options) const {
  Recognition recognition;
  const whisper_token end_of_text = whisper_token_eot(context());
  const int segments = whisper_full_n_segments_from_state(state_);
  for (int i = 0; i < segments; ++i) {
    Segment segment;
    segment.start = Seconds(whisper_full_get_segment_t0_from_state(state_, i));
    segment.end = Seconds(whisper_full_get_segment_t1_from_state(state_, i));
    segment.text = whisper_full_get_segment_text_from_state(state_, i);
    segment.no_speech_probability = whisper_full_get_segment_no_speech_prob_from_state(state_, i);
    std::vector<TimedToken> timed;
    const int tokens = whisper_full_n_tokens_from_state(state_, i);
    for (int j = 0; j < tokens; ++j) {
      const whisper_token_data token = whisper_full_get_token_data_from_state(state_, i, j);
      recognition.tokens.push_back(token.id);
      if (token.id >= end_of_text) continue;
      segment.tokens.push_back(token.id);
      segment.probabilities.push_back(token.p);
      if (options.word_timestamps) {
        timed.push_back({whisper_token_to_str(context(), token.id), Seconds(token.t0), Seconds(token.t1), token.p});
      }
    }
    segment.words = WordsOfTokens(timed);
    recognition.segments.push_back(std::move(segment));
  }
  return recognition;
}

std::vector<LanguageProbability> WhisperRecognizer::Detect(const std::vector<float>& samples, int threads,
                                                           const CancelFlag& cancel) {
  const size_t first_window = std::min(samples.size(), size_t{30} * WHISPER_SAMPLE_RATE);
  std::vector<float> probabilities(static_cast<size_t>(whisper_lang_max_id()) + 1);
  cancel.ThrowIfStopped();
  if (whisper_pcm_to_mel_with_state(context(), state_, samples.data(), static_cast<int>(first_window), threads) != 0 ||
      whisper_lang_auto_detect_with_state(context(), state_, 0, threads, probabilities.data()) < 0) {
    cancel.ThrowIfStopped();
    throw Error(ErrorCode::kEngineFailed, "whisper.cpp could not detect the language; its log tells more (drainLog).");
  }
  cancel.ThrowIfStopped();
  // The engine reads the probability of its hundredth language from a control token in models of 99 languages.
  std::vector<LanguageProbability> languages;
  float sum = 0.0f;
  for (int id = 0; id <= whisper_lang_max_id(); ++id) {
    if (whisper_token_lang(context(), id) >= whisper_token_translate(context())) continue;
    const float probability =
        std::isfinite(probabilities[static_cast<size_t>(id)]) ? probabilities[static_cast<size_t>(id)] : 0.0f;
    languages.push_back({whisper_lang_str(id), probability});
    sum += probability;
  }
  for (auto& language : languages) language.probability = sum > 0 ? language.probability / sum : 0.0f;
  std::stable_sort(languages.begin(), languages.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
  return languages;
}

std::vector<LanguageProbability> WhisperRecognizer::DetectLanguage(std::vector<float> samples, int threads,
                                                                   const CancelFlag& cancel, const StopCheck& stop) {
  cancel.ThrowIfStopped();
  if (!multilingual()) return {{"en", 1.0f}};
  Prepare(&samples);
  if (state_ == nullptr) RenewState();
  const ProgressCallback no_progress;
  CallState call{&cancel, &no_progress, &stop};
  const ComputeStop compute_stop([&call] { return call.stopped(); });
  try {
    return Detect(samples, threads, cancel);
  } catch (...) {
    DropState();
    throw CurrentExceptionAsError(ErrorCode::kEngineFailed, "detecting the language");
  }
}

}  // namespace voicelingua
