"""CTranslate2's own Python wheel as a contender: reads a JSON request a line, answers with a line.

    python wheel_peer.py MODEL '{"device": …, "compute_type": …, "inter_threads": …, "intra_threads": …}'

A request has "rows" (lists of tokens), "prefixes" (a list of tokens for each) and "options" of translate_batch. With
"calls": "one" all rows are one call; "each" makes a call for every row and waits for it before the next; "together"
makes a call for every row at once, as many callers would. The answer has the seconds that took and the tokens.
"""

import json
import sys
import time

import ctranslate2

translator = ctranslate2.Translator(sys.argv[1], **json.loads(sys.argv[2]))
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    rows, prefixes, options = request["rows"], request["prefixes"], request["options"]
    single = [([row], [prefix]) for row, prefix in zip(rows, prefixes)]
    started = time.perf_counter()
    if request["calls"] == "one":
        results = translator.translate_batch(rows, target_prefix=prefixes, **options)
    elif request["calls"] == "each":
        results = [translator.translate_batch(*one, **options)[0] for one in single]
    else:
        waiting = [translator.translate_batch(*one, asynchronous=True, **options)[0] for one in single]
        results = [answer.result() for answer in waiting]
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "tokens": [result.hypotheses[0] for result in results]}), flush=True)
