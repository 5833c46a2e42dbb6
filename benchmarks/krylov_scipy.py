#!/usr/bin/python3
"""What a user would do instead of bench_krylov: numpy.linalg.solve and scipy's bicgstab.

usage: bench_krylov FOLDER; krylov_scipy.py FOLDER     the same matrices, from FOLDER
"""
import sys
import time

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spl

folder = sys.argv[1]
print("case,n,threads,runs,best_s,median_s,gflops,residual")

n, row = 10**6, 20
column = np.fromfile(f"{folder}/krylov_column.bin", dtype=np.uint32).astype(np.int32)
value = np.fromfile(f"{folder}/krylov_value.bin")
A = sp.csr_matrix((value, column, np.arange(0, n * row + 1, row, dtype=np.int32)), shape=(n, n))
B = (sp.identity(n, format="csr") - A).tocsr()
f = np.random.default_rng(1).random(n)
best = np.inf
for run in range(3):
    begin = time.perf_counter()
    x, info = spl.bicgstab(B, f, tol=1e-14, atol=0)
    best = min(best, time.perf_counter() - begin)
residual = np.linalg.norm(f - B @ x) / np.linalg.norm(f)
print(f"bicgstab,{n},1,3,{best:.3e},{best:.3e},0,{residual:.1e}", flush=True)
del A, B

A = np.fromfile(f"{folder}/krylov_mrio.bin")
n = int(round(len(A) ** 0.5))
B = np.eye(n) - A.reshape(n, n)
f = np.random.default_rng(1).random(n)
begin = time.perf_counter()
x = np.linalg.solve(B, f)
took = time.perf_counter() - begin
residual = np.linalg.norm(f - B @ x) / np.linalg.norm(f)
print(f"numpy.linalg.solve,{n},2,1,{took:.3e},{took:.3e},{2 / 3 * n**3 / took * 1e-9:.1f},{residual:.1e}")
