#!/usr/bin/python3
"""Further files of us-2017 aggregated with it, against numpy: duties (rate times imports) do not
change, rates and amounts are those of sums over the published cells."""

import csv
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "studies" / "tables" / "us-2017"
BUILD = ROOT / os.environ.get("B", "build")
WASSILY = os.environ.get("WASSILY", str(BUILD / "wassily"))
# Sums of up to 113 products of doubles, in another order: 113 rounding errors of 1.1e-16.
PRECISION = 2e-14


def rows_of(folder, name):
    with open(folder / name, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def column(folder, name, key, value):
    """{sector: number} of a file; cells without a number are NaN."""
    with open(folder / name, encoding="utf-8", newline="") as file:
        return {r[key]: float(r[value] or "nan") for r in csv.DictReader(file)}


def flow(folder, importer, partner):
    """What importer buys of every sector of partner: {sector: million}."""
    rows = rows_of(folder, "flows.csv")
    wanted = [k for k, region in enumerate(rows[0]) if region == importer]
    return {r[1]: sum(float(r[k] or 0) for k in wanted) for r in rows[2:] if r[0] == partner}


def write(path, lines):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)


class Frames(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.folder = Path(self.place.name)
        self.sectors = [r[0] for r in rows_of(TABLE, "sectors.csv")[1:]]

    def tearDown(self):
        self.place.cleanup()

    def aggregate(self, *options):
        """The aggregated table as a folder, and what was said."""
        packed, out = self.folder / "t.h5", self.folder / "t"
        said = subprocess.run(
            [WASSILY, "aggregate", "us-2017", *options, "-o", packed],
            capture_output=True, text=True, check=False)
        self.assertEqual(said.returncode, 0, said.stderr)
        subprocess.run([WASSILY, "convert", packed, out], check=True, capture_output=True)
        return out, said.stderr

    def concordance(self, length):
        write(self.folder / "s.csv",
              [("from", "to")] + [(s, s[:length]) for s in self.sectors])
        return self.folder / "s.csv"

    def test_duties_do_not_change(self):
        for length in (1, 2, 3):
            with self.subTest(length=length):
                out, _ = self.aggregate("-s", self.concordance(length), "-f")
                for name, buyer, seller, rates in (
                        ("tariffs.csv", "USA", "CHN", ("mfn_rate", "section301_2025_rate")),
                        ("tariffs_partner.csv", "CHN", "USA", ("china_added_2019_06",))):
                    before, after = (flow(t, buyer, seller) for t in (TABLE, out))
                    for rate in rates:
                        old, new = (column(t, name, "sector", rate) for t in (TABLE, out))
                        covered = {}  # imports of members that have a rate
                        for s in old:
                            covered[s[:length]] = covered.get(s[:length], 0) + before[s]
                        duty = sum(old[s] * before[s] for s in old)
                        self.assertAlmostEqual(
                            sum(new[s] * covered[s] for s in new) / duty, 1, delta=PRECISION)
                        self.assertLessEqual(
                            max(covered[s] / after[s] for s in new), 1 + PRECISION)
                subprocess.run(["rm", "-r", out], check=True)

    def test_every_rate_and_amount(self):
        out, _ = self.aggregate("-s", self.concordance(2))
        china = flow(TABLE, "USA", "CHN")
        trade = column(TABLE, "tariffs.csv", "sector", "china_imports_2024_musd")
        for rate, weight in (("mfn_rate", china), ("column2_rate", china),
                             ("section301_2020_rate", china), ("collected_rate_2024", trade),
                             ("column2_unparsed_share", trade)):
            old, new = (column(t, "tariffs.csv", "sector", rate) for t in (TABLE, out))
            for code, value in new.items():
                members = [s for s in old if s[:2] == code]
                w = np.array([weight[s] for s in members])
                v = np.array([old[s] for s in members])
                self.assertAlmostEqual(value, w @ v / w.sum(), delta=PRECISION)
        new = column(out, "tariffs.csv", "sector", "china_imports_2024_musd")
        self.assertAlmostEqual(sum(new.values()) / sum(trade.values()), 1, delta=PRECISION)
        with open(out / "phase_one.csv", encoding="utf-8", newline="") as file:
            weights = {}
            for r in csv.DictReader(file):
                weights.setdefault(r["category"], []).append(float(r["weight"]))
        for category, some in weights.items():  # six printed digits a weight
            self.assertAlmostEqual(sum(some), 1, delta=1e-4, msg=category)

    def test_jobs_per_dollar_are_a_ratio_of_sums(self):
        out, _ = self.aggregate("-s", self.concordance(1))
        with open(out / "jobs_by_year.csv", encoding="utf-8", newline="") as file:
            for r in csv.DictReader(file):
                ratio = float(r["jobs"]) / float(r["output_musd"])
                # The file's own ratios have six digits, its jobs are whole (half a job for each
                # of up to 113 members).
                self.assertAlmostEqual(float(r["jobs_per_musd"]), ratio,
                                       delta=5e-7 + 57 / float(r["output_musd"]))

    def test_a_partner_that_becomes_part_of_another_covers_part_of_the_trade(self):
        write(self.folder / "r.csv",
              [("from", "to"), ("USA", "USA"), ("CHN", "ABROAD"), ("ROW", "ABROAD")])
        # China's rows are valued otherwise than the others: make them one first.
        self.assertEqual(subprocess.run(
            [WASSILY, "aggregate", "us-2017", "-r", self.folder / "r.csv", "-o",
             self.folder / "x.h5"], capture_output=True, check=False).returncode, 65)
        subprocess.run(["cp", "-r", TABLE, self.folder / "one"], check=True)
        head = self.folder / "one" / "table.yaml"
        head.write_text(head.read_text().replace("CHN: customs", "CHN: duty_paid"))
        said = subprocess.run(
            [WASSILY, "aggregate", self.folder / "one", "-r", self.folder / "r.csv", "-o",
             self.folder / "x.h5"], capture_output=True, text=True, check=False)
        self.assertEqual(said.returncode, 0, said.stderr)
        out = self.folder / "out"
        subprocess.run([WASSILY, "convert", self.folder / "x.h5", out], check=True,
                       capture_output=True)
        china, all_ = flow(TABLE, "USA", "CHN"), flow(out, "USA", "ABROAD")
        part = 100 * (1 - china["1111A"] / all_["1111A"])
        self.assertIn(f"mfn_rate of 1111A: members with {part:.3g} % of its weight have no value",
                      said.stderr)
        self.assertIn(["tariffs.csv", "mfn_rate", "rate", "USA<-ABROAD"],
                      rows_of(out, "columns.csv"))
        self.assertEqual(rows_of(out, "tariffs.csv"), rows_of(TABLE, "tariffs.csv"))

    def test_a_study_runs_on_the_aggregated_table(self):
        write(self.folder / "s.csv",
              [("from", "to")] + [(s, s[:3]) for s in self.sectors])
        subprocess.run([WASSILY, "aggregate", "us-2017", "-s", self.folder / "s.csv", "-o",
                        self.folder / "small.h5"], check=True, capture_output=True)
        text = (ROOT / "studies" / "opening_salvo.yaml").read_text()
        study = self.folder / "salvo.yaml"
        study.write_text(text.replace("table: us-2017", "table: small.h5"))
        said = subprocess.run([WASSILY, "run", study, "-o", self.folder / "o.h5"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertIn("Jobs (persons), net of losses", said.stdout)


if __name__ == "__main__":
    unittest.main()
