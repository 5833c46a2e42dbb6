#!/usr/bin/python3
"""The shipped studies against tests/reference.py, and the reference against a spoiled result.

Needs python3-numpy and python3-h5py; says so and skips where they are missing.
"""
import csv
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "tests" / "reference.py"
BUILD = ROOT / os.environ.get("B", "build")
COMMAND = os.environ.get("WASSILY", str(BUILD / "wassily"))

try:
    import h5py
    import numpy
except ImportError:
    h5py = None


def reference():
    spec = importlib.util.spec_from_file_location("reference", REFERENCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compare(result, study):
    return subprocess.run(
        [sys.executable, str(REFERENCE), str(result), study],
        capture_output=True,
        text=True,
        check=False,
    )


@unittest.skipIf(h5py is None, "skipped: python3-numpy or python3-h5py is not installed")
class Reference(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="wassily-"))
        cls.results = {}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def result(self, study):
        if study not in self.results:
            out = self.folder / f"{study}.h5"
            folder = ROOT / ("tests/data" if study == "type_two" else "studies")
            done = subprocess.run(
                [COMMAND, "run", str(folder / f"{study}.yaml"), "-o", str(out)],
                capture_output=True,
                text=True,
                check=False,
            )
            self.assertEqual(done.returncode, 0, done.stderr)
            self.results[study] = out
        return self.results[study]

    def agrees(self, study):
        done = compare(self.result(study), study)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_opening_salvo_agrees_with_numpy(self):
        self.agrees("opening_salvo")

    def test_purchases_agree_with_numpy(self):
        self.agrees("purchases")

    def test_batteries_agree_with_numpy(self):
        self.agrees("batteries")

    def test_property_slump_agrees_with_numpy(self):
        self.agrees("property_slump")

    def test_first_term_relief_agrees_with_numpy(self):
        self.agrees("first_term_relief")

    def test_end_of_normal_trade_agrees_with_numpy(self):
        self.agrees("end_of_normal_trade")

    def test_tariff_world_agrees_with_numpy(self):
        self.agrees("tariff_world")

    def test_pledges_agree_with_numpy(self):
        for study in ("electric_vehicles", "solar", "deal_500k", "joint_venture"):
            with self.subTest(study):
                self.agrees(study)

    def test_further_purchases_agree_with_numpy(self):
        for study in ("purchases_caught_up", "farm_and_energy"):
            with self.subTest(study):
                self.agrees(study)

    def test_type_two_on_a_real_table_agrees_with_numpy(self):
        self.agrees("type_two")

    def test_every_shipped_study_has_an_independent_check(self):
        shipped = {path.stem for path in (ROOT / "studies").glob("*.yaml")}
        self.assertEqual(shipped - set(reference().STUDIES), set())

    def test_multipliers_and_solve_agree_with_numpy(self):
        demand = self.folder / "demand.csv"
        demand.write_text("region,sector,demand\nUSA,336111,1000\nUSA,1111A,-5\n")

        def read(arguments):
            if arguments[0] == "solve":
                arguments = arguments + ["--demand", str(demand)]
            done = subprocess.run(
                [COMMAND] + arguments, capture_output=True, text=True, check=True
            )
            return list(csv.DictReader(done.stdout.splitlines()))

        worst = reference().multipliers(read)
        self.assertGreaterEqual(len(worst), 29)
        for name, gap in worst:
            with self.subTest(name):
                self.assertLess(gap, 1e-10)

    def test_nearly_free_imports_are_an_answer(self):
        """Imports into inventories may be negative: no plant displaced them."""
        study = self.folder / "free.yaml"
        study.write_text(
            "wassily: 1\ntitle: Nearly free\ntable: us-2017\n"
            "model: {households: exogenous, prices: cost-push, substitution: nested,"
            " primary_prices: fixed}\n"
            "parameters: {horizon: long, sigma_domestic: 2.5, sigma_import: 3.8,"
            " final_demand_elasticity: 1, export_elasticity: 3}\n"
            "scenarios:\n"
            "  - name: cut\n"
            "    shocks:\n"
            "      - import_price: {importer: USA, exporter: CHN, sectors: goods, change: -99.9%}\n"
        )
        out = self.folder / "free.h5"
        done = subprocess.run(
            [COMMAND, "run", str(study), "-o", str(out)],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(out, "r") as file:
            self.assertTrue(numpy.isfinite(file["jobs_case"][0, 0]))

    def test_a_result_off_by_a_billionth_is_found(self):
        spoiled = self.folder / "spoiled.h5"
        shutil.copy(self.result("property_slump"), spoiled)
        with h5py.File(spoiled, "r+") as file:
            file["jobs_change"][...] *= 1 + 1e-9
        done = compare(spoiled, "property_slump")
        self.assertEqual(done.returncode, 1)
        self.assertIn("DIFFERS jobs_change", done.stdout)

    def test_a_missing_variable_is_found(self):
        spoiled = self.folder / "missing.h5"
        shutil.copy(self.result("property_slump"), spoiled)
        with h5py.File(spoiled, "r+") as file:
            del file["value_added_change"]
        self.assertEqual(compare(spoiled, "property_slump").returncode, 1)


if __name__ == "__main__":
    unittest.main()
