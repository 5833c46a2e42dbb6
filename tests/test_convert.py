"""wassily convert between every pair of the forms that it writes, and a file of several years as the
programs that read HDF5 see it.

Forms: a native folder, a packed file, a year of a series, a folder of pymrio's. The first three hold
all of a table: whichever way it goes, the folder comes back byte for byte, and so does the packed
file. pymrio's folder has numbers, codes and units; what it has no place for is listed, and the numbers
come back as they were."""
import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import warnings

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WASSILY = os.environ.get("WASSILY", os.path.join(ROOT, "build", "wassily"))
TABLES = os.path.join(ROOT, "studies", "tables")
YEARS = {"world-2009": 2009, "world-2011": 2011, "us-2017": 2017}
WHOLE = ("folder", "packed", "series")


def run(*arguments):
    return subprocess.run([WASSILY, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, timeout=60)


class Scratch(unittest.TestCase):
    def setUp(self):
        # in memory where there is such a place: hundreds of files are synced
        shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = tempfile.mkdtemp(prefix="wio_convert_", dir=shared)

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def good(self, *arguments):
        answer = run(*arguments)
        self.assertEqual(answer.returncode, 0, (arguments, answer.stderr.decode()))
        return answer

    def same_folders(self, a, b):
        names = sorted(os.listdir(a))
        self.assertEqual(names, sorted(os.listdir(b)))
        same, other, errors = filecmp.cmpfiles(a, b, names, shallow=False)
        self.assertEqual((other, errors), ([], []))


class Pairs(Scratch):
    def make(self, source, form, year, name):
        """The table in the form; what to call it."""
        path = self.path(name)
        if form == "folder":
            self.good("convert", source, path, "--to", "folder")
        elif form == "packed":
            self.good("convert", source, path + ".h5")
            path += ".h5"
        elif form == "series":
            self.good("convert", f"{year}={source}", "-o", path + ".h5")
            path += f".h5:{year}"
        else:
            self.good("convert", source, path, "--to", "pymrio")
        return path

    def test_whole_forms_come_back_byte_for_byte(self):
        for table in ("world-2009", "us-2017"):
            year = YEARS[table]
            first = {form: self.make(table, form, year, f"{table}_{form}") for form in WHOLE}
            for before in WHOLE:
                for after in WHOLE:
                    name = f"{table}_{before}_{after}"
                    made = self.make(first[before], after, year, name)
                    back = self.make(made, "folder", year, name + "_back")
                    self.same_folders(first["folder"], back)
                    if after != "folder":
                        file = made.split(":")[0]
                        self.assertTrue(filecmp.cmp(first[after].split(":")[0], file, False), name)

    def test_pymrio_keeps_every_number_and_lists_what_it_has_no_place_for(self):
        for table, forms in (("world-2009", WHOLE), ("world-2011", ("packed",))):
            whole = self.make(table, "packed", YEARS[table], table)
            for form in forms:
                source = self.make(whole, form, YEARS[table], f"{table}_{form}")
                folder = self.path(f"{table}_{form}_pymrio")
                said = self.good("convert", source, folder, "--to", "pymrio").stderr.decode()
                for what in ("groups of sectors", "names beside the codes", "sources, notes",
                             "the price basis", "notes on satellites"):
                    self.assertIn(f"pymrio's folder has no place for {what}", said)
                self.assertNotIn("need a role", self.good("info", folder).stdout.decode())
                roles = ("--roles", folder + "/wassily_roles.csv")
                for back, given in [(b, g) for b in WHOLE for g in ((), roles)]:
                    path = self.path(f"{table}_{form}_{back}_{len(given)}") + \
                        ("" if back == "folder" else ".h5")
                    where = [folder, path] if back != "series" else \
                        [f"{YEARS[table]}={folder}", "-o", path]
                    said = self.good("convert", *where, *given).stderr.decode()
                    self.assertEqual("roles are taken from its wassily_roles.csv" in said,
                                     not given, said)
                    again = self.path(f"{table}_{form}_{back}_{len(given)}_pymrio")
                    self.good("convert", path, again, "--to", "pymrio")
                    for name in ("Z.txt", "Y.txt", "unit.txt", "wassily_roles.csv",
                                 "factor_inputs/F.txt", "satellites/F.txt", "satellites/unit.txt"):
                        self.assertTrue(filecmp.cmp(os.path.join(folder, name),
                                                    os.path.join(again, name), False),
                                        (table, form, back, name))

    def test_a_year_that_is_imported_says_what_was_read(self):
        source = os.path.join(ROOT, "tests/data/import/icio/2015.csv")
        answer = run("convert", "2015=" + source, "-o", self.path("s.h5"))
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn(b"note: totals in million USD: intermediate 137.000", answer.stderr)

    def test_roles_of_what_is_no_source_are_refused(self):
        answer = run("convert", "us-2017", self.path("t.h5"), "--roles", "r.csv")
        self.assertEqual(answer.returncode, 64)
        self.assertIn(b"'--roles' is for sources, and us-2017 is none", answer.stderr)

    def test_a_source_that_is_opened_as_a_table_is_told_from_a_damaged_one(self):
        for name, status in (("icio/2015.csv", 65), ("pymrio", 66)):
            answer = run("check", os.path.join(ROOT, "tests/data/import", name))
            self.assertEqual(answer.returncode, status)
            self.assertIn(f"this looks like a source of the format '{name.split('/')[0]}', which "
                          "'wassily import' makes a table of".encode(), answer.stderr)

    def test_a_further_file_is_never_dropped_silently(self):
        table = self.path("with_file")
        shutil.copytree(os.path.join(TABLES, "world-2009"), table)
        with open(os.path.join(table, "extra.csv"), "w", encoding="utf-8") as file:
            file.write("sector,rate\nX,0.1\n")
        said = self.good("convert", table, self.path("p"), "--to", "pymrio").stderr.decode()
        self.assertIn("pymrio's folder has no place for extra.csv", said)
        self.good("convert", table, self.path("t.h5"))
        self.good("convert", self.path("t.h5"), self.path("f"))
        self.assertTrue(filecmp.cmp(self.path("f/extra.csv"), table + "/extra.csv", False))

    def test_regions_that_do_not_produce_are_refused_by_name(self):
        answer = run("convert", "us-2017", self.path("p"), "--to", "pymrio")
        self.assertEqual(answer.returncode, 65)
        self.assertIn(b"does not produce: pymrio's layout has no place for it", answer.stderr)
        self.assertFalse(os.path.exists(self.path("p")))


class Readers(Scratch):
    def setUp(self):
        super().setUp()
        try:
            import h5netcdf  # noqa: F401
            import h5py
            import netCDF4  # noqa: F401
            import xarray
        except ImportError as missing:
            self.skipTest(f"skipped: {missing}")
        self.h5py, self.xarray = h5py, xarray
        self.series = self.path("s.h5")
        self.good("convert", "2009=world-2009", "2011=world-2011", "2017=us-2017", "-o",
                  self.series)

    def flows(self, table):
        """Z of the native folder, by labels: {(origin, activity): the cell's text}."""
        import csv
        with open(os.path.join(TABLES, table, "flows.csv"), encoding="utf-8") as file:
            rows = list(csv.reader(file))
        head = [".".join(pair) for pair in zip(rows[0], rows[1])]
        return {(f"{row[0]}.{row[1]}", head[c]): row[c] for row in rows[2:]
                for c in range(2, len(row))}

    def test_xarray_opens_each_year_with_its_labels(self):
        for table, year in YEARS.items():
            cells = self.flows(table)
            for engine in ("netcdf4", "h5netcdf"):
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    with self.xarray.open_dataset(self.series, group=str(year),
                                                  engine=engine) as data:
                        data.load()
                self.assertEqual(data.Z.dims, ("origin", "activity"))
                self.assertEqual(data.Y.dims, ("origin", "final"))
                self.assertEqual(data.attrs["year"], year)
                for i in range(0, data.sizes["origin"], 7):
                    for j in range(0, data.sizes["activity"], 5):
                        label = (str(data.origin.values[i]), str(data.activity.values[j]))
                        self.assertEqual(float(data.Z[i, j]), float(cells[label]), label)
                    label = (str(data.origin.values[i]), str(data.final.values[0]))
                    self.assertEqual(float(data.Y[i, 0]), float(cells[label]), label)

    def test_a_packed_table_opens_without_a_group(self):
        self.good("convert", "world-2009", self.path("t.h5"))
        with self.xarray.open_dataset(self.path("t.h5")) as one, \
                self.xarray.open_dataset(self.series, group="2009") as other:
            np.testing.assert_array_equal(one.Z.values, other.Z.values)
            self.assertEqual(list(one.activity.values), list(other.activity.values))

    def test_years_of_the_same_labels_have_them_once(self):
        """A year of the same labels adds its arrays and little else; h5py sees one object."""
        again = self.path("again")
        shutil.copytree(os.path.join(TABLES, "world-2009"), again)
        with open(os.path.join(again, "table.yaml"), encoding="utf-8") as file:
            text = file.read()
        with open(os.path.join(again, "table.yaml"), "w", encoding="utf-8") as file:
            file.write(text.replace("year: 2009", "year: 2010"))
        before = os.path.getsize(self.series)
        self.good("convert", f"2010={again}", "-o", self.series, "--append")
        numbers = 8 * (120 * 120 + 120 * 40 + 2 * 120)
        self.assertLess(os.path.getsize(self.series) - before, numbers + 20000)
        with self.h5py.File(self.series) as file:
            for name in ("sectors", "regions", "origins", "activity", "groups", "notes"):
                self.assertEqual(self.h5py.h5o.get_info(file["2009"][name].id).addr,
                                 self.h5py.h5o.get_info(file["2010"][name].id).addr, name)
        info = json.loads(self.good("info", self.series, "--json").stdout)
        self.assertEqual([t["year"] for t in info["tables"]], [2009, 2010, 2011, 2017])

    def test_total_output_is_the_sum_of_what_is_in_the_file(self):
        for year in YEARS.values():
            info = json.loads(self.good("info", f"{self.series}:{year}", "--json").stdout)
            with self.h5py.File(self.series) as file:
                n = file[f"{year}/Z"].shape[1]
                x = file[f"{year}/Z"][:n].sum() + file[f"{year}/Y"][:n].sum()
            self.assertAlmostEqual(info["total_output"] / x, 1.0, delta=1e-12)  # n eps, n = 350

    def test_an_aggregation_is_that_of_numpy(self):
        """world-2009 into one sector a region, from the file."""
        lines = ["from,to"]
        with self.h5py.File(self.series) as file:
            codes = [c.decode() for c in file["2009/sectors/code"][:]]
            Z = file["2009/Z"][:]
        lines += [f"{code},ALL" for code in codes]
        with open(self.path("all.csv"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        self.good("aggregate", self.series + ":2009", "-s", self.path("all.csv"), "-o",
                  self.path("a.h5"))
        with self.h5py.File(self.path("a.h5")) as file:
            small = file["Z"][:]
        want = Z.reshape(10, 12, 10, 12).sum(axis=(1, 3))
        np.testing.assert_allclose(small, want, rtol=1e-13)  # 144 numbers of one sign: 144 eps


if __name__ == "__main__":
    sys.argv[0] = "test_convert.py"
    unittest.main()
