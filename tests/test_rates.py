#!/usr/bin/python3
"""Sector rates of the 2025 schedule on imports from China, as `wassily rates` gives them, against
numpy's own average of the product lines and the published averages by BEA summary sector."""

import csv
import gzip
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
DATA = os.environ.get("WASSILY_DATA", str(ROOT.parent / "shared" / "data"))
SCHEDULE = os.path.join(DATA, "us/tariff/us_tariff_hs8_2025.csv.gz")
PUBLISHED = os.path.join(DATA, "us/tariff/us_tariffs_on_china_bea_summary.csv")
BUILD = ROOT / os.environ.get("B", "build")
WASSILY = os.environ.get("WASSILY", str(BUILD / "wassily"))


def number(text):
    return float(text) if text != "" else np.nan


@unittest.skipUnless(os.path.exists(SCHEDULE), "skipped: no third-party data in " + DATA)
class Rates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with gzip.open(SCHEDULE, "rt", newline="") as file:
            cls.lines = list(csv.DictReader(file))
        cls.folder = tempfile.TemporaryDirectory()
        cls.write("trade.csv", "hs,value,partner",
                  (f"{r['hs8']},{r['imports_usd']},CHN" for r in cls.lines))
        cls.write("members.csv", "hs,sector",
                  (f"{r['hs8']},{r['bea_summary']}" for r in cls.lines))
        cls.write("lines.csv", "hs,kind,authority,rate", cls.tariff_lines())

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def write(cls, name, head, rows):
        with open(os.path.join(cls.folder.name, name), "w", encoding="utf-8") as file:
            file.write(head + "\n" + "".join(row + "\n" for row in rows))

    @classmethod
    def tariff_lines(cls):
        for r in cls.lines:
            yield f"{r['hs8']},base,mfn,{r['mfn_adval']}"
            yield f"{r['hs8']},replace,column2,{r['col2_adval']}"
            if number(r["s301_2025"]) > 0:
                yield f"{r['hs8']},add,s301,{r['s301_2025']}"

    def rates(self, authorities, *more):
        command = [WASSILY, "rates", "--date", "2025-02-04", "--authorities", authorities, *more]
        for name in ("lines", "trade"):
            command += [f"--{name}", os.path.join(self.folder.name, name + ".csv")]
        command += ["--concordance", os.path.join(self.folder.name, "members.csv")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        rows = {r["sector"]: r for r in csv.DictReader(done.stdout.splitlines())}
        return rows, done

    def average(self, sector, rate_of):
        """Trade-weighted mean over the lines whose rate is known, and the trade behind it."""
        mine = [r for r in self.lines if r["bea_summary"] == sector]
        rate = np.array([rate_of(r) for r in mine])
        value = np.array([number(r["imports_usd"]) for r in mine])
        known = np.isfinite(rate)
        trade = value[known].sum()
        return (rate[known] @ value[known] / trade if trade > 0 else np.nan), trade

    def check_all(self, authorities, rate_of):
        rows, done = self.rates(authorities, "--allow-unknown")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(len(rows), 20)
        for sector, row in rows.items():
            mean, trade = self.average(sector, rate_of)
            self.assertAlmostEqual(number(row["trade"]), trade, delta=1e-12 * trade)
            if trade > 0:
                # sums of some thousand terms of one sign, in another order
                self.assertAlmostEqual(number(row["rate"]), mean, delta=1e-12 * max(mean, 1e-3))
        return rows

    def test_mfn_and_section_301_add_up_to_numpys_average(self):
        self.check_all("mfn,s301", lambda r: number(r["mfn_adval"]) + number(r["s301_2025"]))

    def test_column_2_replaces_mfn(self):
        self.check_all("mfn,column2,s301", lambda r: number(r["col2_adval"]) + number(r["s301_2025"]))

    def test_the_published_averages_come_out(self):
        rows, _ = self.rates("mfn", "--allow-unknown")
        compared = 0
        with open(PUBLISHED, encoding="utf-8") as file:
            for published in csv.DictReader(file):
                row = rows[published["bea_summary"]]
                if number(row["unknown_trade"]) == 0 and number(row["trade"]) > 0:
                    self.assertAlmostEqual(number(row["rate"]), number(published["mfn_wt"]),
                                           delta=0.5e-5 + 1e-12)  # printed with five digits
                    compared += 1
        self.assertGreater(compared, 8)

    def test_specific_duties_stop_the_run_with_their_trade(self):
        _, done = self.rates("mfn")
        self.assertEqual(done.returncode, 65)
        self.assertIn("has a specific duty without ad valorem equivalent", done.stderr)
        self.assertEqual(done.stdout, "")


class Labels(unittest.TestCase):
    def test_a_percentage_without_its_sign_is_warned_of(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"t.csv": "hs,value\n9503,300\n", "m.csv": "hs,sector\n95,TOYS\n",
                               "l.csv": "hs,kind,authority,rate\n95,base,mfn,2.5\n"
                                        "96,base,mfn,250%\n97,base,mfn,1.5\n"}.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(text)
            done = subprocess.run([WASSILY, "rates", "--lines", "l.csv", "--trade", "t.csv",
                                   "--concordance", "m.csv", "--date", "2025-02-04"],
                                  cwd=folder, capture_output=True, text=True, check=True)
        self.assertIn("l.csv:2:4: warning: 2 rates are above 100 %, this one first", done.stderr)

    def test_names_with_commas_and_quotes_stay_one_cell(self):
        files = {"trade.csv": 'hs,value,partner\n9503,300,"Korea, South"\n8703,20,"the ""rest"""\n',
                 "lines.csv": "hs,kind,authority,rate\n95,base,mfn,2%\n87,base,mfn,4%\n",
                 "members.csv": 'hs,sector\n95,"Toys, games"\n87,Cars\n'}
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(text)
            done = subprocess.run([WASSILY, "rates", "--lines", "lines.csv", "--trade", "trade.csv",
                                   "--concordance", "members.csv", "--date", "2025-02-04"],
                                  cwd=folder, capture_output=True, text=True, check=True)
        rows = list(csv.DictReader(done.stdout.splitlines()))
        rate = {(r["sector"], r["partner"]): r["rate"] for r in rows}
        self.assertEqual(rate, {("Toys, games", "Korea, South"): "0.02",
                                ("Toys, games", 'the "rest"'): "",
                                ("Cars", "Korea, South"): "", ("Cars", 'the "rest"'): "0.04"})
        self.assertTrue(all(None not in r for r in rows))


if __name__ == "__main__":
    unittest.main()
