#!/usr/bin/python3
"""`wassily extract us-2017` against numpy: the table's CSV files, its economy solved again without
every activity in turn (113 dense solves), jobs, value added and output."""

import csv
import os
import subprocess
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "studies" / "tables" / "us-2017"
BUILD = ROOT / os.environ.get("B", "build")
WASSILY = os.environ.get("WASSILY", str(BUILD / "wassily"))
PRECISION = 1e-8  # --csv prints nine digits


def rows_of(name):
    with open(TABLE / name, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


class Extract(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        flows = rows_of("flows.csv")
        head, body = flows[:2], flows[2:]
        cls.label = [(r[0], r[1]) for r in body if r[0] == "USA"]
        n = cls.n = len(cls.label)
        cls.flow = np.array([[float(c or 0) for c in r[2:]] for r in body if r[0] == "USA"])
        columns = list(zip(head[0][2:], head[1][2:]))
        assert columns[:n] == cls.label
        cls.x = cls.flow.sum(axis=1)
        cls.f = cls.flow[:, n:].sum(axis=1)
        cls.A = cls.flow[:, :n] / np.where(cls.x == 0, 1, cls.x)
        roles = {r[0]: r[2] for r in rows_of("primary_items.csv")[1:]}
        added = ("compensation", "tax", "surplus", "value_added")
        primary = rows_of("primary.csv")
        start = len(primary[-1]) - n
        cls.added = sum(np.array([float(c or 0) for c in r[start:]])
                        for r in primary[2:] if roles.get(r[0]) in added)
        jobs = next(r for r in rows_of("satellites.csv") if r[0] == "jobs")
        cls.jobs = np.array([float(c) if c else 0.0 for c in jobs[2:]])

    def extract(self, *more):
        done = subprocess.run([WASSILY, "extract", "us-2017", "--csv", *more],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = list(csv.DictReader(done.stdout.splitlines()))
        self.assertEqual([(r["region"], r["sector"]) for r in rows], self.label)
        return rows

    def drop(self, k, kind, share=1.0):
        A, f = self.A.copy(), self.f.copy()
        if kind != "backward":
            A[k, :] *= 1 - share
        if kind != "forward":
            A[:, k] *= 1 - share
        if kind == "total":
            f[k] = 0
        return self.x - np.linalg.solve(np.eye(self.n) - A, f)

    def check_each(self, kind, *more, share=1.0):
        rows = self.extract("--kind", kind, *more)
        per = np.where(self.x == 0, 1, self.x)
        weights = {"output": np.ones(self.n), "value_added": self.added / per,
                   "jobs": self.jobs / per}
        for k, row in enumerate(rows):
            drop = self.drop(k, kind, share)
            for name, weight in weights.items():
                lost = weight @ drop
                size = PRECISION * abs(lost) + 1e-12 * (weight @ self.x)
                self.assertAlmostEqual(float(row[f"{name}_lost"]), lost, delta=size)
                self.assertAlmostEqual(float(row[f"{name}_lost_outside"]), lost - weight[k] * drop[k],
                                       delta=size)

    def test_every_activity_taken_out_in_turn(self):
        self.check_each("total")

    def test_purchases_from_outside(self):
        self.check_each("backward")

    def test_a_share_of_sales_imported(self):
        self.check_each("forward", "--share", "0.3", share=0.3)

    def test_one_activity_over_all_others(self):
        k = self.label.index(("USA", "336111"))
        drop = self.drop(k, "total")
        for row, want in zip(self.extract("--sector", "USA.336111"), drop):
            self.assertAlmostEqual(float(row["output_lost"]), want,
                                   delta=PRECISION * abs(want) + 1e-12 * self.x.sum())


if __name__ == "__main__":
    unittest.main()
