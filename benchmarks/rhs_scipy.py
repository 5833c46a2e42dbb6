#!/usr/bin/python3
"""scipy lu_factor and lu_solve on the kind of matrix of bench_rhs.c, beside numpy's own product.

    /usr/bin/python3 benchmarks/rhs_scipy.py [N K]...     default 4000 1000

The same lines of CSV as bench_rhs; Debian's scipy uses the same OpenBLAS."""
import os
import sys
import time

import numpy as np
from scipy.linalg import lu_factor, lu_solve

RUNS = 3


def coefficients(n):
    rng = np.random.default_rng(20171)
    A = rng.random((n, n))
    return A * ((0.3 + 0.4 * (np.arange(n) % 17) / 16) / A.sum(axis=0))


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def measure(n, k, threads):
    A = coefficients(n)
    B = np.eye(n) - A
    F = np.random.default_rng(1).random((n, k))
    product, solve = [], []
    for _ in range(RUNS):
        product.append(timed(lambda: A @ B)[0])
        seconds, X = timed(lambda: lu_solve(lu_factor(B), F))
        solve.append(seconds)
    size = np.linalg.norm(B, 1) * abs(X).sum(axis=0) + abs(F).sum(axis=0)
    residual = (abs(F - B @ X).sum(axis=0) / size).max()
    ideal = (2 / 3 * n**3 + 2 * n**2 * k) / (2 * n**3 / min(product))
    for name, runs, of, r in (
        ("numpy_gemm", product, 1.0, 0.0),
        ("scipy_lu", solve, min(solve) / ideal, residual),
    ):
        runs.sort()
        print(
            f"{name},{n},{k},{threads},{RUNS},{runs[0]:.4f},{runs[RUNS // 2]:.4f},{of:.3f},{r:.1e},"
            f"{os.environ.get('OPENBLAS_CORETYPE', 'detected')}",
            flush=True,
        )


def main():
    threads = int(os.environ.get("OPENBLAS_NUM_THREADS", len(os.sched_getaffinity(0))))
    print("case,n,k,threads,runs,best_s,median_s,of_ideal,residual,kernel")
    given = [int(a) for a in sys.argv[1:]] or [4000, 1000]
    for n, k in zip(given[::2], given[1::2]):
        measure(n, k, threads)


main()
