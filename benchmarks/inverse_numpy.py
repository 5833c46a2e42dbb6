#!/usr/bin/python3
"""numpy.linalg.inv of the matrix of bench_inverse.c, beside numpy's own matrix product.

    /usr/bin/python3 benchmarks/inverse_numpy.py [N...]     default 1000 2000 4000

The same lines of CSV as bench_inverse; Debian's numpy uses the same OpenBLAS."""
import os
import sys
import time

import numpy as np

FEWEST_RUNS, MOST_RUNS, BUDGET_S = 3, 7, 20


def coefficients(n):
    rng = np.random.default_rng(20171)
    A = rng.random((n, n))
    return A * ((0.3 + 0.4 * (np.arange(n) % 17) / 16) / A.sum(axis=0))


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def measure(n, threads):
    A = coefficients(n)
    B = np.eye(n) - A
    product, inverse = [], []
    begin = time.perf_counter()
    while len(product) < MOST_RUNS and (
        len(product) < FEWEST_RUNS or time.perf_counter() - begin < BUDGET_S
    ):
        product.append(timed(lambda: A @ B)[0])
        seconds, X = timed(lambda: np.linalg.inv(B))
        inverse.append(seconds)
    R = np.eye(n) - B @ X
    residual = np.linalg.norm(R, 1) / (
        n * np.linalg.norm(B, 1) * np.linalg.norm(X, 1) * 2.0**-53
    )
    for name, runs, r in (("numpy_gemm", product, 0.0), ("numpy_inv", inverse, residual)):
        runs.sort()
        print(
            f"{name},{n},{threads},{len(runs)},{runs[0]:.4f},{runs[len(runs) // 2]:.4f},"
            f"{2e-9 * n**3 / runs[0]:.1f},{r:.1e},{min(product) / runs[0]:.3f},"
            f"{os.environ.get('OPENBLAS_CORETYPE', 'detected')}",
            flush=True,
        )


def main():
    threads = int(os.environ.get("OPENBLAS_NUM_THREADS", len(os.sched_getaffinity(0))))
    print("case,n,threads,runs,best_s,median_s,gflops,residual,of_gemm,kernel")
    for n in [int(a) for a in sys.argv[1:]] or [1000, 2000, 4000]:
        measure(n, threads)


main()
