#!/usr/bin/python3
"""Writes certified.csv: answers of small and published tables in exact rational arithmetic.

    /usr/bin/python3 tests/data/certified.py > tests/data/certified.csv      (two minutes)

Every number of a table is the double that its decimals read as, taken exactly; elimination is
fraction-free (Bareiss 1968) on integers, so nothing is rounded before the answer is printed with 20
digits. No code of the engine takes part. Per table, with x = Z 1 + Y, A = Z diag(x)^-1, L = (I - A)^-1:

    multipliers  1'L                    response  L f, f_j = j + 1
    column       L e_k, k = n / 2       jobs      s' diag(x)^-1 L, s_j = j + 1 persons

Third-party tables are named by their path below ../shared/data ($WASSILY_DATA), shipped ones by
their name; a table that is not there is left out with a line on stderr.
"""
import csv
import os
import random
import sys
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ.get("WASSILY_DATA", os.path.join(HERE, "../../../shared/data"))
MOST = 12  # answers kept of a question


def integers(values):
    """The doubles times the least power of two that makes all of them integers."""
    parts = [Fraction(v) for v in values]
    scale = max(p.denominator for p in parts)
    return [int(p * scale) for p in parts], scale


def solve(M, right):
    """M X = right for integers; X as fractions, one list per right-hand side."""
    n, k = len(M), len(right)
    T = [list(M[i]) + [r[i] for r in right] for i in range(n)]
    before = 1
    for c in range(n):
        p = next(i for i in range(c, n) if T[i][c] != 0)
        if p != c:
            T[c], T[p] = T[p], [-v for v in T[c]]
        pivot = T[c][c]
        for i in range(n):
            if i != c and (T[i][c] != 0 or pivot != before):
                a, row, top = T[i][c], T[i], T[c]
                T[i] = [(pivot * row[j] - a * top[j]) // before for j in range(n + k)]
        before = pivot
    return [[Fraction(T[i][n + r], T[i][i]) for i in range(n)] for r in range(k)]


def digits(value):
    """20 significant digits of a fraction, rounded half up."""
    if value == 0:
        return "0"
    sign, value, exponent = ("-" if value < 0 else ""), abs(value), 0
    while value >= 10:
        value, exponent = value / 10, exponent + 1
    while value < 1:
        value, exponent = value * 10, exponent - 1
    whole = str(int(value * 10**19 + Fraction(1, 2)))
    return "%s%s.%se%d" % (sign, whole[0], whole[1:], exponent + len(whole) - 20)


def answers(name, Z, Y):
    n = len(Z)
    flat, scale = integers([v for row in Z for v in row] + list(Y))
    Z = [flat[i * n:(i + 1) * n] for i in range(n)]
    Y = flat[n * n:]
    x = [sum(Z[i]) + Y[i] for i in range(n)]  # in units of 1 / scale
    own = [v if v != 0 else 1 for v in x]  # neither buys nor sells: its column of A is 0
    M = [[(own[i] if i == j else 0) - Z[i][j] for j in range(n)] for i in range(n)]
    k = n // 2
    f, e = [j + 1 for j in range(n)], [int(j == k) for j in range(n)]
    T = [list(c) for c in zip(*M)]
    response, column = solve(M, [f, e])
    multipliers, jobs = solve(T, [own, [j + 1 if x[j] != 0 else 0 for j in range(n)]])
    rows = {"multipliers": multipliers, "response": [x_ * s for x_, s in zip(own, response)],
            "column": [x_ * s for x_, s in zip(own, column)], "jobs": [t * scale for t in jobs]}
    kept = range(n) if n <= MOST else sorted({i * (n - 1) // (MOST - 1) for i in range(MOST)})
    for question, values in rows.items():
        for i in kept:
            if x[i] != 0:
                print("answer,%s,%d,%s" % (question, i, digits(values[i])))


def numbers(path, rows, first, count):
    with open(path, newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file))
    return [[float(v) if v != "" else 0.0 for v in lines[r][first:first + count]] for r in rows]


def written(name, source, Z, Y):
    print("table,%s,%d,%s" % (name, len(Z), source))
    for row in Z:
        print("Z," + ",".join(repr(v) for v in row))
    print("Y," + ",".join(repr(v) for v in Y))
    answers(name, Z, Y)


def third_party(name, source, n, z, y, first, count):
    if not os.path.exists(os.path.join(DATA, z)):
        print("left out: %s" % z, file=sys.stderr)
        return
    Z = numbers(os.path.join(DATA, z), range(1, n + 1), 1, n)
    Y = numbers(os.path.join(DATA, y), range(1, n + 1), first, count)
    print("table,%s,%d,%s" % (name, n, source))
    print("file,%s,%s,%d,%d" % (z, y, first, count))
    answers(name, Z, [sum(Fraction(v) for v in row) for row in Y])


def shipped(name, source, n, finals):
    path = os.path.join(HERE, "../../studies/tables", name, "flows.csv")
    Z = numbers(path, range(2, n + 2), 2, n)
    Y = numbers(path, range(2, n + 2), 2 + n, finals)
    print("table,%s,%d,%s" % (name, n, source))
    print("shipped,%s" % name)
    answers(name, Z, [sum(Fraction(v) for v in row) for row in Y])


def drawn(n, seed, demand, empty):
    """A table of integers: flows of 0 to 99, final demand `demand` times their row."""
    r = random.Random(seed)
    Z = [[float(r.randrange(100)) if r.random() >= empty else 0.0 for _ in range(n)]
         for _ in range(n)]
    Y = [float(max(1, round(demand * sum(row)))) for row in Z]
    written("drawn %d" % seed, "integers from random.Random(%d)" % seed, Z, Y)


def main():
    written("Leontief", "Leontief; Input-Output Economics (1951): wheat and cloth, as remembered",
            [[25., 20.], [14., 6.]], [55., 30.])
    written("Miller and Blair", "Input-Output Analysis, 2nd ed., table 2.3",
            [[150., 500.], [200., 100.]], [350., 1700.])
    written("two regions", "in the style of Miller and Blair, table 3.2, as remembered",
            [[150., 500., 50., 25., 75.], [200., 100., 400., 200., 100.],
             [300., 500., 50., 60., 40.], [75., 100., 60., 200., 250.],
             [50., 25., 25., 150., 100.]], [200., 1000., 50., 515., 450.])
    written("closed for households", "Miller and Blair, section 2.5, as remembered; times 20",
            [[150., 500., 50.], [200., 100., 400.], [300., 500., 50.]], [300., 1300., 150.])
    written("column sum 1.2", "TRUST 1.6, a Hawkins-Simon example: A = .2 .9 .1 .3, x = 100 100",
            [[20., 90.], [10., 30.]], [-10., 60.])
    written("TOY3", "MODEL 1.5, home flows", [[20., 40., 10.], [15., 120., 60.], [20., 100., 200.]],
            [50., 365., 880.])
    written("TOY-MRIO", "MODEL 1.6",
            [[200., 90., 12., 4., 30., 10.], [180., 600., 4., 4., 10., 20.],
             [40., 15., 500., 120., 60., 15.], [2., 4., 160., 300., 8., 10.],
             [60., 20., 70., 20., 700., 200.], [10., 20., 10., 12., 260., 900.]],
            [410., 950., 550., 586., 1060., 1360.])
    drawn(1, 11, .5, 0)
    drawn(3, 12, 1.0, .2)
    drawn(5, 13, .3, .3)
    drawn(8, 14, .5, .6)
    drawn(10, 15, .05, .2)
    drawn(12, 16, .02, .1)
    drawn(16, 17, 2.0, .8)
    drawn(24, 18, .01, 0)
    shipped("world-2009", "studies/tables/world-2009: WIOD, 10 regions, 12 sectors", 120, 40)
    niot, uk = "world/wiod2016_niot/%s/domestic_use.csv", "world/uk2010/siot_domestic_bp_pxp.csv"
    third_party("United States 2014", "WIOD 2016, national table", 56, niot % "USA2014",
                niot % "USA2014", 57, 6)
    third_party("China 2014", "WIOD 2016, national table", 56, niot % "CHN2014", niot % "CHN2014",
                57, 6)
    third_party("United Kingdom 2010", "ONS, 127 products", 127, uk, uk, 129, 9)
    third_party("Netherlands 2000", "Spicosa", 6, "world/netherlands_2000.csv",
                "world/netherlands_2000.csv", 9, 4)
    chile = "world/rpackages/leontief_chile2013/"
    third_party("Chile 2013", "leontief (R)", 12, chile + "transaction_matrix.csv",
                chile + "wage_demand_matrix.csv", 3, 6)
    leather = "world/rpackages/decompr_leather/"
    third_party("leather", "decompr (R), 3 countries, 3 sectors", 9, leather + "Z.csv",
                leather + "Y.csv", 1, 3)


if __name__ == "__main__":
    main()
