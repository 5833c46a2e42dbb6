#!/usr/bin/python3
"""A random world of supply and use made symmetric (models B and D), carved, its imports by origin, its
sectors and regions split: the command's files against numpy, from the formulas alone."""

import csv
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / os.environ.get("B", "build")
WASSILY = os.environ.get("WASSILY", str(BUILD / "wassily"))
REGIONS, PRODUCTS, INDUSTRIES = ("AAA", "BBB", "CCC"), ("p1", "p2", "p3", "p4"), ("i1", "i2", "i3")
USES, ITEMS = ("Households", "Changes in inventories"), ("Taxes", "Wages")
ACTIVITIES = [(r, i) for r in REGIONS for i in INDUSTRIES]
# Sums of up to 12 products of numbers below 1e3, each off by a few units of 1.1e-16 of itself.
PRECISION = 1e-11


def write(path, lines):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)


def matrix(path, labels):
    """{labels of a row}, [labels of columns], numbers; NaN where there is none."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    columns = list(zip(rows[0][labels:], rows[1][labels:]))
    return ([tuple(r[:labels]) for r in rows[2:]], columns,
            np.array([[float(c or 0) for c in r[labels:]] for r in rows[2:]]))


class Assembly(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.place.name)
        random = np.random.default_rng(20)
        m, n = len(REGIONS) * len(PRODUCTS), len(ACTIVITIES)
        cls.U = random.uniform(0, 2, (m, n))
        cls.V = np.zeros((n, m))
        for r in range(len(REGIONS)):
            a, b = r * len(INDUSTRIES), r * len(PRODUCTS)
            cls.V[a:a + len(INDUSTRIES), b:b + len(PRODUCTS)] = random.uniform(
                10, 40, (len(INDUSTRIES), len(PRODUCTS)))
        cls.Y = random.dirichlet(np.ones(len(REGIONS)), m)
        cls.Y *= (cls.V.sum(0) - cls.U.sum(1))[:, None]
        stock = random.uniform(-1, 1, cls.Y.shape)
        cls.Y = np.stack([cls.Y - stock, stock], 2).reshape(m, -1)  # by region, then use
        left = cls.V.sum(1) - cls.U.sum(0)
        taxes = random.uniform(0, 1, n)
        cls.W = np.array([taxes, left - taxes])
        cls.S = random.uniform(0, 5, (1, n))
        cls.write_source(cls.folder / "sut")
        cls.model_d = cls.made("D")

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    @classmethod
    def write_source(cls, to):
        """The layout of MARIO's supply and use as CSV."""
        to.mkdir()
        m, n = cls.U.shape
        product = [(r, "Commodity", p) for r in REGIONS for p in PRODUCTS]
        activity = [(r, "Activity", i) for r, i in ACTIVITIES]
        final = [(r, "Consumption category", u) for r in REGIONS for u in USES]
        Z = np.block([[np.zeros((m, m)), cls.U], [cls.V, np.zeros((n, n))]])
        Y = np.vstack([cls.Y, np.zeros((n, len(final)))])

        def block(name, rows, columns, numbers, depth):
            head = ("Region", "Level", "Item")
            lines = [[head[k]] + [""] * (depth - 1) + [c[k] for c in columns] for k in range(3)]
            lines.append(list(head[3 - depth:]) + [""] * len(columns))
            lines += [list(r) + [repr(float(v)) for v in row] for r, row in zip(rows, numbers)]
            write(to / name, lines)

        block("Z.csv", product + activity, product + activity, Z, 3)
        block("Y.csv", product + activity, final, Y, 3)
        for name, items, numbers in (("V", ITEMS, cls.W), ("E", ("CO2",), cls.S)):
            labels = [(i,) for i in items]
            block(name + ".csv", labels, product + activity,
                  np.hstack([np.zeros((len(items), m)), numbers]), 1)
            block(name + "Y.csv", labels, final, np.zeros((len(items), len(final))), 1)
        write(to / "units.csv", [("Level", "Item", "Unit")] +
              [("Commodity", p, "M EUR") for p in PRODUCTS] +
              [("Activity", i, "M EUR") for i in INDUSTRIES] +
              [("Factor of production", i, "M EUR") for i in ITEMS] +
              [("Satellite account", "CO2", "t")])

    @classmethod
    def run_command(cls, *words):
        said = subprocess.run([WASSILY, *words], capture_output=True, text=True, check=False)
        assert said.returncode == 0, (words, said.stderr)
        return said

    @classmethod
    def made(cls, model):
        to = cls.folder / f"world-{model}.h5"
        cls.run_command("import", "mario-sut", cls.folder / "sut", "--year", "2015", "--model",
                        model, "-o", to)
        return to

    def read(self, packed):
        """Flows (rows, columns, numbers), primary inputs and satellites."""
        with tempfile.TemporaryDirectory() as place:
            out = Path(place) / "t"
            self.run_command("convert", packed, out)
            _, columns, numbers = matrix(out / "satellites.csv", 2)
            return (matrix(out / "flows.csv", 2), matrix(out / "primary.csv", 1),
                    dict(zip(columns, numbers[0])))

    def close(self, numbers, expected):
        np.testing.assert_allclose(numbers, expected, rtol=PRECISION, atol=PRECISION)

    def test_model_d_is_a_make_share_of_every_row(self):
        (rows, columns, flows), (_, _, primary), satellites = self.read(self.model_d)
        D = self.V / self.V.sum(0)
        self.assertEqual(rows, ACTIVITIES)
        self.assertEqual(columns, ACTIVITIES + [(r, u) for r in REGIONS for u in USES])
        self.close(flows, np.hstack([D @ self.U, D @ self.Y]))
        self.close(primary, self.W)
        self.close([satellites[a] for a in ACTIVITIES], self.S[0])

    def test_model_b_gives_every_product_the_mix_of_its_makers(self):
        (rows, _, flows), (_, _, primary), satellites = self.read(self.made("B"))
        mix = self.V / self.V.sum(1)[:, None]
        self.assertEqual(rows, [(r, p) for r in REGIONS for p in PRODUCTS])
        self.close(flows, np.hstack([self.U @ mix, self.Y]))
        self.close(primary, self.W @ mix)
        self.close([satellites[a] for a in rows], (self.S @ mix)[0])

    def national(self):
        """AAA with the others as one block."""
        if not (self.folder / "national.h5").exists():
            write(self.folder / "block.csv",
                  [("from", "to"), ("AAA", "AAA"), ("BBB", "IMP"), ("CCC", "IMP")])
            self.run_command("carve", self.model_d, "-k", "AAA", "-o", self.folder / "c.h5")
            self.run_command("aggregate", self.folder / "c.h5", "-r", self.folder / "block.csv",
                             "-o", self.folder / "national.h5")
        return self.folder / "national.h5"

    def origins(self, trade, exports, *options):
        for name, lines in (("t", trade), ("e", exports)):
            write(self.folder / f"{name}.csv", [("sector", "partner", "use", "value")] +
                  [(*key, repr(value)) for key, value in lines.items()])
        out = self.folder / "origins.h5"
        self.run_command("origins", self.national(), "-t", self.folder / "t.csv", "-e",
                         self.folder / "e.csv", *options, "-o", out, "-f")
        return {(row, column): value for rows, columns, flows in [self.read(out)[0]]
                for row, line in zip(rows, flows) for column, value in zip(columns, line)}

    @staticmethod
    def narrowest(trade, sector, user):
        """The use whose lines decide for a user; None: the sum of all."""
        wide = {"Households": "consumption", USES[1]: "capital"}.get(user, "intermediate")
        for use in (user, wide, ""):
            if any(k[0] == sector and k[2] == use for k in trade):
                return use
        return None

    def trade(self):
        random = np.random.default_rng(4)
        lines = {}
        for sector, uses in (("i1", ("",)), ("i2", ("intermediate", "consumption", "i3", "")),
                             ("i3", ("intermediate", USES[1]))):
            for use in uses:
                for partner in ("CHN", "DEU"):
                    lines[sector, partner, use] = random.uniform(0, 1)
        return lines, {(s, p, ""): random.uniform(0, 1) for s in INDUSTRIES
                       for p in ("CHN", "DEU")}

    def test_imports_have_the_shares_of_the_narrowest_use(self):
        trade, exports = self.trade()
        rows, columns, flows = self.read(self.national())[0]
        made = self.origins(trade, exports)
        self.assertEqual({r for (r, _), _ in made}, {"AAA", "CHN", "DEU"})
        for (region, sector), line in zip(rows, flows):
            for (place, user), value in zip(columns, line):
                of = exports if place == "IMP" else trade
                use = "" if place == "IMP" else self.narrowest(trade, sector, user)
                part = {p: sum(v for k, v in of.items() if k[:2] == (sector, p) and
                               use in (None, k[2])) for p in ("CHN", "DEU")}
                for p in part:
                    share = part[p] / sum(part.values())
                    if region == "IMP" and place == "AAA":
                        self.close(made[(p, sector), (place, user)], value * share)
                    elif region == "AAA" and place == "IMP":
                        self.close(made[(region, sector), (p, user)], value * share)
                    elif region == "AAA":
                        self.close(made[(region, sector), (place, user)], value)

    def test_trade_at_its_level_leaves_the_rest(self):
        trade, exports = self.trade()
        trade = {k: v / 1000 for k, v in trade.items() if k[1] == "CHN"}  # less than any use
        exports = {k: v for k, v in exports.items() if k[1] == "CHN"}
        rows, columns, flows = self.read(self.national())[0]
        made = self.origins(trade, exports, "--levels", "--rest", "ROW")
        level = {}  # imports for a use, exports of a sector
        for (region, sector), line in zip(rows, flows):
            for (place, user), value in zip(columns, line):
                if region == "IMP" or place == "IMP":
                    use = None if place == "IMP" else self.narrowest(trade, sector, user)
                    level[region, sector, use] = level.get((region, sector, use), 0) + value
        for (region, sector), line in zip(rows, flows):
            for (place, user), value in zip(columns, line):
                if region == "IMP" and place == "AAA":
                    use = self.narrowest(trade, sector, user)
                    share = trade.get((sector, "CHN", use), 0) / level[region, sector, use]
                    self.close(made[("CHN", sector), (place, user)], value * share)
                    self.close(made[("ROW", sector), (place, user)], value * (1 - share))
                elif region == "AAA" and place == "IMP":
                    share = exports[sector, "CHN", ""] / level[region, sector, None]
                    self.close(made[(region, sector), ("CHN", user)], value * share)
                    self.close(made[(region, sector), ("ROW", user)], value * (1 - share))

    def test_parts_are_products_of_shares(self):
        random = np.random.default_rng(9)
        shares = {"i1": [("i1a", *random.uniform(.2, .4, 3)), ("i1b", *random.uniform(.1, .3, 3))],
                  "BBB": [("east", *[random.uniform(.3, .6)] * 3)]}
        for code, last in (("i1", "i1c"), ("BBB", "west")):
            shares[code].append((last, *(1 - sum(s[k] for s in shares[code]) for k in (1, 2, 3))))
        for name, code in (("s", "i1"), ("r", "BBB")):
            write(self.folder / f"{name}.csv", [("from", "to", "weight", "inputs", "satellites")] +
                  [(code, c, *map(repr, map(float, w))) for c, *w in shares[code]])
        out = self.folder / "split.h5"
        self.run_command("split", self.model_d, "-s", self.folder / "s.csv", "-r",
                         self.folder / "r.csv", "--residual", "Wages", "-o", out)
        (rows, columns, flows), (items, _, primary), satellites = self.read(out)
        parts = {new: (old, *w) for old, some in shares.items() for new, *w in some}
        whole = {c: k for k, c in enumerate(
            ACTIVITIES + [(r, u) for r in REGIONS for u in USES])}

        def of(place, k):  # index in the old table, product of the shares of kind k
            old = [parts.get(code, (code, 1, 1, 1)) for code in place]
            return whole[old[0][0], old[1][0]], old[0][k] * old[1][k]

        D = self.V / self.V.sum(0)
        before = np.hstack([D @ self.U, D @ self.Y])
        cost = before[:, :len(ACTIVITIES)].sum(0) + self.W.sum(0)
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                (a, w), (b, c) = of(row, 1), of(column, 2)
                self.close(flows[i, j], before[a, b] * w * c)
            (b, w), (_, c), (_, s) = (of(row, k) for k in (1, 2, 3))
            self.close(satellites[row], self.S[0, b] * s)
            for k, item in enumerate(items):
                rest = (w - c) * cost[b] if item == ("Wages",) else 0
                self.close(primary[k, i], self.W[k, b] * c + rest)


if __name__ == "__main__":
    unittest.main()
