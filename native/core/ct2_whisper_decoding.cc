#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "core/ct2_whisper_recognizer.h"
#include "core/ct2_whisper_work.h"
#include "core/rust_calls.h"
#include "core/utf8.h"
#include "core/word_timing.h"

// The part of Ct2WhisperRecognizer that decodes: batches, temperature fallback, segments.
namespace voicelingua {
namespace {

// A shorter rest of a window is not worth another search, as in whisper.cpp: there is nothing in it but invention.
constexpr size_t kMinRest = 100;

}  // namespace

void Ct2WhisperRecognizer::DecodeRows(const EncodedWindows& encoded, const std::vector<WindowWork>& windows,
                                      const RecognizeOptions& options, const EngineCall& call,
                                      std::vector<RowWork>* rows) {
  // The engine takes prompts of one length at a time.
  std::map<size_t, std::vector<size_t>> by_length;
  for (size_t i = 0; i < rows->size(); ++i) {
    RowWork& row = (*rows)[i];
    row.prompt = PromptOf(windows[row.window], options);
    by_length[row.prompt.size()].push_back(i);
  }
  for (const auto& [length, group] : by_length) {
    std::vector<std::vector<size_t>> batches = {group};
    if (options.temperature > 0) {
      // The samples of a batch come from one generator; alone a window's do not depend on its neighbours.
      batches.clear();
      for (const size_t i : group) batches.push_back({i});
    }
    for (const auto& batch : batches) {
      call.Check();
      std::vector<std::vector<int32_t>> prompts;
      for (const size_t i : batch) prompts.push_back((*rows)[i].prompt);
      auto decodings = replica_.Decode(encoded, batch, prompts, options, options.temperature);
      for (size_t k = 0; k < batch.size(); ++k) (*rows)[batch[k]].decoding = std::move(decodings.at(k));
    }
  }
  const WhisperVocabulary& vocabulary = model_->vocabulary();
  for (size_t i = 0; i < rows->size(); ++i) {
    RowWork& row = (*rows)[i];
    row.decoding = FallBack(encoded, i, row.prompt, std::move(row.decoding), options, call);
    const Decoding& decoding = row.decoding;
    row.silent = decoding.no_speech_probability > options.no_speech_threshold &&
                 !(decoding.average_logprob > options.logprob_threshold);
    if (row.silent) continue;
    const double offset = static_cast<double>(row.start) / kFramesPerSecond;
    row.spans = SplitAtTimestamps(decoding.tokens, vocabulary, static_cast<double>(row.frames) / kFramesPerSecond);
    for (const TokenSpan& span : row.spans.spans) {
      Segment segment{};
      segment.start = offset + span.start;
      segment.end = offset + span.end;
      std::copy_if(span.tokens.begin(), span.tokens.end(), std::back_inserter(segment.tokens),
                   [&](int32_t id) { return vocabulary.IsText(id); });
      segment.text = vocabulary.Decode(segment.tokens);
      segment.no_speech_probability = decoding.no_speech_probability;
      segment.average_logprob = decoding.average_logprob;
      segment.compression_ratio = decoding.compression_ratio;
      segment.temperature = decoding.temperature;
      row.segments.push_back(std::move(segment));
    }
  }
}

// The rules of faster-whisper's generate_with_fallback.
Decoding Ct2WhisperRecognizer::FallBack(const EncodedWindows& encoded, size_t row, const std::vector<int32_t>& prompt,
                                        Decoding first, const RecognizeOptions& options, const EngineCall& call) {
  const auto repetitive = [&](const Decoding& decoding) {
    return decoding.compression_ratio > options.compression_ratio_threshold;
  };
  const auto fails = [&](const Decoding& decoding) {
    const bool unlikely = decoding.average_logprob < options.logprob_threshold;
    const bool silence = unlikely && decoding.no_speech_probability > options.no_speech_threshold;
    return (unlikely || repetitive(decoding)) && !silence;
  };
  std::vector<Decoding> tried = {std::move(first)};
  // Counted in whole steps: sums of 0.2 do not reach 1.
  for (int step = 1; fails(tried.back()); ++step) {
    const float temperature = options.temperature + static_cast<float>(step) * options.temperature_increment;
    if (options.temperature_increment <= 0 || temperature > 1.0f + 1e-4f) break;
    call.Check();
    tried.push_back(std::move(replica_.Decode(encoded, {row}, {prompt}, options, std::min(temperature, 1.0f)).at(0)));
  }
  if (!fails(tried.back())) return std::move(tried.back());
  // All failed: the likeliest, of those that do not repeat themselves if there are any.
  const auto worse = [&](const Decoding& a, const Decoding& b) {
    if (repetitive(a) != repetitive(b)) return repetitive(a);
    return a.average_logprob < b.average_logprob;
  };
  const float last = tried.back().temperature;
  Decoding best = std::move(*std::max_element(tried.begin(), tried.end(), worse));
  best.temperature = last;
  best.failed = true;
  return best;
}

void Ct2WhisperRecognizer::Collect(const RecognizeOptions& options, RowWork* row, WindowWork* window) const {
  Recognition& recognition = window->recognition;
  const Decoding& decoding = row->decoding;
  const double duration = static_cast<double>(window->frames) / kFramesPerSecond;
  const double offset = static_cast<double>(row->start) / kFramesPerSecond;
  if (row->start == 0) recognition.no_speech_probability = decoding.no_speech_probability;
  recognition.temperature = std::max(recognition.temperature, decoding.temperature);
  recognition.failed = recognition.failed || decoding.failed;
  recognition.tokens.insert(recognition.tokens.end(), decoding.tokens.begin(), decoding.tokens.end());
  const size_t counted = decoding.tokens.size() + 1;
  recognition.average_logprob = (recognition.average_logprob * static_cast<float>(window->counted) +
                                 decoding.average_logprob * static_cast<float>(counted)) /
                                static_cast<float>(window->counted + counted);
  window->counted += counted;
  recognition.compression_ratio = CompressionRatio(Trimmed(model_->vocabulary().Decode(recognition.tokens)));

  double next = row->silent ? duration : offset + row->spans.next;
  if (options.word_timestamps && row->aligned && !row->spans.ended) {
    // Where the last word ends is surer than the timestamp.
    for (auto segment = row->segments.rbegin(); segment != row->segments.rend(); ++segment) {
      if (segment->words.empty()) continue;
      window->last_speech = segment->end;
      if (segment->words.back().end > offset && row->spans.next * kFramesPerSecond < static_cast<double>(row->frames)) {
        next = segment->words.back().end;
      }
      break;
    }
  }
  const auto advanced = static_cast<size_t>(std::lround(std::max(next, 0.0) * kFramesPerSecond));
  const bool ends = advanced <= row->start || advanced + kMinRest > window->frames;
  window->decoded = ends ? window->frames : advanced;

  for (Segment& segment : row->segments) {
    if (segment.start == segment.end || Trimmed(segment.text).empty()) continue;
    // Timestamps may lie in the padding.
    segment.start = std::min(segment.start, duration);
    segment.end = std::min(std::max(segment.start, segment.end), duration);
    FitWords(segment.start, segment.end, &segment.words);
    recognition.segments.push_back(std::move(segment));
  }
}

}  // namespace voicelingua
