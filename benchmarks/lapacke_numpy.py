#!/usr/bin/python3
"""numpy.linalg.solve with one right-hand side, on the kind of matrix of bench_lapacke.c.

    /usr/bin/python3 benchmarks/lapacke_numpy.py [N...]     default 1000 4000

Debian's numpy uses the same OpenBLAS. The residual is |b - B x|_1 / (|B|_1 |x|_1)."""
import os
import sys
import time

import numpy as np

MOST_RUNS, BUDGET_S = 7, 8


def measure(n, threads):
    rng = np.random.default_rng(20171)
    A = rng.random((n, n))
    B = np.eye(n) - A * ((0.3 + 0.4 * rng.random(n)) / A.sum(axis=0))
    b = np.ones(n)
    seconds, begin = [], time.perf_counter()
    while not seconds or (
        len(seconds) < MOST_RUNS and time.perf_counter() - begin < BUDGET_S
    ):
        start = time.perf_counter()
        x = np.linalg.solve(B, b)
        seconds.append(time.perf_counter() - start)
    seconds.sort()
    residual = np.abs(b - B @ x).sum() / (np.linalg.norm(B, 1) * np.abs(x).sum())
    print(
        f"numpy_solve,{n},{threads},{len(seconds)},{seconds[0]:.4g},"
        f"{seconds[len(seconds) // 2]:.4g},{2e-9 / 3 * n**3 / seconds[0]:.1f},{residual:.1e}",
        flush=True,
    )


def main():
    threads = int(os.environ.get("OPENBLAS_NUM_THREADS", len(os.sched_getaffinity(0))))
    print("case,n,threads,runs,best_s,median_s,gflops,residual")
    for n in [int(a) for a in sys.argv[1:]] or [1000, 4000]:
        measure(n, threads)


main()
