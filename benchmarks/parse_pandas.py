"""What pandas.read_csv takes for the files of bench_parse.c, in the same format: the C engine, labels
as an index of two levels, with and without the two header lines as labels; the faster one counts.

    bench_parse 9800 && parse_pandas.py 9800"""
import os
import sys
import time

import pandas

print("case,n,threads,runs,best_s,median_s,gflops,residual")
for n in [int(a) for a in sys.argv[1:]] or [1000, 2000]:
    path = f"/tmp/wassily_parse_{n}.csv"
    for case, options in (("pandas_headers", {"header": [0, 1]}),
                          ("pandas_no_headers", {"header": None, "skiprows": 2})):
        seconds = []
        while not seconds or (len(seconds) < 3 and sum(seconds) < 20):
            start = time.perf_counter()
            frame = pandas.read_csv(path, index_col=[0, 1], engine="c", **options)
            numbers = frame.to_numpy()
            seconds.append(time.perf_counter() - start)
            assert numbers.shape == (n, n), numbers.shape
            del frame, numbers
        print(f"{case},{n},1,{len(seconds)},{min(seconds):.3e},{sorted(seconds)[len(seconds) // 2]:.3e},"
              f"{os.path.getsize(path) / min(seconds) * 1e-6:.1f},0", flush=True)
