"""faster-whisper as a contender: reads a JSON request a line, answers with a line.

    python faster_whisper_peer.py MODEL '{"device": …, "compute_type": …, "cpu_threads": …}'

A request is {"files": […], "batch_size": N or null, "options": {…}}; the files are transcribed one after the other, with
BatchedInferencePipeline when there is a batch size. The answer has the seconds that took, decoding the files included
and loading the model not, and the texts.
"""

import json
import sys
import time

import faster_whisper

model = faster_whisper.WhisperModel(sys.argv[1], local_files_only=True, **json.loads(sys.argv[2]))
pipeline = faster_whisper.BatchedInferencePipeline(model)
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    batch_size, options = request["batch_size"], request["options"]
    started = time.perf_counter()
    texts = []
    for file in request["files"]:
        if batch_size is None:
            segments, _ = model.transcribe(file, **options)
        else:
            segments, _ = pipeline.transcribe(file, batch_size=batch_size, **options)
        texts.append("".join(segment.text for segment in segments))
    print(json.dumps({"seconds": time.perf_counter() - started, "texts": texts}), flush=True)
