#!/usr/bin/python3
"""ras_numpy.py [N]: the table and targets of bench_ras.c, balanced with numpy by scaling rows and
columns in place, to the same relative tolerance. The same CSV line."""
import sys
import time

import numpy as np

n = int(sys.argv[1]) if len(sys.argv) > 1 else 2464


def uniform(count):
    """bench_ras.c's generator, advanced by doubling: state_k = a_k state_0 + c_k (mod 2^64)."""
    a, c = np.ones(1, np.uint64), np.zeros(1, np.uint64)
    step_a, step_c = 6364136223846793005, 1442695040888963407
    while a.size < count + 1:
        a, c = np.concatenate([a, a * np.uint64(step_a)]), np.concatenate(
            [c, c * np.uint64(step_a) + np.uint64(step_c)])
        step_c = (step_c * step_a + step_c) % 2**64
        step_a = step_a * step_a % 2**64
    state = a[1:count + 1] * np.uint64(2464) + c[1:count + 1]
    return (state >> np.uint64(11)).astype(float) * 2.0**-53


def ras(Z, u, v, tolerance):
    X = Z.copy()
    for sweeps in range(1, 10000):
        rows = X.sum(axis=1)
        if sweeps > 1 and (abs(rows - u) <= tolerance * u).all():
            break
        X *= (u / rows)[:, None]
        X *= v / X.sum(axis=0)
    return X, sweeps


both = uniform(2 * n * n)
Z = (both[0::2] ** 4 * 1000.0).reshape(n, n)
i, j = np.arange(n)[:, None], np.arange(n)
other = Z * (.9 + .2 * both[1::2].reshape(n, n)) * (1 + .1 * (i % 5) + .1 * (j % 7))
u, v = other.sum(axis=1), other.sum(axis=0)
v *= u.sum() / v.sum()
seconds = []
for run in range(7):
    start = time.perf_counter()
    X, sweeps = ras(Z, u, v, 1e-10)
    seconds.append(time.perf_counter() - start)
seconds.sort()
gap = (abs(X.sum(axis=1) - u) / u).max()
print(f'ras_numpy,{n},1,7,{seconds[0]:.4f},{seconds[3]:.4f},'
      f'{4e-9 * n * n * sweeps / seconds[0]:.2f},{gap:.1e},{sweeps},{1e3 * seconds[0] / sweeps:.2f}')
