#!/usr/bin/python3
"""What a user would do instead of bench_krylov: numpy.linalg.solve, or scipy's bicgstab.

    /usr/bin/python3 benchmarks/krylov_scipy.py [--scattered] [N]...     default 2464 100000

Up to 20,000 a dense matrix (its elements are other ones than bench_krylov's, which an LU does not
care about), above that the sparse one of bench_krylov itself, written to a temporary file."""
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spl

ROW = 20


def timed(call, runs):
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        x = call()
        seconds.append(time.perf_counter() - start)
    return sorted(seconds), x


def line(case, n, threads, seconds, flops, residual, passes):
    print(f"{case},{n},{threads},{len(seconds)},{seconds[0]:.3e},{seconds[len(seconds) // 2]:.3e},"
          f"{flops / seconds[0] * 1e-9:.2f},{residual:.1e},{passes}", flush=True)


def right_side(n):
    return 0.01 + (np.arange(n, dtype=np.uint64) * 2654435761 % 1000003) * 1e-6


def dense(n):
    B = np.random.default_rng(1).random((n, n))
    B *= -0.5 / B.sum(axis=0)
    B[np.diag_indices(n)] += 1.0
    f = right_side(n)
    seconds, x = timed(lambda: np.linalg.solve(B, f), 1 if n > 5000 else 3)
    residual = np.linalg.norm(f - B @ x) / np.linalg.norm(f)
    line("numpy_solve", n, os.environ.get("OMP_NUM_THREADS", os.cpu_count()), seconds,
         2 / 3 * n**3, residual, 0)


def read(n, scattered):
    bench = os.path.join(os.environ.get("B", "build"), "bench_krylov")
    with tempfile.NamedTemporaryFile() as file:
        kind = ["--scattered"] if scattered else []
        subprocess.run([bench, "--write", str(n), file.name] + kind, check=True)
        column = np.fromfile(file.name, dtype=np.uint32, count=n * ROW).astype(np.int32)
        value = np.fromfile(file.name, offset=4 * n * ROW)
    A = sp.csr_matrix((value, column, np.arange(0, n * ROW + 1, ROW, dtype=np.int32)), shape=(n, n))
    return (sp.identity(n, format="csr") - A).tocsr()


def sparse(n, scattered):
    """As a user calls it (tol = 1e-5), and to bench_krylov's 1e-14, or the next it reaches."""
    B = read(n, scattered)
    f = right_side(n)
    name = "scattered" if scattered else "sparse"
    for case, tolerances in ("default", [1e-5]), ("bicgstab", [1e-14, 3e-14, 1e-13]):
        for tolerance in tolerances:
            steps = []
            seconds, (x, info) = timed(lambda: spl.bicgstab(B, f, tol=tolerance, atol=0, maxiter=25,
                                                            callback=steps.append), 1)
            if info == 0:
                break
        more, x = timed(lambda: spl.bicgstab(B, f, tol=tolerance, atol=0, maxiter=25)[0], 4)
        residual = np.linalg.norm(f - B @ x) / np.linalg.norm(f)
        line(f"scipy_{case}_{name}", n, 1, sorted(seconds + more), 0, residual, 2 * len(steps))


arguments = sys.argv[1:]
scattered = "--scattered" in arguments
print("case,n,threads,runs,best_s,median_s,gflops,residual,passes")
for n in [int(a) for a in arguments if a != "--scattered"] or [2464, 100000]:
    if n <= 20000 and not scattered:
        dense(n)
    else:
        sparse(n, scattered)
