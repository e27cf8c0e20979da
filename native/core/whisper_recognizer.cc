#include "core/whisper_recognizer.h"

#include <whisper.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/compute_stop.h"
#include "core/errors.h"
#include "core/rust_calls.h"
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
// Of a name that is not known, in a message; far more than any language's.
constexpr size_t kMostOfName = 40;

Samples Prepared(Samples samples) {
  if (samples.size() > kMaxSamples) {
    throw Error(ErrorCode::kInputTooLarge,
                "The audio has " + std::to_string(samples.size()) + " samples; recognize at most two hours at a time.");
  }
  for (float& sample : samples) {
    sample = std::isfinite(sample) ? std::min(std::max(sample, -kMaxAmplitude), kMaxAmplitude) : 0.0f;
  }
  if (samples.size() < kMinSamples) samples.resize(kMinSamples, 0.0f);
  return samples;
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

// What is never to be printed, beside what the engine itself holds back.
void SuppressTokens(whisper_context* context, whisper_state*, const whisper_token_data*, int, float* logits,
                    void* data) {
  const int vocabulary = whisper_n_vocab(context);
  for (const int32_t id : *static_cast<const std::vector<int32_t>*>(data)) {
    if (id >= 0 && id < vocabulary) logits[id] = -std::numeric_limits<float>::infinity();
  }
}

// Positions of 20 ms for the encoder; 0 is all. The engine cuts sound off that has no place in them.
int AudioContextOf(const RecognizeOptions& options, size_t samples, int most) {
  constexpr size_t kSamplesPerPosition = 320;
  const size_t needed = (samples + kSamplesPerPosition - 1) / kSamplesPerPosition;
  if (options.audio_context == 0 || needed >= static_cast<size_t>(most)) return 0;
  return std::min(most, std::max(options.audio_context, static_cast<int>(needed)));
}

whisper_full_params ParamsOf(const RecognizeOptions& options, const std::string& language, const std::string& prompt,
                             CallState* call) {
  // whisper-cli starts from the greedy defaults whatever the strategy is.
  whisper_full_params params = whisper_full_default_params(WHISPER_SAMPLING_GREEDY);
  params.strategy = options.beam_size > 1 ? WHISPER_SAMPLING_BEAM_SEARCH : WHISPER_SAMPLING_GREEDY;
  params.n_threads = options.threads;
  params.translate = options.translate;
  // Never the text of an earlier call, which was another window or another task.
  params.no_context = true;
  if (!options.context && prompt.empty()) params.n_max_text_ctx = 0;
  params.no_timestamps = !options.timestamps;
  params.print_special = false;
  params.print_progress = false;
  params.print_realtime = false;
  params.print_timestamps = false;
  params.token_timestamps = options.word_timestamps;
  params.initial_prompt = prompt.c_str();
  params.language = language.c_str();
  params.temperature = options.temperature;
  params.temperature_inc = options.temperature_increment;
  params.greedy.best_of = options.best_of;
  params.beam_search.beam_size = options.beam_size;
  params.length_penalty = options.length_penalty < 0 ? -1.0f : options.length_penalty;
  params.entropy_thold = options.compression_ratio_threshold;
  params.logprob_thold = options.logprob_threshold;
  params.no_speech_thold = options.no_speech_threshold;
  if (options.suppress_tokens) {
    const auto& suppressed = *options.suppress_tokens;
    params.suppress_nst = std::find(suppressed.begin(), suppressed.end(), -1) != suppressed.end();
    params.logits_filter_callback = SuppressTokens;
    params.logits_filter_callback_user_data = const_cast<std::vector<int32_t>*>(&suppressed);
  }
  params.progress_callback = OnProgress;
  params.progress_callback_user_data = call;
  params.encoder_begin_callback = OnEncoderBegin;
  params.encoder_begin_callback_user_data = call;
  params.abort_callback = OnAbort;
  params.abort_callback_user_data = call;
  return params;
}

// The engine knows a hundred languages, and models before large-v3 one less: its token is a control token there.
bool HasLanguage(whisper_context* context, int id) {
  return whisper_token_lang(context, id) < whisper_token_translate(context);
}

// The engine counts in hundredths of a second.
double Seconds(int64_t hundredths) { return static_cast<double>(hundredths) / 100.0; }

float MeanLog(const std::vector<float>& probabilities) {
  double sum = 0;
  for (const float probability : probabilities) sum += std::log(std::max(probability, 1e-10f));
  return probabilities.empty() ? 0.0f : static_cast<float>(sum / static_cast<double>(probabilities.size()));
}

// Hotwords come first: the engine keeps the end of a prompt that is too long.
std::string PromptOf(const RecognizeWindow& window) {
  if (window.hotwords.empty() || window.initial_prompt.empty()) return window.hotwords + window.initial_prompt;
  return window.hotwords + " " + window.initial_prompt;
}

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

std::string WhisperRecognizer::ResolveLanguage(const std::string& language, const Samples& samples,
                                               const RecognizeOptions& options, const CancelFlag& cancel) {
  if (!multilingual()) {
    if ((language != "en" && language != "auto") || options.translate) {
      throw Error(ErrorCode::kInvalidArgument,
                  "Model " + model_->path() + " knows English only; use a multilingual model for " + language + ".");
    }
    return "en";
  }
  if (language == "auto") return Detect(samples, options.threads, cancel).front().language;
  // Not by whisper_lang_id(): the engine prints a name that it does not know into its log, and reads arguments that are
  // not there when the line has 1,024 characters or more (vsnprintf twice with one va_list).
  for (int id = 0; id <= whisper_lang_max_id(); ++id) {
    if (language == whisper_lang_str(id) && HasLanguage(context(), id)) return language;
  }
  throw Error(ErrorCode::kInvalidArgument,
              "Whisper model " + model_->path() + " has no language '" + language.substr(0, kMostOfName) + "'.");
}

std::vector<Recognition> WhisperRecognizer::Recognize(std::vector<RecognizeWindow> windows,
                                                      const RecognizeOptions& options, const CancelFlag& cancel,
                                                      const ProgressCallback& progress, const StopCheck& stop) {
  CheckOptions(options);
  cancel.ThrowIfStopped();
  std::vector<Recognition> recognitions;
  recognitions.reserve(windows.size());
  const auto count = static_cast<double>(windows.size());
  for (RecognizeWindow& window : windows) {
    const auto before = static_cast<double>(recognitions.size());
    ProgressCallback part;
    if (progress) part = [&, before](double fraction) { return progress((before + fraction) / count); };
    recognitions.push_back(RecognizeOne(std::move(window), options, cancel, part, stop));
  }
  return recognitions;
}

Recognition WhisperRecognizer::RecognizeOne(RecognizeWindow window, const RecognizeOptions& options,
                                            const CancelFlag& cancel, const ProgressCallback& progress,
                                            const StopCheck& stop) {
  cancel.ThrowIfStopped();
  if (window.samples->empty()) {
    Recognition nothing;
    nothing.language = window.language;
    nothing.temperature = options.temperature;
    return nothing;
  }
  const Samples samples = Prepared(window.samples->All());
  if (state_ == nullptr || state_used_) RenewState();
  CallState call{&cancel, &progress, &stop};
  int result = 0;
  const ComputeStop compute_stop([&call] { return call.stopped(); });
  std::string language;
  try {
    language = ResolveLanguage(window.language, samples, options, cancel);
    const std::string prompt = PromptOf(window);
    state_used_ = true;
    whisper_full_params params = ParamsOf(options, language, prompt, &call);
    params.audio_ctx = AudioContextOf(options, samples.size(), whisper_n_audio_ctx(context()));
    result = whisper_full_with_state(context(), state_, params, samples.data(), static_cast<int>(samples.size()));
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
  return Collect(options, std::move(language));
}

Recognition WhisperRecognizer::Collect(const RecognizeOptions& options, std::string language) const {
  constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
  Recognition recognition;
  recognition.language = std::move(language);
  const whisper_token end_of_text = whisper_token_eot(context());
  const int segments = whisper_full_n_segments_from_state(state_);
  std::string text;
  std::vector<float> probabilities;
  for (int i = 0; i < segments; ++i) {
    Segment segment;
    segment.start = Seconds(whisper_full_get_segment_t0_from_state(state_, i));
    segment.end = Seconds(whisper_full_get_segment_t1_from_state(state_, i));
    segment.text = whisper_full_get_segment_text_from_state(state_, i);
    segment.no_speech_probability = whisper_full_get_segment_no_speech_prob_from_state(state_, i);
    segment.temperature = kUnknown;
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
    FitWords(segment.start, segment.end, &segment.words);
    segment.average_logprob = MeanLog(segment.probabilities);
    segment.compression_ratio = CompressionRatio(segment.text);
    text += segment.text;
    probabilities.insert(probabilities.end(), segment.probabilities.begin(), segment.probabilities.end());
    recognition.segments.push_back(std::move(segment));
  }
  recognition.no_speech_probability =
      recognition.segments.empty() ? kUnknown : recognition.segments.front().no_speech_probability;
  recognition.average_logprob = MeanLog(probabilities);
  recognition.compression_ratio = CompressionRatio(text);
  recognition.temperature = kUnknown;
  recognition.failed = recognition.average_logprob < options.logprob_threshold ||
                       recognition.compression_ratio > options.compression_ratio_threshold;
  return recognition;
}

std::vector<LanguageProbability> WhisperRecognizer::Detect(const Samples& samples, int threads,
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
    if (!HasLanguage(context(), id)) continue;
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

std::vector<std::vector<LanguageProbability>> WhisperRecognizer::DetectLanguage(std::vector<SharedSound> windows,
                                                                                int threads, const CancelFlag& cancel,
                                                                                const StopCheck& stop) {
  cancel.ThrowIfStopped();
  std::vector<std::vector<LanguageProbability>> languages;
  languages.reserve(windows.size());
  for (const SharedSound& sound : windows) languages.push_back(DetectOne(*sound, threads, cancel, stop));
  return languages;
}

std::vector<LanguageProbability> WhisperRecognizer::DetectOne(const Sound& sound, int threads, const CancelFlag& cancel,
                                                              const StopCheck& stop) {
  cancel.ThrowIfStopped();
  if (!multilingual()) return {{"en", 1.0f}};
  const Samples beginning = Prepared(sound.First(size_t{30} * WHISPER_SAMPLE_RATE));
  if (state_ == nullptr) RenewState();
  const ProgressCallback no_progress;
  CallState call{&cancel, &no_progress, &stop};
  const ComputeStop compute_stop([&call] { return call.stopped(); });
  try {
    return Detect(beginning, threads, cancel);
  } catch (...) {
    DropState();
    throw CurrentExceptionAsError(ErrorCode::kEngineFailed, "detecting the language");
  }
}

std::vector<Alignment> WhisperRecognizer::Align(std::vector<AlignWindow>, int, const CancelFlag&, const StopCheck&) {
  throw Error(ErrorCode::kModelUnsupported, "Model " + model_->path() +
                                                " cannot align a given text with sound: whisper.cpp has no such "
                                                "call. Use a Whisper model for CTranslate2 (a folder).");
}

}  // namespace voicelingua
