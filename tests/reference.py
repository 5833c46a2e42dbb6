#!/usr/bin/python3
"""reference.py RESULT.h5 STUDY - recompute a shipped study in numpy and compare with its result.

Nothing of the library is used: the table folder is read with csv, the models are written from
MODEL.md (sections in the function texts), the study's numbers are repeated here by hand. STUDY is
a study of studies/ or tests/data/ without ".yaml". Each comparison is printed; exit status is 1
when one differs by more than 1e-10 of the variable's largest value (a net number of jobs is a sum
of gains and losses, so it is held to the same share of the largest net number of its variable).

Before the comparison the reference proves itself on the toy economy of MODEL 1.5.
"""
import csv
import sys
from itertools import combinations
from math import factorial
from pathlib import Path

import h5py
import numpy as np

TABLES = Path(__file__).resolve().parent.parent / "studies" / "tables"
TOLERANCE = 1e-10


# --- tables --------------------------------------------------------------------------------------


class Table:
    """One endogenous region with exogenous origins, or all regions endogenous."""

    def __init__(self, folder):
        self.folder = folder
        region_rows = self.records("regions.csv")
        home = [r["code"] for r in region_rows if r["endogenous"] in ("1", "true", "yes")]
        self.regions = [r["code"] for r in region_rows]
        role = {r["code"]: r["role"] for r in self.records("uses.csv")}
        item_role = {r["item"]: r["role"] for r in self.records("primary_items.csv")}

        rows = self.rows("flows.csv")
        columns = list(zip(rows[0][2:], rows[1][2:]))
        labels = [tuple(r[:2]) for r in rows[2:]]
        cells = np.array([[float(c or 0) for c in r[2:]] for r in rows[2:]])
        # activities first, then the origins of exogenous regions, each in file order
        order = [k for k, r in enumerate(labels) if r[0] in home]
        n = len(order)
        order += [k for k, r in enumerate(labels) if r[0] not in home]
        self.origins = [labels[k] for k in order]
        users = [k for k, c in enumerate(columns) if c in self.origins[:n]]
        assert [columns[k] for k in users] == self.origins[:n]
        final = [k for k in range(len(columns)) if k not in users]
        self.n = n
        self.Z = cells[np.ix_(order, users)]
        self.Y = cells[np.ix_(order, final)]
        self.final = [columns[k] for k in final]
        self.role = [role[c[1]] for c in self.final]
        self.x = self.Z[:n].sum(1) + self.Y[:n].sum(1)
        self.sectors = [o[1] for o in self.origins[:n]]

        primary = self.rows("primary.csv")
        place = {c: k for k, c in enumerate(zip(primary[0][1:], primary[1][1:]))}
        pick = [place[o] for o in self.origins[:n]]
        self.primary = {r[0]: np.array([float(c or 0) for c in r[1:]])[pick] for r in primary[2:]}
        in_value_added = ("compensation", "tax", "surplus", "value_added")
        self.value_added = sum(
            v for k, v in self.primary.items() if item_role[k] in in_value_added
        )
        satellites = self.rows("satellites.csv")
        place = {c: k for k, c in enumerate(zip(satellites[0][2:], satellites[1][2:]))}
        pick = [place[o] for o in self.origins[:n]]
        jobs = next(r for r in satellites[2:] if r[0] == "jobs")
        self.jobs = np.array([float(c) if c != "" else np.nan for c in jobs[2:]])[pick]
        self.e = self.jobs / self.x
        self.groups = {}
        for r in self.records("groups.csv"):
            self.groups.setdefault(r["group"], []).append(r["sector"])

    def rows(self, name):
        with open(self.folder / name, encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))

    def records(self, name):
        with open(self.folder / name, encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def column(self, name, column):
        """A column of a file by sector, 0 where the file has no line."""
        of = {r["sector"]: float(r[column] or 0) for r in self.records(name)}
        return np.array([of.get(s, 0.0) for s in self.sectors])

    def in_group(self, group):
        return np.array([s in self.groups[group] for s in self.sectors])

    def rows_of(self, region):
        """Origin rows of an exogenous region; they have to follow the home sectors."""
        rows = [k for k, o in enumerate(self.origins) if o[0] == region]
        assert [self.origins[k][1] for k in rows] == self.sectors
        return rows


# --- (a) quantities ------------------------------------------------------------------------------


def leontief(table, demand):
    """MODEL 3a: dx = (I - A)^-1 df."""
    A = table.Z[: table.n] / table.x
    return np.linalg.solve(np.eye(table.n) - A, demand)


# --- (c) cost-push prices ------------------------------------------------------------------------


def cost_push(A, imports, tau):
    """MODEL 3c: dp' = c1' (I - A)^-1, c1_j = sum_o sum_i tau_i^o ao_ij."""
    c1 = sum(t @ M for t, M in zip(tau, imports))
    return np.linalg.solve(np.eye(len(A)) - A.T, c1)


# --- (d) national Armington core -----------------------------------------------------------------


def mean(shares, prices, sigma):
    """CES price index, the Cobb-Douglas limit at sigma = 1."""
    if abs(sigma - 1) < 1e-6:
        return np.exp(sum(s * np.log(p) for s, p in zip(shares, prices)))
    return sum(s * p ** (1 - sigma) for s, p in zip(shares, prices)) ** (1 / (1 - sigma))


class Armington:
    """MODEL 3d with flat supply. With both sigmas 0 nobody switches (and prices rise by more): the
    economy of the ledger's coalitions without the player substitution.

    home, imports[o]: [n x users], the first n users are the industries; moves: [users] whether the
    user chooses (inventories do not); eta [users]; phi[o]: [n] buyer price factors.
    A cell with a negative flow has no shares: its quantities stay.
    """

    def __init__(self, home, imports, x, moves, eta, phi, sigma_domestic, sigma_import):
        n = len(x)
        total_imports = sum(imports)
        total = home + total_imports
        fixed = (home < 0) | ~np.asarray(moves)[None, :]
        for flow in imports:
            fixed = fixed | (flow < 0)
        assert not fixed[:, :n].any()
        with np.errstate(divide="ignore", invalid="ignore"):
            some = ~fixed & (total_imports > 0)
            shares = [np.where(some, flow / total_imports, 0) for flow in imports]
            s_M = np.where(some, total_imports / total, 0)
        phi = [np.asarray(f, float)[:, None] for f in phi]
        blank = np.where(sum(shares) > 0, 0, 1.0 / len(shares))  # no imports: any price will do
        PM = mean([s + blank for s in shares], phi, sigma_import)
        # zero profit: p_j = sum_i alpha_ij PP_ij + v_j
        v = 1 - total[:, :n].sum(0) / x
        p = np.ones(n)
        for _ in range(1000):
            PP = mean([1 - s_M, s_M], [p[:, None], PM], sigma_domestic)
            new = (PP[:, :n] * total[:, :n]).sum(0) / x + v
            change = np.abs(np.log(new / p)).max()
            p = new
            if change < 1e-15:
                break
        PP = mean([1 - s_M, s_M], [p[:, None], PM], sigma_domestic)
        one = np.ones_like(total)
        to_imports = (PM / PP) ** -sigma_domestic
        self.p, self.n, self.x = p, n, x
        self.k_home = np.where(fixed, one, (p[:, None] / PP) ** -sigma_domestic)
        self.k_imports = [np.where(fixed, one, to_imports * (f / PM) ** -sigma_import) for f in phi]
        self.squeeze = np.where(fixed, one, PP ** -np.asarray(eta, float)[None, :])
        self.home, self.imports, self.unit = home, imports, one

    def coefficients(self):
        return (self.home * self.k_home)[:, : self.n] / self.x

    def import_coefficients(self):
        return [(m * k)[:, : self.n] / self.x for m, k in zip(self.imports, self.k_imports)]

    def final(self, spending):
        """[n] home and list of [n] imported final demand of domestic users."""
        squeeze = self.squeeze if spending else self.unit
        return (
            (self.home * self.k_home * squeeze)[:, self.n :].sum(1),
            [(m * k * squeeze)[:, self.n :].sum(1) for m, k in zip(self.imports, self.k_imports)],
        )


def exported(base, p, eps, phi_ret, recapture, own_price, partners):
    """MODEL 3d, S6: X = X0 p^-eps phi_ret^-eps; a share of what the duty loses is sold elsewhere:
    to buyers without a duty by what they bought, or else to the same ones."""
    own = base * (p[:, None] ** -eps if own_price else 1.0)
    if not partners:
        return own
    lost = own * (1 - phi_ret**-eps)
    free = np.where(phi_ret <= 1, np.maximum(base, 0), 0)
    all_free = free.sum(1, keepdims=True)
    share = np.divide(free, all_free, out=np.zeros_like(free), where=all_free > 0)
    again = recapture * lost
    return own - lost + np.where(all_free > 0, again.sum(1, keepdims=True) * share, again)


def shapley(players, worth):
    """MODEL 4: the mean over all orders of a player's marginal worth."""
    k = len(players)
    share = {}
    for a in players:
        others = [b for b in players if b != a]
        parts = []
        for size in range(k):
            weight = factorial(size) * factorial(k - 1 - size) / factorial(k)
            for group in combinations(others, size):
                without = worth(frozenset(group))
                parts.append(weight * (worth(frozenset(group) | {a}) - without))
        share[a] = sum(parts)
    return share


def self_test():
    """TOY3 (MODEL 1.5) through the same functions, against the printed answers of 3c, 3d and 4."""
    Zd = np.array([[20, 40, 10], [15, 120, 60], [20, 100, 200]], float)
    Zc = np.array([[0, 2, 0], [5, 40, 15], [0, 0, 0]], float)
    Zr = np.array([[5, 6, 1], [5, 60, 20], [2, 12, 20]], float)
    x = np.array([120, 700, 1200], float)
    e = np.array([10, 3, 6], float)
    Yd = np.array([[20, 0, 2, 8, 20], [170, 25, 150, 20, 140], [560, 190, 60, 6, 64]], float)
    Yc = np.array([[0, 0, 0], [60, 0, 30], [0, 0, 0]], float)
    Yr = np.array([[6, 0, 0], [70, 0, 45], [14, 0, 0]], float)
    tariff = np.array([1.1, 1.1, 1.0])
    home = np.hstack([Zd, Yd[:, :3]])
    imports = [np.hstack([Zc, Yc]), np.hstack([Zr, Yr])]
    prices = [tariff, np.ones(3)]
    nests = {
        on: Armington(home, imports, x, [True] * 6, np.ones(6), prices, 2.5 * on, 5.0 * on)
        for on in (True, False)
    }
    X = Yd[:, 3:]
    phi_ret = np.column_stack([tariff, np.ones(3)])
    spend = Yd[:, 0] / 900 * (1 - 0.22) * (1 - 0.08) * (1 - 0.02)
    bought = 0.58 * 0.7 * np.array([5, 3, 0])
    built = 0.5 * np.array([0, 2.7, 4])  # half of the construction of S2

    def output(on, extra=0.0):
        nest = nests["substitution" in on]
        f = nest.final("spending" in on)[0] + extra
        f = f + exported(
            X, nest.p, 3.0, phi_ret, 0.0, "dearer_exports" in on, "partner_answer" in on
        ).sum(1)
        if "purchases" in on:
            f = f + bought
        if "investment" in on:  # builders too choose between home and imports
            f = f + built * nest.k_home[:, 5]
        return np.linalg.solve(np.eye(3) - nest.coefficients(), f)

    def jobs(*on):
        return e @ (output(on) - x)

    three = ("substitution", "spending", "dearer_exports")
    x1 = output(three)
    q_c = nests[True].import_coefficients()[0] @ x1 + nests[True].final(True)[1][0]
    revenue = 0.1 * q_c[:2].sum()
    six = three + ("partner_answer", "purchases", "investment")
    share = shapley(six, lambda on: jobs(*on))
    dp = cost_push(Zd / x, [Zc / x], [np.array([0.1, 0.1, 0])])
    answers = [
        ("cost-push price of M", dp[1], 0.008051),
        ("price of A", nests[True].p[0], 1.005679),
        ("output of M", x1[1], 707.086883),
        ("jobs, tariff", jobs(*three), 13.765690),
        ("jobs, tariff and answer", jobs(*six[:4]), -43.727991),
        ("imports of M from CN", q_c[1], 106.118727),
        ("revenue", revenue, 10.746671),
        ("revenue re-spent", e @ (output(three, revenue * spend) - x1), 47.254568),
        ("first player, substitution", jobs(*six[:1]), 91.954164),
        ("second player, spending", jobs(*six[:2]) - jobs(*six[:1]), -49.164151),
        ("third player, exports", jobs(*three) - jobs(*six[:2]), -29.024322),
    ]
    printed = (97.743024, -52.567337, -30.849973, -57.854246, 36.599423, 23.561869)
    answers += [(f"Shapley, {k}", share[k], answer) for k, answer in zip(six, printed)]
    for name, value, answer in answers:
        if not abs(value - answer) <= 5e-7 + 1e-12 * abs(answer):
            sys.exit(f"reference: self-test, {name}: {value!r}, MODEL has {answer}")


# --- comparing -----------------------------------------------------------------------------------


class Comparison:
    def __init__(self, path):
        self.file = h5py.File(path, "r")
        self.bad = 0
        self.done = 0

    def labels(self, name):
        return [t.decode() if isinstance(t, bytes) else str(t) for t in self.file[name][...]]

    def check(self, name, got, expected, scale=None, tolerance=TOLERANCE):
        got, expected = np.asarray(got, float), np.asarray(expected, float)
        self.done += 1
        if got.shape != expected.shape:
            print(f"DIFFERS {name}: shape {got.shape}, expected {expected.shape}")
            self.bad += 1
            return
        scale = np.abs(expected).max() if scale is None else scale
        gap = np.abs(got - expected).max() if got.size else 0.0
        # NaN on either side is a difference
        good = bool(gap <= tolerance * scale) if scale > 0 else bool(gap <= 1e-300)
        relative = gap / scale if scale > 0 else gap
        print(f"{'ok     ' if good else 'DIFFERS'} {name}: {relative:.1e} of {scale:.6g}")
        self.bad += not good

    def variable(self, name, expected, rows=None, scale=None):
        """A variable of the file, or some of its scenarios, against `expected`."""
        if name not in self.file:
            print(f"DIFFERS {name}: not in the file")
            self.bad += 1
            self.done += 1
            return
        got = self.file[name][...]
        self.check(name, got if rows is None else got[rows], expected, scale)


# --- studies -------------------------------------------------------------------------------------

PLAYERS = ("substitution", "spending", "dearer_exports", "partner_answer", "revenue")
# what households spend of a rebate: it is not taxed; saving and leakage (MODEL 3b)
DISPOSABLE = (1 - 0.08) * (1 - 0.02)


class Salvo:
    """Points of duty of home on what CHN sells, and of CHN on what home sells, on us-2017."""

    def __init__(self, table, points, answer, case, recapture=0.0):
        t, n = table, table.n
        self.table = t
        china, rest = t.rows_of("CHN"), t.rows_of("ROW")
        domestic = [k for k, r in enumerate(t.role) if r != "export"]
        foreign = [k for k, r in enumerate(t.role) if r == "export"]
        self.foreign = foreign
        self.t0 = t.column("tariffs.csv", "mfn_rate")
        self.beta = case["pass_through"]
        self.points = points
        self.recapture = recapture
        # rows of CHN are customs values: a buyer pays beta t_eff per unit of recorded value
        self.tau = self.beta * self.points
        home = np.hstack([t.Z[:n], t.Y[:n, domestic]])
        imports = [np.hstack([t.Z[r], t.Y[np.ix_(r, domestic)]]) for r in (china, rest)]
        moves = [True] * n + [t.role[k] != "inventory" for k in domestic]
        phi = [1 + self.tau, np.ones(n)]
        self.nests = {
            on: Armington(
                home,
                imports,
                t.x,
                moves,
                np.ones(n + len(domestic)),
                phi,
                case["sigma_domestic"] * on,
                case["sigma_import"] * on,
            )
            for on in (True, False)
        }
        self.p = self.nests[True].p
        self.X0 = t.Y[:n][:, foreign]
        self.phi_ret = np.ones_like(self.X0)
        partner = [t.final[k][0] for k in foreign].index("CHN")
        self.phi_ret[:, partner] += answer
        self.eps = case["export_elasticity"]
        self.V0 = [m.sum(1) for m in imports]  # imports by origin at base
        hh = [k for k, r in enumerate(t.role) if r == "household"]
        C = t.Y[:, hh].sum(1)
        self.C, self.C_total, self.C_china = C, C.sum(), C[china]
        self.rebate_home = C[:n] / C.sum() * DISPOSABLE
        self.rebate_imports = [C[r] / C.sum() * DISPOSABLE for r in (china, rest)]
        self.spent = 0.0
        full = self.solve(frozenset(PLAYERS[:4]))
        self.quantity = full[1]
        rate = self.t0 + self.points
        zeta = (1 + self.beta * self.points / (1 + self.t0)) * (1 + self.t0) / (1 + rate)
        # S5: duty at the points added, and the change of all duties with the old ones lost
        self.duty = self.points * zeta * full[1][0]
        self.duty_static = self.points * zeta * self.V0[0]
        self.duty_change = rate * zeta * full[1][0] - self.t0 * self.V0[0]
        if case["revenue"] == "households":
            self.spent = self.duty_change.sum()
        self.memory = {}

    def solve(self, on):
        """Output and imports by origin with the players `on`."""
        t, nest = self.table, self.nests["substitution" in on]
        f, imported = nest.final("spending" in on)
        own, answered = "dearer_exports" in on, "partner_answer" in on
        X = exported(self.X0, nest.p, self.eps, self.phi_ret, self.recapture, own, answered)
        spent = self.spent if "revenue" in on else 0.0
        x = np.linalg.solve(
            np.eye(t.n) - nest.coefficients(), f + X.sum(1) + spent * self.rebate_home
        )
        imports = [
            M @ x + m + spent * r
            for M, m, r in zip(nest.import_coefficients(), imported, self.rebate_imports)
        ]
        return x, imports, X

    def worth(self, on):
        if on not in self.memory:
            x, imports, _ = self.solve(on)
            self.memory[on] = np.concatenate([x] + imports)
        return self.memory[on]


CENTRAL = {
    "sigma_domestic": 2.5,
    "sigma_import": 3.8,
    "export_elasticity": 3.0,
    "pass_through": 1.0,
    "revenue": "none",
}
CASES = [
    ("central", {}),
    ("short run", {"sigma_domestic": 0.76, "sigma_import": 1.5, "export_elasticity": 1.04}),
    ("FGKK", {"sigma_domestic": 1.19, "sigma_import": 2.53, "export_elasticity": 1.04}),
    ("revenue returned", {"revenue": "households"}),
    ("exporters absorb a fifth", {"pass_through": 0.8}),
]


def opening_salvo(c):
    t = Table(TABLES / "us-2017")
    n = t.n
    goods = t.in_group("goods")
    answers = (0 * goods, goods * t.column("tariffs_partner.csv", "china_added_2025_02"))
    runs = [Salvo(t, 0.10 * goods, answer, CENTRAL) for answer in answers]
    channels = c.labels("channel")
    full = [run.worth(frozenset(PLAYERS)) for run in runs]
    dx = [f[:n] - t.x for f in full]
    value_added = t.value_added / t.x
    c.variable("output_base", t.x)
    c.variable("jobs_base", t.jobs)
    c.variable("output_change", dx)
    c.variable("jobs_change", [t.e * d for d in dx])
    c.variable("value_added_change", [value_added * d for d in dx])
    c.variable("price_change", [run.p - 1 for run in runs])
    V0 = np.concatenate(runs[0].V0)
    c.variable("imports_base", V0)
    c.variable("imports_change", [f[n:] - V0 for f in full])
    none = np.zeros(n)
    c.variable("tariff_revenue", [np.concatenate([run.duty, none]) for run in runs])
    c.variable("tariff_revenue_static", [np.concatenate([run.duty_static, none]) for run in runs])
    c.variable("tariff_revenue_change", [np.concatenate([run.duty_change, none]) for run in runs])
    c.variable("buyers_cost", [np.concatenate([run.tau * run.V0[0], none]) for run in runs])

    # consumer prices (MODEL 3c): the duty on what households import, and dearer home goods
    parts = [
        [run.tau @ run.C_china / run.C_total, (run.p - 1) @ run.C[:n] / run.C_total]
        for run in runs
    ]
    c.variable("consumer_price_change", np.array(parts)[:, None, :])
    c.variable("household_cost", [[sum(p) * runs[0].C_total] for p in parts])

    # exports by partner, in base prices
    partners = [t.final[k][0] for k in runs[0].foreign]
    order = [partners.index(p) for p in c.labels("partner")]
    change = [(run.solve(frozenset(PLAYERS))[2] - run.X0).T[order] for run in runs]
    c.variable("exports_change", change)
    c.variable("exports_change_total", np.sum(change, axis=2))

    # the ledger: Shapley over the five players, every coalition solved
    output = np.zeros((2, len(channels), n))
    imports = np.zeros((2, len(channels), 2 * n))
    for s, run in enumerate(runs):
        for player, share in shapley(PLAYERS, run.worth).items():
            if player in channels:
                output[s, channels.index(player)] = share[:n]
                imports[s, channels.index(player)] = share[n:]
            else:  # a channel may only be left out when nothing goes through it
                c.check(f"channel {player} of scenario {s}", np.abs(share).max(), 0.0)
    c.variable("output_channel", output)
    c.variable("jobs_channel", t.e * output)
    c.variable("imports_channel", imports)

    cases = c.labels("case")
    expected = [name for name, _ in CASES]
    if cases != expected:
        print(f"DIFFERS cases: {cases}, expected {expected}")
        c.bad += 1
        return
    jobs, gained, prices = np.zeros((3, 2, len(CASES)))
    for s, answer in enumerate(answers):
        for k, (_, changes) in enumerate(CASES):
            run = Salvo(t, 0.10 * goods, answer, CENTRAL | changes)
            d = run.solve(frozenset(PLAYERS))[0] - t.x
            jobs[s, k], gained[s, k] = t.e @ d, value_added @ d
            prices[s, k] = (run.tau @ run.C_china + (run.p - 1) @ run.C[:n]) / run.C_total
    c.variable("jobs_case", jobs)
    c.variable("value_added_case", gained)
    c.variable("consumer_price_case", prices)
    # MODEL 3d prints these two for scenario 1, and these for the tariff alone (whole jobs)
    for name, value, answer in (
        ("MODEL 3d, tariff", jobs[0, 0], 25401),
        ("MODEL 3d, tariff and answer", jobs[1, 0], 20611),
        ("MODEL 3d, tariff, FGKK", jobs[0, 2], -71846),
        ("MODEL 3d, tariff and answer, FGKK", jobs[1, 2], -73604),
    ):
        c.check(name, value, answer, scale=1.0, tolerance=0.5)

    # break-even: where jobs_change is zero the reference finds zero too
    for s, answer in enumerate(answers):
        at = float(c.file["break_even"][s])
        run = Salvo(t, 0.10 * goods, answer, CENTRAL | {"sigma_domestic": at})
        left = t.e @ (run.solve(frozenset(PLAYERS))[0] - t.x)
        # found to 1e-6 of the bracket of 7.5; jobs move by 93,000 per unit of sigma
        c.check(f"jobs at the break-even {at:.6f}", left, 0.0, scale=1.0, tolerance=1.5)


class Trade:
    """Scenarios of duties between home and CHN, some measured from another one."""

    def __init__(self, c, cases, scenarios):
        """scenarios: (points on CHN, points of CHN, recapture, index measured from or None)."""
        self.c, self.t = c, Table(TABLES / "us-2017")
        self.cases, self.scenarios = cases, scenarios(self.t)

    def runs(self, changes):
        return [
            Salvo(self.t, points, answer, CENTRAL | changes, recapture)
            for points, answer, recapture, _ in self.scenarios
        ]

    def change(self, values):
        """Less the scenario that it is measured from."""
        return np.array(
            [
                np.asarray(v) - (0 if base is None else values[base])
                for v, (*_, base) in zip(values, self.scenarios)
            ]
        )

    def figures(self, run):
        x, imports, X = run.solve(frozenset(PLAYERS))
        direct = run.tau @ run.C_china / run.C_total
        indirect = (run.p - 1) @ run.C[: self.t.n] / run.C_total
        return x - self.t.x, np.concatenate(imports), X, np.array([direct, indirect])

    def other_prices(self, runs):
        """The same for capital goods and government, and export prices by base weights."""
        c, t, n = self.c, self.t, self.t.n
        china = t.rows_of("CHN")
        for role, name in (("investment", "investment"), ("government", "government")):
            Y = t.Y[:, [k for k, r in enumerate(t.role) if r == role]].sum(1)
            parts = np.array(
                [[run.tau @ Y[china], (run.p - 1) @ Y[:n]] / Y.sum() for run in runs]
            )
            c.variable(
                f"{name}_price_change",
                self.prices(parts)[:, None, :],
                scale=np.abs(parts).max(),
            )
        X = runs[0].X0.sum(1)
        level = [run.p @ X / X.sum() for run in runs]
        bases = [b for *_, b in self.scenarios]
        c.variable(
            "export_price_change",
            [[p / (1 if b is None else level[b]) - 1] for p, b in zip(level, bases)],
            scale=max(level) - 1,
        )

    def prices(self, parts):
        """Direct and indirect parts of the basket's rise over its cost in the base."""
        rise = self.change(parts)
        for s, (*_, base) in enumerate(self.scenarios):
            rise[s] /= 1 + (0 if base is None else np.sum(parts[base]))
        return rise

    def compare(self):
        c, t, n = self.c, self.t, self.t.n
        runs = self.runs({})
        dx, imports, exports, parts = map(np.array, zip(*map(self.figures, runs)))
        value_added = t.value_added / t.x
        level = np.array([run.p for run in runs])
        bases = [b for *_, b in self.scenarios]
        c.variable("output_change", self.change(dx))
        c.variable("jobs_change", self.change(t.e * dx))
        c.variable("value_added_change", self.change(value_added * dx))
        c.variable("imports_change", self.change(imports - np.concatenate(runs[0].V0)))
        c.variable(
            "price_change",
            [p / (1 if b is None else level[b]) - 1 for p, b in zip(level, bases)],
            scale=np.abs(level - 1).max(),
        )
        c.variable("consumer_price_change", self.prices(parts)[:, None, :])
        self.other_prices(runs)
        cost = parts.sum(1) * runs[0].C_total
        c.variable("household_cost", self.change(cost)[:, None], scale=cost.max())
        none = np.zeros(n)
        for name, of in (
            ("tariff_revenue", lambda run: run.duty),
            ("tariff_revenue_static", lambda run: run.duty_static),
            ("tariff_revenue_change", lambda run: run.duty_change),
            ("buyers_cost", lambda run: run.tau * run.V0[0]),
        ):
            c.variable(name, self.change([np.concatenate([of(run), none]) for run in runs]))
        partners = [t.final[k][0] for k in runs[0].foreign]
        order = [partners.index(p) for p in c.labels("partner")]
        moved = self.change([(X - runs[0].X0).T[order] for X in exports])
        c.variable("exports_change", moved)
        c.variable("exports_change_total", moved.sum(2))

        channels = c.labels("channel")
        output = np.zeros((len(runs), len(channels), n))
        brought = np.zeros((len(runs), len(channels), 2 * n))
        for s, run in enumerate(runs):
            for player, share in shapley(PLAYERS, run.worth).items():
                if player in channels:
                    output[s, channels.index(player)] = share[:n]
                    brought[s, channels.index(player)] = share[n:]
                else:
                    c.check(f"channel {player} of scenario {s}", np.abs(share).max(), 0.0)
        c.variable("output_channel", self.change(output))
        c.variable("jobs_channel", self.change(t.e * output))
        c.variable("imports_channel", self.change(brought))
        self.compare_cases(value_added)
        self.compare_break_evens()

    def compare_cases(self, value_added):
        c, t = self.c, self.t
        c.done += 1
        if c.labels("case") != [name for name, _ in self.cases]:
            print(f"DIFFERS cases: {c.labels('case')}")
            c.bad += 1
            return
        jobs, gained, prices = [], [], []
        for _, changes in self.cases:
            dx, _, _, parts = map(np.array, zip(*map(self.figures, self.runs(changes))))
            jobs.append(self.change(dx @ t.e))
            gained.append(self.change(dx @ value_added))
            prices.append(self.prices(parts).sum(1))
        c.variable("jobs_case", np.transpose(jobs))
        c.variable("value_added_case", np.transpose(gained))
        c.variable("consumer_price_case", np.transpose(prices))

    def compare_break_evens(self):
        c, t = self.c, self.t
        for s, (*_, base) in enumerate(self.scenarios):
            at = float(c.file["break_even"][s])
            for sigma in (0.5, 8.0) if np.isnan(at) else (at,):
                x = [run.solve(frozenset(PLAYERS))[0] for run in self.runs({"sigma_domestic": sigma})]
                left = t.e @ (x[s] - (t.x if base is None else x[base]))
                if not np.isnan(at):
                    # found to 1e-6 of the bracket of 7.5; jobs move by < 300,000 per unit
                    c.check(f"jobs of {s} at {at:.6f}", left, 0.0, scale=1.0, tolerance=4)
                elif sigma == 0.5:
                    low = left
                else:
                    c.check(f"{s} has no break-even", float(low * left > 0), 1.0)


def first_term_relief(c):
    """Section 301 as of 2020, China's answer of 2019, and relief measured from both (MODEL 3d)."""

    def scenarios(t):
        goods = t.in_group("goods")
        points = goods * t.column("tariffs.csv", "section301_2020_rate")
        answer = goods * t.column("tariffs_partner.csv", "china_added_2019_06")
        return (
            (points, 0 * goods, 0.0, None),
            (points, answer, 0.0, None),
            (0.5 * points, answer, 0.0, 1),
            (0 * points, answer, 0.0, 1),
            (0 * points, 0 * answer, 0.0, 1),
        )

    Trade(c, CASES[:4], scenarios).compare()


def column_2(t):
    """Points of column 2 over the rates it replaces; a sector whose lines are mostly not ad valorem
    takes the import-weighted mean of its smallest group that has others."""
    goods = t.in_group("goods")
    rate = t.column("tariffs.csv", "column2_rate")
    flagged = goods & (t.column("tariffs.csv", "column2_unparsed_share") > 0.5)
    china = t.rows_of("CHN")
    flow = t.Z[china].sum(1) + t.Y[china].sum(1)
    assert (flow >= 0).all() and flagged.any()
    stated = rate.copy()
    for k in np.flatnonzero(flagged):
        for members in sorted(t.groups.values(), key=len) + [t.sectors]:
            mean_of = np.array([s in members for s in t.sectors])
            others = mean_of & goods & ~flagged
            if mean_of[k] and flow[others].sum() > 0:
                # a flagged sector that was replaced already does not count for the next
                stated[k] = flow[others] @ rate[others] / flow[others].sum()
                break
    points = goods * (stated - t.column("tariffs.csv", "mfn_rate"))
    return goods, points, flow[goods] @ points[goods] / flow[goods].sum()


def end_of_normal_trade(c):
    """Column 2 replaces MFN, with a mirror of its mean, alone and on top of Section 301."""

    def scenarios(t):
        goods, points, mean_rise = column_2(t)
        mirror = mean_rise * goods
        added = goods * t.column("tariffs.csv", "section301_2025_rate")
        return (
            (points, 0 * mirror, 0.0, None),
            (points, mirror, 0.3, None),
            (added, 0 * mirror, 0.0, None),
            (points + added, 0 * mirror, 0.0, 2),
            (points + added, mirror, 0.3, 2),
        )

    Trade(c, CASES, scenarios).compare()


def tariff_world(c):
    """MODEL 3c at every border: p' = v' (I - A o (1 + T))^-1, ten points and fifteen."""
    t = Table(TABLES / "world-2009")
    n = t.n
    A = t.Z / t.x
    v = 1 - A.sum(0)
    goods = t.in_group("goods")
    seller = np.array([o[0] for o in t.origins])
    buyer, final = seller, np.array([k[0] for k in t.final])
    price, consumer, cost, exports = [], [], [], 0
    for answer in (False, True):
        T, Tf = np.zeros((n, n)), np.zeros((n, len(final)))
        for to, source, points in (("USA", "CHN", 0.10), ("CHN", "USA", 0.15))[: 1 + answer]:
            taxed = points * ((seller == source) & goods)[:, None]
            T += taxed * (buyer == to)
            Tf += taxed * (final == to)
        p = np.linalg.solve((np.eye(n) - A * (1 + T)).T, v)
        price.append(p - 1)
        rise = {}
        for role in ("household", "investment", "government"):
            rows = []
            for region in c.labels("home"):
                k = [j for j in range(len(final)) if final[j] == region and t.role[j] == role]
                bought = t.Y[:, k].sum()
                direct = (p[:, None] * Tf[:, k] * t.Y[:, k]).sum()
                rows.append([direct / bought, ((p - 1)[:, None] * t.Y[:, k]).sum() / bought])
                if role == "household":
                    cost.append(direct + ((p - 1)[:, None] * t.Y[:, k]).sum())
            rise[role] = rows
        consumer.append(rise)
    c.variable("price_change", price)
    for role, name in (
        ("household", "consumer"),
        ("investment", "investment"),
        ("government", "government"),
    ):
        c.variable(f"{name}_price_change", [r[role] for r in consumer])
    c.variable("household_cost", np.reshape(cost, (2, -1)))
    c.check("jobs are not modelled", float("jobs_change" in c.file), 0.0)


def property_slump(c):
    """A tenth, a fifth and three tenths less of China's investment in construction (MODEL 3a)."""
    t = Table(TABLES / "world-2009")
    n = t.n
    column = t.final.index(("CHN", "GFCF"))
    base = np.where([s == "Construction" for s in t.sectors], t.Y[:n, column], 0.0)
    demand = [-share * base for share in (0.1, 0.2, 0.3)]
    dx = np.array([leontief(t, d) for d in demand])
    jobs, value_added = t.e * dx, t.value_added / t.x * dx
    c.variable("output_base", t.x)
    c.variable("jobs_base", t.jobs)
    c.variable("value_added_base", t.value_added)
    c.variable("output_change", dx)
    c.variable("jobs_change", jobs)
    c.variable("value_added_change", value_added)
    channels = c.labels("channel")
    output = np.zeros((3, len(channels), n))
    output[:, channels.index("direct")] = demand
    output[:, channels.index("indirect")] = dx - demand
    c.variable("output_channel", output)
    c.variable("jobs_channel", t.e * output)
    c.variable("jobs_case", jobs.sum(1)[:, None])
    # world demand that is gone is value added that is gone (Q27); its rounding is the sum's
    c.check("value added = demand", value_added.sum(1), np.sum(demand, axis=1))


LEVEL = {2020: 1.054, 2021: 1.102}  # of prices, 2017 = 1
BASE = {"manufacturing": 66.5, "agriculture": 20.9, "energy": 7.6, "services": 56.0}
PLEDGED = {
    "manufacturing": (32.9, 44.8),
    "agriculture": (12.5, 19.5),
    "energy": (18.5, 33.9),
    "services": (12.8, 25.1),
}
KEPT = {"manufacturing": 0.59, "agriculture": 0.83, "energy": 0.37, "services": 0.53}
ADDITIONAL = {"manufacturing": 0.8, "agriculture": 0.6, "energy": 0.5, "services": 0.9}


def purchases(c):
    """MODEL S4 on the level: dX = c (B + D) - B in the dollars of the year, made dollars of 2017
    and producer prices; a share g of it is not taken from other buyers."""
    t = Table(TABLES / "us-2017")
    n = t.n
    at = {s: k for k, s in enumerate(t.sectors)}
    weight = {k: np.zeros(n) for k in BASE}
    for r in t.records("phase_one.csv"):
        weight[r["category"]][at[r["sector"]]] += float(r["weight"])
    for k, w in weight.items():
        w /= w.sum()  # six digits are printed
        margin = 0.0 if k == "services" else 0.208
        w *= 1 - margin
        for sector, share in (("42D", 0.35), ("42N", 0.35), ("484", 0.3)):
            w[at[sector]] += margin * share
    # jobs per current dollar of a year, for dollars of 2017: times the price level
    by_year = {(r["sector"], int(r["year"])): r for r in t.records("jobs_by_year.csv")}
    per_dollar = {
        y: np.array([float(by_year[s, y]["jobs_per_musd"]) for s in t.sectors]) * level
        for y, level in LEVEL.items()
    }
    A = t.Z[:n] / t.x
    names, shape = ["pledged", "made"], (2, 2)
    gross, net, jobs_year = np.zeros(shape), np.zeros(shape), np.zeros((2, 2, n))
    output, direct, cases = np.zeros((2, 2, n)), np.zeros((2, 2, n)), np.zeros((2, 3))
    for s, name in enumerate(names):
        for y, (year, level) in enumerate(LEVEL.items()):
            bought = {
                k: 1000 * ((KEPT[k] if name == "made" else 1) * (B + PLEDGED[k][y]) - B) / level
                for k, B in BASE.items()
            }
            gross[s, y] = sum(bought.values())
            net[s, y] = sum(ADDITIONAL[k] * v for k, v in bought.items())
            for case, g in enumerate((ADDITIONAL, dict.fromkeys(BASE, 1), dict.fromkeys(BASE, 0.5))):
                demand = sum(g[k] * v * weight[k] for k, v in bought.items())
                x = np.linalg.solve(np.eye(n) - A, demand)
                cases[s, case] += 0.5 * per_dollar[year] @ x
                if case == 0:
                    output[s, y], direct[s, y] = x, demand
                    jobs_year[s, y] = per_dollar[year] * x
    c.variable("purchases_gross", gross)
    c.variable("purchases_net", net)
    c.variable("output_change", output.mean(1))
    c.variable("jobs_change", jobs_year.mean(1))
    c.variable("jobs_year", jobs_year)
    c.variable("jobs_case", cases)
    channels = c.labels("channel")
    by_channel = np.zeros((2, len(channels), n))
    by_channel[:, channels.index("direct")] = direct.mean(1)
    by_channel[:, channels.index("indirect")] = (output - direct).mean(1)
    c.variable("output_channel", by_channel)


class Plant:
    """A plant of plants.csv (MODEL S2): its sector's inputs and income, its own jobs and capital."""

    KAPPA = {"battery_cells": 2.2853, "ev_assembly": 1.1849, "solar_modules": 2.7918}
    EQUIPMENT = {"3332": 0.35, "333X": 0.25, "3335": 0.1, "3353": 0.15, "3345": 0.1, "3334": 0.05}
    PROFILE = np.array([0.1, 0.25, 0.3, 0.2, 0.15, 0, 0])  # of capital, 2026 to 2032
    USED = np.array([0, 0, 0.3, 0.6, 0.8, 0.85, 0.85])

    def __init__(self, t, name, billion, home, imports, paid=0.0, inside=0.0):
        """billion of 2024; shares of market sales taken from home, from imports by region, paid
        by other consumption; inside: sold to other plants of the package."""
        row = next(r for r in t.records("plants.csv") if r["plant"] == name)
        at = {s: k for k, s in enumerate(t.sectors)}
        k = self.k = at[row["base_sector"]]
        self.jobs, self.kappa = float(row["jobs_per_musd_output"]), self.KAPPA[name]
        self.capex = self.PROFILE * billion * 1000 / 1.252
        self.home, self.imports, self.paid, self.inside = home, imports, paid, inside
        self.recipe = t.Z[:, k] / t.x[k]
        self.wages = t.primary["compensation"][k] / t.x[k]
        self.profit = t.primary["gross_operating_surplus"][k] / t.x[k]
        self.building, self.tools = np.zeros(t.n), 0.0  # of a dollar: at home, abroad
        self.building[at["23MF"]] += float(row["structures_share"])
        self.building[at["541X"]] += float(row["ipp_share"])
        for sector, share in self.EQUIPMENT.items():
            share *= float(row["equipment_share"])
            self.building[at[sector]] += 0.65 * share
            self.tools += 0.35 * share

    def output(self, built):
        capital, made = 0.0, []
        for investment, used in zip(built * self.capex, self.USED):
            capital = 0.92 * capital + investment
            made.append(capital / self.kappa * used)
        return np.array(made)


class Package:
    """Plants together: what their running demands and takes away, by year."""

    def __init__(self, t, plants, built, net, home_share=None):
        n, years = t.n, 7
        self.t = t
        self.demand, self.taken = np.zeros((2, years, len(t.Z)))
        self.own, self.own_jobs, self.own_income = np.zeros((3, years, n))
        self.building = sum(
            np.outer(built * 0.97 * p.capex, p.building) for p in plants
        )  # 3 % of it buys land
        self.tools = sum(built * 0.97 * p.capex * p.tools for p in plants)
        made = [p.output(built) for p in plants]
        C = t.Y[:, [k for k, r in enumerate(t.role) if r == "household"]].sum(1)
        for p, o in zip(plants, made):
            self.demand += np.outer(o, p.recipe)
            self.own[:, p.k] += o
            self.own_jobs[:, p.k] += p.jobs * o
            self.own_income[:, p.k] += (p.wages + p.profit) * o
            if net:
                home = p.home if home_share is None else home_share
                rest = (1 - home) / (1 - p.home)
                market = (1 - p.inside) * o
                self.taken[:, p.k] += home * market
                for region, share in p.imports.items():
                    self.taken[:, t.rows_of(region)[p.k]] += rest * share * market
                self.taken += np.outer(rest * p.paid * market, C / C.sum())
        # a plant's sales inside are what the others would have bought: first at home, then abroad
        for p, o in zip(plants, made):
            left = p.inside * o
            bought = sum(q.recipe[p.k] * oq for q, oq in zip(plants, made) if q is not p)
            met = np.minimum(left, bought) if p.inside else 0 * o
            self.demand[:, p.k] -= met
            left = left - met
            for region in ("CHN", "ROW") if p.inside else ():
                row = t.rows_of(region)[p.k]
                met = np.minimum(left, self.demand[:, row])
                self.demand[:, row] -= met
                left = left - met

    def operation(self, L):
        """By year: direct, gross, displaced and net jobs."""
        t, n = self.t, self.t.n
        direct = self.own_jobs.sum(1)
        gross = direct + self.demand[:, :n] @ L.T @ t.e
        lost = self.taken[:, :n] @ L.T @ t.e
        return {"direct": direct, "gross": gross, "displaced": lost, "net": gross - lost}


def pledges(c, scenarios, cases):
    """scenarios: (plants, share built, net, jobs to reach and which of them, or None); cases:
    dicts of built and home_share."""
    t = Table(TABLES / "us-2017")
    n = t.n
    L = np.linalg.inv(np.eye(n) - t.Z[:n] / t.x)
    M = t.Z[n:] / t.x
    scenarios = scenarios(t)
    results = {k: [] for k in "jobs output income imports work tools capex required year".split()}
    rows = {k: [] for k in ("direct", "gross", "displaced", "net")}
    packages, by_case = [], np.zeros((len(scenarios), len(cases)))
    for s, (plants, built, net, target) in enumerate(scenarios):
        for k, case in enumerate(cases):
            package = Package(t, plants, case.get("built", built), net, case.get("home_share"))
            jobs = package.operation(L)
            scale = 1.0 if target is None else target[0] / jobs[target[1]][-1]
            by_case[s, k] = scale * jobs["net"][-1]
            if k > 0:
                continue
            for name, values in jobs.items():
                rows[name].append(scale * values)
            demand = package.demand - package.taken
            x = demand[:, :n] @ L.T
            results["jobs"].append(scale * (t.e * x[-1] + package.own_jobs[-1]))
            results["year"].append(scale * (t.e * x + package.own_jobs))
            results["output"].append(scale * (x[-1] + package.own[-1]))
            results["income"].append(
                scale * (t.value_added / t.x * x[-1] + package.own_income[-1])
            )
            results["imports"].append(scale * (M @ x[-1] + demand[-1, n:]))
            results["work"].append(scale * t.e * (package.building @ L.T))
            results["tools"].append(scale * package.tools)
            announced = sum(p.capex for p in plants)
            results["capex"].append(scale * built * announced)
            results["required"].append(np.nan if target is None else scale * announced.sum())
            packages.append(package)
    assert list(c.file["year"][...]) == list(range(2026, 2033))
    for name, values in rows.items():
        c.variable(f"operation_jobs_{name}", values, scale=np.max(rows["gross"]))
    c.variable("job_years", results["work"])
    c.variable("equipment_imports", results["tools"])
    c.variable("capex_built", results["capex"])
    c.variable("jobs_change", results["jobs"])
    c.variable("jobs_year", results["year"])
    c.variable("output_change", results["output"])
    c.variable("value_added_change", results["income"])
    c.variable("imports_change", results["imports"])
    c.variable("jobs_case", by_case)
    some = [s for s, required in enumerate(results["required"]) if not np.isnan(required)]
    if some:
        c.variable("capex_required", np.array(results["required"])[some], rows=some)
    return packages, np.array(results["income"])


BUILT_AS_SAID = [{}, {"built": 1.0}, {"home_share": 0.5}]


def batteries(c):
    """The pledge of 7.9 billion in battery plants, gross as announced and net as built."""

    def scenarios(t):
        plant = Plant(t, "battery_cells", 7.9, 0.25, {"CHN": 0.45, "ROW": 0.2})
        return (([plant], 1.0, False, None), ([plant], 0.7, True, None))

    pledges(c, scenarios, BUILT_AS_SAID)


def electric_vehicles(c):
    def scenarios(t):
        plant = Plant(t, "ev_assembly", 10, 0.8, {"ROW": 0.1}, paid=0.05)
        return (([plant], 1.0, False, None), ([plant], 0.7, True, None))

    pledges(c, scenarios, BUILT_AS_SAID)


def solar(c):
    def scenarios(t):
        plant = Plant(t, "solar_modules", 5, 0.1, {"CHN": 0.2, "ROW": 0.6})
        return (([plant], 1.0, False, None), ([plant], 0.7, True, None))

    pledges(c, scenarios, BUILT_AS_SAID)


def deal_500k(c):
    """All three; nine tenths of the batteries go into the vehicles; what 500,000 jobs would take."""

    def scenarios(t):
        plants = [
            Plant(t, "ev_assembly", 50, 0.8, {"ROW": 0.1}, paid=0.05),
            Plant(t, "battery_cells", 40, 0.25, {"CHN": 0.45, "ROW": 0.2}, inside=0.9),
            Plant(t, "solar_modules", 10, 0.1, {"CHN": 0.2, "ROW": 0.6}),
        ]
        return (
            (plants, 1.0, False, None),
            (plants, 0.7, True, None),
            (plants, 1.0, False, (500000, "direct")),
            (plants, 1.0, False, (500000, "gross")),
            (plants, 0.7, True, (500000, "net")),
        )

    pledges(c, scenarios, [{}, {"built": 1.0}, {"built": 0.5}, {"home_share": 0.5}])


def joint_venture(c):
    """MODEL S3 on one battery plant of 3.5 billion under three owners."""
    owners = ((1.0, 0.0, 0.8), (0.4, 0.03, 0.8), (0.0, 0.05, 0.0))  # foreign share, fee, repatriated

    def scenarios(t):
        plant = Plant(t, "battery_cells", 3.5, 0.25, {"CHN": 0.45, "ROW": 0.2})
        return [([plant], 1.0, True, None) for _ in owners]

    packages, income = pledges(c, scenarios, [{}])
    t = packages[0].t
    plant = scenarios(t)[0][0][0]
    o = plant.output(1.0)[-1]
    foreign, fee, sent = np.array(owners).T
    kept = (plant.profit - fee) * o
    gdp = income.sum(1) - fee * o
    c.variable("licence_fees", fee * o)
    c.variable("gdp_change", gdp)
    c.variable("gni_change", gdp - foreign * (1 - 0.21) * kept)
    c.variable("cash_leaving", sent * foreign * kept + fee * o)


def bought(t, weight, gross, additional, per_dollar):
    """Demand, output and jobs of purchases by category."""
    demand = sum(additional[k] * v * weight[k] for k, v in gross.items())
    x = leontief(t, demand)
    return demand, x, per_dollar * x


def producer_weights(t, margins):
    """Weights of phase_one.csv at producer prices; margins: category -> (share, who earns it)."""
    at = {s: k for k, s in enumerate(t.sectors)}
    weight = {k: np.zeros(t.n) for k in margins}
    for r in t.records("phase_one.csv"):
        if r["category"] in weight:
            weight[r["category"]][at[r["sector"]]] += float(r["weight"])
    for k, (margin, to) in margins.items():
        weight[k] *= (1 - margin) / weight[k].sum()
        for sector, share in to.items():
            weight[k][at[sector]] += margin * share
    return weight


def exports_moved(c, t, weight, gross, additional):
    """By partner: CHN buys all of it, ROW loses what is not additional (it is the only other)."""
    rise = sum(v * weight[k] for k, v in gross.items())
    kept = sum(additional[k] * v * weight[k] for k, v in gross.items())
    other = t.Y[: t.n, t.final.index(("ROW", "EXP"))]
    moved = {"CHN": rise, "ROW": -np.where(other > 0, rise - kept, 0)}
    return [moved[p] for p in c.labels("partner")]


def purchases_caught_up(c):
    """MODEL S4: the shortfall of 213.6 billion, by what fell short, over 2026 to 2029 in dollars
    of the day or of 2021; the purchases of 2020 and 2021 before it."""
    t = Table(TABLES / "us-2017")
    n = t.n
    later = {2026: 1.31, 2027: 1.34, 2028: 1.37, 2029: 1.40}
    margins = {k: (0.208, {"42D": 0.35, "42N": 0.35, "484": 0.3}) for k in BASE}
    margins["services"] = (0.0, {})
    weight = producer_weights(t, margins)
    short = {k: (1 - KEPT[k]) * (2 * B + sum(PLEDGED[k])) for k, B in BASE.items()}
    all_short = sum(short.values())
    years = list(range(2020, 2030))
    assert list(c.file["year"][...]) == years
    gross, net, jobs, output = [np.zeros((2, 10)) for _ in "ab"] + [np.zeros((2, 10, n)) for _ in "ab"]
    cases, moved = np.zeros((2, 3)), []
    for s in range(2):
        for y, year in enumerate(years):
            if year in LEVEL:
                B_plus = {k: B + PLEDGED[k][y] for k, B in BASE.items()}
                amounts = {k: 1000 * (KEPT[k] * v - BASE[k]) / LEVEL[year] for k, v in B_plus.items()}
            elif year in later:
                level = later[year] if s == 0 else LEVEL[2021]
                amounts = {k: 1000 * 213.6 / 4 * v / all_short / level for k, v in short.items()}
            else:
                continue
            gross[s, y] = sum(amounts.values())
            net[s, y] = sum(ADDITIONAL[k] * v for k, v in amounts.items())
            _, output[s, y], jobs[s, y] = bought(t, weight, amounts, ADDITIONAL, t.e)
            if year == 2027:
                moved.append(exports_moved(c, t, weight, amounts, ADDITIONAL))
                for k, g in enumerate((ADDITIONAL, dict.fromkeys(BASE, 1), dict.fromkeys(BASE, 0.5))):
                    cases[s, k] = bought(t, weight, amounts, g, t.e)[2].sum()
    c.variable("purchases_gross", gross)
    c.variable("purchases_net", net)
    c.variable("jobs_year", jobs)
    c.variable("output_year", output)
    c.variable("jobs_change", jobs[:, 7])
    c.variable("output_change", output[:, 7])
    c.variable("imports_change", output[:, 7] @ (t.Z[n:] / t.x).T)
    c.variable("exports_change", moved)
    c.variable("jobs_case", cases)


def farm_and_energy(c):
    """MODEL S4, compliance on the increment: in money of 2017, two equal years."""
    t = Table(TABLES / "us-2017")
    margins = {k: (0.208, {"42N": 0.7, "484": 0.3}) for k in ("agriculture", "energy")}
    weight = producer_weights(t, margins)
    share = {"agriculture": 0.6, "energy": 0.5}
    amounts = {"agriculture": 19500.0, "energy": 33900.0}
    jobs, output, cases, moved, gross = [], [], [], [], []
    for names in (["agriculture"], ["energy"], ["agriculture", "energy"]):
        some = {k: amounts[k] for k in names}
        _, x, persons = bought(t, weight, some, share, t.e)
        output.append(x)
        jobs.append(persons)
        gross.append([sum(some.values())] * 2)
        moved.append(exports_moved(c, t, weight, some, share))
        cases.append(
            [
                bought(t, weight, some, g, t.e)[2].sum()
                for g in (share, dict.fromkeys(share, 1), dict.fromkeys(share, 0))
            ]
        )
    c.variable("purchases_gross", gross)
    c.variable("jobs_change", jobs)
    c.variable("jobs_year", np.repeat(np.array(jobs)[:, None], 2, axis=1))
    c.variable("output_change", output)
    c.variable("value_added_change", t.value_added / t.x * np.array(output))
    c.variable("exports_change", moved)
    c.variable("jobs_case", cases)


class Households:
    """MODEL 3b: wages spent again on an inverse L (of the base or of changed coefficients)."""

    def __init__(self, t, L, income, kept=1.0):
        C = t.Y[:, [k for k, r in enumerate(t.role) if r == "household"]].sum(1)
        self.wages = t.primary["compensation"] / t.x
        self.spend, self.imports = kept * C[: t.n] / income, kept * C[t.n :] / income
        self.L, self.k = L, self.wages @ L @ self.spend

    def induced(self, pay):
        """Output from wages paid, and what households import themselves."""
        income = pay / (1 - self.k)
        return self.L @ self.spend * income, self.imports * income

    def inverse(self):
        return self.L + np.outer(self.L @ self.spend, self.wages @ self.L) / (1 - self.k)


def type_two(c):
    """tests/data/type_two.yaml: a demand, ten points on changed coefficients, a plant's own wages;
    and the matrix whose demand, whose jobs (MODEL 4)."""
    t = Table(TABLES / "us-2017")
    n = t.n
    at = {s: k for k, s in enumerate(t.sectors)}
    A, M, income = t.Z[:n] / t.x, t.Z[n:] / t.x, 16870000.0
    L = np.linalg.inv(np.eye(n) - A)
    base = Households(t, L, income)
    channels = c.labels("channel")
    output = np.zeros((3, len(channels), n))
    imports = np.zeros((3, len(channels), 2 * n))
    matrix = np.zeros((3, n, n))
    own, own_jobs, own_income = np.zeros((3, n))

    def induce(s, households, pay, M):
        x, bought = households.induced(pay)
        output[s, channels.index("induced")] = x
        imports[s, channels.index("induced")] = M @ x + bought

    demand = np.zeros(n)
    demand[at["23TH"]], demand[at["3364"]] = 1000, 500
    x = L @ demand
    output[0, channels.index("direct")] = demand
    output[0, channels.index("indirect")] = x - demand
    imports[0, channels.index("indirect")] = M @ x
    induce(0, base, base.wages @ x, M)
    matrix[0] = t.e[:, None] * L * demand

    goods = t.in_group("goods")
    run = Salvo(t, 0.10 * goods, 0 * goods, CENTRAL)
    for player, share in shapley(PLAYERS, run.worth).items():
        if player in channels:
            output[1, channels.index(player)] = share[:n]
            imports[1, channels.index(player)] = share[n:]
    dx = run.solve(frozenset(PLAYERS))[0] - t.x
    A1 = run.nests[True].coefficients()
    L1 = np.linalg.inv(np.eye(n) - A1)
    after = Households(t, L1, income)
    induce(1, after, after.wages @ dx, np.vstack(run.nests[True].import_coefficients()))
    matrix[1] = t.e[:, None] * L1 * (dx - A1 @ dx)

    k = at["335911"]
    made = 0.9 * 2000 / 2  # no wear: all the capital stands in 2028
    own[k], own_jobs[k], own_income[k] = made, 2.5 * made, 0.45 * made
    needs = t.Z[:, k] / t.x[k] * made
    x = L @ needs[:n]
    output[2, channels.index("direct")] = own
    output[2, channels.index("indirect")] = x
    imports[2, channels.index("indirect")] = M @ x + needs[n:]
    induce(2, base, base.wages @ x + 0.05 * made, M)
    matrix[2] = t.e[:, None] * L * needs[:n] + np.diag(own_jobs)

    jobs = t.e * output
    jobs[2, channels.index("direct")] = own_jobs
    value_added = t.value_added / t.x * output.sum(1)
    value_added[2] += own_income - t.value_added / t.x * own
    c.variable("output_channel", output)
    c.variable("jobs_channel", jobs)
    c.variable("imports_channel", imports)
    c.variable("jobs_change", jobs.sum(1))
    c.variable("value_added_change", value_added)
    c.variable("jobs_by_demand", matrix)
    year = np.array(c.file["jobs_year"])[:, -1]
    c.check("jobs of 2028 are those reported", year, jobs.sum(1))
    built = L[:, at["23MF"]] * 1000  # direct and indirect work, nothing induced
    c.variable("job_years", [np.zeros((3, n))] * 2 + [[t.e * built, t.e * built, 0 * built]])


def multipliers(read):
    """wassily multipliers us-2017, Type I and II, and wassily solve; read(arguments) -> rows."""
    t = Table(TABLES / "us-2017")
    n = t.n
    L = np.linalg.inv(np.eye(n) - t.Z[:n] / t.x)
    wages = t.primary["compensation"]
    consumed = t.Y[:, [k for k, r in enumerate(t.role) if r == "household"]].sum()
    per_output = {
        "output": np.ones(n),
        "value_added": t.value_added / t.x,
        "compensation": wages / t.x,
        "imports": (t.Z[n:].sum(0) + t.primary["noncompeting_imports"]) / t.x,
        "jobs": t.e,
    }
    two = ["--households", "endogenous", "--household-income"]
    take = ["disposable", "--tax", "0.2", "--saving", "0.05", "--leakage", "0.1"]
    closures = [
        ([], L),
        (two + ["total"], Households(t, L, 16870000.0).inverse()),
        (two + ["wages"], Households(t, L, wages.sum()).inverse()),
        (two + take, Households(t, L, consumed, 0.8 * 0.95 * 0.9).inverse()),
        (two + ["12345678"], Households(t, L, 12345678.0).inverse()),
    ]
    worst = []
    for arguments, inverse in closures:
        rows = read(["multipliers", "us-2017", "--csv"] + arguments)
        assert [r["activity"] for r in rows] == [f"{a}.{b}" for a, b in t.origins[:n]]
        for name, v in per_output.items():
            got = np.array([float(r[name]) for r in rows])
            worst.append((f"{name} {arguments}", np.abs(got / (v @ inverse) - 1).max()))
    demand = np.zeros(n)
    demand[t.sectors.index("336111")], demand[t.sectors.index("1111A")] = 1000, -5
    rows = read(["solve", "us-2017", "--csv"])
    for name, v in per_output.items():
        if name in rows[0]:
            got, expected = np.array([float(r[name]) for r in rows]), v * (L @ demand)
            worst.append((f"solve, {name}", np.abs(got - expected).max() / np.abs(expected).max()))
    return worst


STUDIES = {
    "opening_salvo": opening_salvo,
    "purchases": purchases,
    "batteries": batteries,
    "property_slump": property_slump,
    "first_term_relief": first_term_relief,
    "end_of_normal_trade": end_of_normal_trade,
    "tariff_world": tariff_world,
    "electric_vehicles": electric_vehicles,
    "solar": solar,
    "deal_500k": deal_500k,
    "joint_venture": joint_venture,
    "purchases_caught_up": purchases_caught_up,
    "farm_and_energy": farm_and_energy,
    "type_two": type_two,
}


def main():
    if len(sys.argv) != 3 or sys.argv[2] not in STUDIES:
        sys.exit(f"usage: reference.py RESULT.h5 {'|'.join(STUDIES)}")
    self_test()
    comparison = Comparison(sys.argv[1])
    STUDIES[sys.argv[2]](comparison)
    print(f"{comparison.done} compared, {comparison.bad} differ")
    sys.exit(1 if comparison.bad or comparison.done == 0 else 0)


if __name__ == "__main__":
    main()
