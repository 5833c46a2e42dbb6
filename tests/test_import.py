#!/usr/bin/python3
"""Imported tables seen by others: our pymrio folder read as pymrio reads it, with pandas; the world
table of WIOD 2009 added up by numpy against the shipped table world-2009.

Needs python3-numpy and python3-pandas, and for the second the third-party data ($WASSILY_DATA, else
../shared/data); says so and skips where they are missing.
"""
import csv
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / os.environ.get("B", "build")
COMMAND = os.environ.get("WASSILY", str(BUILD / "wassily"))
DATA = Path(os.environ.get("WASSILY_DATA", str(ROOT / "../shared/data")))
IMPORT = ROOT / "tests/data/import"

try:
    import numpy
    import pandas
except ImportError:
    pandas = None
try:
    import openpyxl
except ImportError:
    openpyxl = None


# sectors and uses of the concordance as world-2009 writes them
NAMES = {
    "Chemical": "Chemicals",
    "Metal": "Metals",
    "Manufacture": "Machinery",
    "Retail": "Trade",
    "c37_HFCE": "HH",
    "c38_NPISH": "HH",
    "c39_GGFC": "GOV",
    "c41_GFCF": "GFCF",
    "c42_INVNT": "INV",
}


def wassily(*arguments):
    done = subprocess.run(
        [COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def load(folder):
    """What pymrio.load does: every file of file_parameters.json with its numbers of labels."""
    parameters = json.loads((folder / "file_parameters.json").read_text())
    parts = {}
    for name, part in parameters["files"].items():
        parts[name] = pandas.read_csv(
            folder / part["name"],
            sep="\t",
            index_col=list(range(int(part["nr_index_col"]))),
            header=list(range(int(part["nr_header"]))),
            float_precision="round_trip",
        )
    return parameters, parts


@unittest.skipIf(pandas is None, "skipped: python3-numpy or python3-pandas is not installed")
class Import(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="wassily-"))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def export(self, source, *options):
        packed, folder = self.folder / "t.h5", self.folder / "pymrio"
        wassily("import", "auto", source, "-q", "-o", packed, *options)
        wassily("export", packed, "--to", "pymrio", "-o", folder)
        return folder

    def compare(self, ours, theirs):
        numpy.testing.assert_array_equal(ours.to_numpy(), theirs.to_numpy())
        self.assertEqual(list(ours.index), list(theirs.index))
        self.assertEqual(list(ours.columns), list(theirs.columns))
        self.assertEqual(list(ours.index.names), list(theirs.index.names))
        self.assertEqual(list(ours.columns.names), list(theirs.columns.names))

    def test_pandas_reads_what_it_wrote_before_us(self):
        theirs = DATA / "world/pymrio_native/test_mrio_raw_txt"
        if not theirs.exists():
            self.skipTest("skipped: no pymrio_native (set WASSILY_DATA)")
        ours = self.export(theirs, "--year", "2010")
        for part in ("", "emissions", "factor_inputs"):
            about, mine = load(ours / part)
            wanted, other = load(theirs / part)
            self.assertEqual(about["systemtype"], wanted["systemtype"])
            for name in mine:
                self.compare(mine[name], other[name])
            self.assertEqual(set(other) - set(mine), {"population"} if part == "" else set())

    def test_a_table_of_another_publisher_is_a_pymrio_system(self):
        ours = self.export(IMPORT / "icio/2015.csv")
        about, system = load(ours)
        _, factors = load(ours / "factor_inputs")
        self.assertEqual(about["systemtype"], "IOSystem")
        Z, Y, F = system["Z"], system["Y"], factors["F"]
        self.assertEqual(Z.loc[("AAA", "A01_02"), ("AAA", "B05_06")], 5)
        self.assertEqual(Y.loc[("BB1", "A01_02"), ("BB1", "INVNT")], -2.5)
        self.assertEqual(list(F.index), ["TLS", "VA"])
        self.assertEqual(factors["F_Y"].loc["TLS", ("AAA", "HFCE")], 0.5)
        # rows and columns balance as pymrio's calc_x has them
        x = Z.sum(axis=1) + Y.sum(axis=1)
        numpy.testing.assert_array_equal((Z.sum() + F.sum()).to_numpy(), x.to_numpy())
        self.assertEqual(set(system["unit"]["unit"]), {"million USD"})

    def book_with(self, cell, value):
        """The world sheet of WIOD 2016 with one cell written in another way."""
        source, book = IMPORT / "wiod2016/WIOT2015_Nov16_ROW.xlsx", self.folder / "WIOT2015.xlsx"
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(book, "w") as new:
            for name in old.namelist():
                text = old.read(name)
                if name == "xl/worksheets/sheet1.xml":
                    text, count = re.subn(rb'<c r="%s"[^>]*>.*?</c>' % cell, value, text)
                    self.assertEqual(count, 1)
                new.writestr(name, text)
        packed = self.folder / "book.h5"
        return subprocess.run([COMMAND, "import", "wiod2016", book, "-f", "-o", packed],
                              capture_output=True, text=True, check=False)

    def test_a_date_or_truth_value_of_a_workbook_is_no_number(self):
        for kind in (b"b", b"d"):
            done = self.book_with(b"E7", b'<c r="E7" t="%s"><v>1</v></c>' % kind)
            self.assertEqual(done.returncode, 65)
            self.assertIn(":7:5: error: '1' is a date or a truth value where a number is needed",
                          done.stderr)

    def test_a_number_stored_as_text_is_read_and_said(self):
        done = self.book_with(b"E7", b'<c r="E7" t="inlineStr"><is><t>10</t></is></c>')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(":7:5: warning: 1 numbers are stored as text, this one first: read as numbers",
                      done.stderr)

    def test_wiod_2009_aggregated_by_the_command_is_world_2009(self):
        source, to = DATA / "world/wiod2013/2009", DATA / "world/wiod2009_10x12"
        if not source.exists():
            self.skipTest("skipped: no wiod2013 (set WASSILY_DATA)")
        if subprocess.run([COMMAND, "help", "aggregate"], capture_output=True).returncode != 0:
            self.skipTest("skipped: this wassily has no command aggregate")
        files = {name: self.folder / name for name in ("m.csv", "r.csv", "s.csv")}
        files["m.csv"].write_text(
            "region,sector,into_region,into_sector\nLUX,c5,LUX,c4\nLUX,c8,LUX,c17\n"
        )
        for name, old in (("r.csv", "concordance_regions.csv"), ("s.csv", "concordance_sectors.csv")):
            lines = (to / old).read_text().splitlines()
            files[name].write_text("\n".join(["from,to"] + lines[1:]) + "\n")
        packed, small, out = (self.folder / name for name in ("w.h5", "a.h5", "a"))
        wassily("import", "auto", source, "--merge", files["m.csv"], "-q", "-o", packed)
        # whole millions: columns do not add up, and the check says so; the table can be used
        done = subprocess.run([COMMAND, "check", packed], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("rows add up to output          largest gap 0.0e+00", done.stdout)
        self.assertIn("I - A is productive", done.stdout)
        self.assertIn("not every identity holds", done.stdout)
        wassily("aggregate", packed, "-r", files["r.csv"], "-s", files["s.csv"], "-o", small)
        wassily("export", small, "--to", "folder", "-o", out)
        want_rows, want_columns, want = matrix(ROOT / "studies/tables/world-2009/flows.csv", 2)
        rows, columns, flows = matrix(out / "flows.csv", 2)
        got = numpy.zeros_like(want)
        at_row = [want_rows.index((r, NAMES.get(s, s))) for r, s in rows]
        at_column = [want_columns.index((r, NAMES.get(s, s))) for r, s in columns]
        numpy.add.at(got, numpy.ix_(at_row, at_column), flows)
        numpy.testing.assert_array_equal(got, want)

    def test_wiod_2009_added_up_is_world_2009(self):
        source = DATA / "world/wiod2013/2009"
        if not source.exists():
            self.skipTest("skipped: no wiod2013 (set WASSILY_DATA)")
        merge, table = self.folder / "merge.csv", self.folder / "wiod"
        # rounding leaves these two at -1; both pairs are one sector of the ten by twelve
        merge.write_text(
            "region,sector,into_region,into_sector\nLUX,c5,LUX,c4\nLUX,c8,LUX,c17\n"
        )
        wassily("import", "wiod2013", source, "--merge", merge, "-q", "-o", table)
        rows, columns, flows = matrix(table / "flows.csv", 2)
        to = Path(DATA / "world/wiod2009_10x12")
        regions = dict(csv.reader((to / "concordance_regions.csv").read_text().splitlines()))
        sectors = dict(csv.reader((to / "concordance_sectors.csv").read_text().splitlines()))

        def big(label):
            sector = sectors.get(label[1], label[1])
            return regions[label[0]], NAMES.get(sector, sector)

        shipped = ROOT / "studies/tables/world-2009"
        want_rows, want_columns, want = matrix(shipped / "flows.csv", 2)
        got = numpy.zeros_like(want)
        at_row = [want_rows.index(big(r)) for r in rows]
        at_column = [want_columns.index(big(c)) for c in columns]
        numpy.add.at(got, numpy.ix_(at_row, at_column), flows)
        numpy.testing.assert_array_equal(got, want)  # whole millions: no rounding
        # value added as that table has it: output, the row sum, less intermediate inputs
        activities = [i for i, label in enumerate(want_columns) if label in want_rows]
        rest = got.sum(axis=1) - got[:, activities].sum(axis=0)
        _, _, primary = matrix(shipped / "primary.csv", 1)
        numpy.testing.assert_array_equal(rest, primary[0])


    def gloria(self, regions, sectors):
        """A folder of GLORIA, without numbers: its ReadMe has so many regions and sectors."""
        lists = {
            "Regions": [["Region_acronyms"]] + [[f"R{i}"] for i in range(regions)],
            "Sectors": [["Sector_names"]] + [[f"sector {i}"] for i in range(sectors)],
            "Value added and final demand": [
                ["Value_added_names", "Final_demand_names"],
                ["Compensation of employees D.1", "Household final consumption P.3h"],
            ],
        }
        data = self.folder / "GLORIA_MRIOs_59_2020"
        data.mkdir()
        for what in "TYV":
            (data / f"0_{what}-Results_2020_059_Markup001(full).csv").write_text("")
        with pandas.ExcelWriter(self.folder / "GLORIA_ReadMe_059.xlsx") as book:
            for name, rows in lists.items():
                pandas.DataFrame(rows[1:], columns=rows[0]).to_excel(book, name, index=False)
        return data

    @unittest.skipIf(openpyxl is None, "skipped: python3-openpyxl is not installed")
    def test_gloria_that_cannot_fit_is_refused_with_the_bytes(self):
        self.gloria(200, 50000)
        out = self.folder / "g.h5"
        command = [COMMAND, "import", "gloria", self.folder, "--model", "D", "-o", out]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 71)
        # n = 10^7 industries and products: use and table of n^2 numbers, four blocks of 50,000^2 for
        # each of 200 regions, four times the 400 final uses, six pieces of 32 MiB; no satellites
        n = 10_000_000
        need = 8 * (2 * n * n + 4 * 200 * 50_000**2 + 4 * n * 400) + 6 * 2**25
        self.assertIn(f"made symmetric, needs {need} bytes", done.stderr)
        self.assertFalse(out.exists())


def matrix(path, labels):
    """Labels of rows and columns and the numbers of a native CSV matrix with two header lines."""
    lines = list(csv.reader(path.read_text().splitlines()))
    columns = list(zip(lines[0][labels:], lines[1][labels:]))
    rows = [tuple(line[:labels]) for line in lines[2:]]
    return rows, columns, numpy.array([line[labels:] for line in lines[2:]], dtype=float)


if __name__ == "__main__":
    unittest.main()
