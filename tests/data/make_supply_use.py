"""Makes tests/data/import/bea, a made-up economy in the layout of the make, use and import tables of the
U.S. Bureau of Economic Analysis: summary as workbooks (two years; in 2021 the uses of one commodity
exceed its supply by 2), detail as CSV; and tests/data/import/mario-sut, two regions that trade, as the
workbook of MARIO.  Run from the root of the repository."""
import csv
import datetime
import os

import openpyxl

OUT = "tests/data/import/bea"
INDUSTRY = [("111", "Farms"), ("31", "Plants"), ("42", "Wholesale trade")]
COMMODITY = INDUSTRY + [("Used", "Scrap, used and secondhand goods"),
                        ("Other", "Noncomparable imports and rest-of-the-world adjustment")]
FINAL = [("F010", "Personal consumption expenditures"), ("F02E", "Investment in equipment"),
         ("F030", "Change in private inventories"), ("F040", "Exports"), ("F050", "Imports")]
VALUE = [("V001", "Compensation of employees"), ("V002", "Taxes less subsidies"),
         ("V003", "Gross operating surplus")]
MAKE = [[100, 10, None, None, None], [5, 195, None, 4, None], [None, None, 80, None, None]]
USE = [[10, 50, 2], [30, 60, 8], [5, 12, 3], [1, 2, None], [1, 3, None]]
ENDS = [[40, None, -2, 20, -15], [90, 30, 1, 31, -45], [40, 5, None, 8, 7], [5, -4, None, 1, -1],
        [6, None, None, None, -10]]
ADDED = [[30, 50, 40], [3, 7, 10], [30, 20, 17]]
IMPORTS = [[2, 10, None], [6, 12, 2], [None, None, None], [None, 1, None], [1, 3, None]]
IMPORTED = [[3, None, None, None, -15], [20, 5, None, None, -45], [None] * 5,
            [None, None, None, None, -1], [6, None, None, None, -10]]


def total(numbers):
    return sum(n or 0 for n in numbers)


def down(rows):
    return [total(column) for column in zip(*rows)]


def make():
    rows = [row + [total(row)] for row in MAKE] + [down(MAKE) + [None]]
    return (INDUSTRY + [("T007", "Total Commodity Output")],
            COMMODITY + [("T008", "Total Industry Output")], rows)


def use(extra):
    ends = [list(row) for row in ENDS]
    ends[1][3] += extra
    supply = down(MAKE)
    rows = [u + [total(u)] + y + [total(y), q] for u, y, q in zip(USE, ends, supply)]
    blank = [None] * 7
    rows += [down(USE) + [total(down(USE))] + blank]
    rows += [v + [total(v)] + blank for v in ADDED]
    rows += [down(ADDED) + [None] + blank]
    rows += [[total(row) for row in MAKE] + [None] + blank]
    return (COMMODITY + [("T005", "Total Intermediate")] + VALUE
            + [("T006", "Total Value Added"), ("T008", "Total Industry Output")],
            INDUSTRY + [("T001", "Total Intermediate")] + FINAL
            + [("T004", "Total Final Uses (GDP)"), ("T007", "Total Commodity Output")], rows)


def imports():
    rows = [u + [total(u)] + y for u, y in zip(IMPORTS, IMPORTED)]
    return COMMODITY, INDUSTRY + [("T001", "Total Intermediate")] + FINAL, rows


def summary(name, title, corner, years):
    book = openpyxl.Workbook()
    book.active.title = "Readme"
    book.active["A1"] = title
    for year, (left, top, rows) in years.items():
        sheet = book.create_sheet(str(year))
        blank = [None if code[0] == "T" else code for code, _ in top]  # totals have a name only
        for line in ([title], ["(Millions of dollars)"], ["Bureau of Economic Analysis"], [year], [],
                     [None, corner] + blank, ["IOCode", "Name"] + [name for _, name in top]):
            sheet.append(line)
        for (code, label), row in zip(left, rows):
            sheet.append([None if code[0] == "T" else code, label]
                         + ["..." if n is None else n for n in row])
        sheet.append([])
        sheet.append(["Legend / Footnotes"])
        sheet.append(["Note. Detail may not add to total due to rounding."])
    book.properties.created = book.properties.modified = datetime.datetime(2020, 1, 1)
    book.save(f"{OUT}/summary/{name}.xlsx")


def detail(name, title, corner, table):
    longer = {"Used": "S00401", "Other": "S00300", "111": "1111A0", "31": "311111", "42": "423100"}

    def code_of(code):
        return longer.get(code, code if code[0] == "T" else code + "00")

    left, top, rows = table
    with open(f"{OUT}/detail/{name}.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([title])
        out.writerow(["(Millions of dollars)"])
        out.writerow(["", ""] + [name for _, name in top])
        out.writerow(["Code", corner] + [code_of(code) for code, _ in top])
        for (code, label), row in zip(left, rows):
            out.writerow([code_of(code), label] + ["" if n is None else n for n in row])


for level in ("summary", "detail"):
    os.makedirs(f"{OUT}/{level}", exist_ok=True)
summary("IOMake_After_Redefinitions_2020-2021_Summary",
        "The Make of Commodities by Industries, After Redefinitions - Summary",
        "Industries/Commodities", {2020: make(), 2021: make()})
summary("IOUse_After_Redefinitions_PRO_2020-2021_Summary",
        "The Use of Commodities by Industries, After Redefinitions (Producers' Prices) - Summary",
        "Commodities/Industries", {2020: use(0), 2021: use(2)})
summary("ImportMatrices_Before_Redefinitions_SUM_2020-2021",
        "Import Matrix, Before Redefinitions - Summary", "Commodities/Industries",
        {2020: imports(), 2021: imports()})
detail("IOMake_Before_Redefinitions_2017_Detail", "The Make of Commodities by Industries",
       "Industry Description", make())
detail("IOUse_Before_Redefinitions_PRO_2017_Detail", "The Use of Commodities by Industries",
       "Commodity Description", use(0))
detail("ImportMatrices_Before_Redefinitions_DET_2017", "Import Matrix", "Commodity Description",
       imports())

# Two regions of a good and a service; the plant also sells services, and region B sells goods to A.
KEY = [(r, c) for r in ("A", "B") for c in ("Goods", "Services")]
ACT = [(r, c) for r in ("A", "B") for c in ("Plant", "Office")]
MAKES = [[90, 10, 0, 0], [5, 195, 0, 0], [0, 0, 50, 0], [0, 0, 0, 30]]
BUYS = [[10, 20, 4, 1], [20, 40, 0, 3], [6, 4, 8, 2], [0, 0, 5, 4]]
WANTS = [[50, 10], [130, 12], [10, 20], [1, 20]]
FACTORS = [("Wages", [40, 100, 25, 15]), ("Taxes", [24, 36, 8, 5])]
CO2 = [7, 8, 9.25, 10]
book = openpyxl.Workbook()
sheet = book.active
sheet.title = "flows"
top = ([(r, "Commodity", c) for r, c in KEY] + [(r, "Activity", c) for r, c in ACT]
       + [(r, "Consumption category", "Households") for r in ("A", "B")])
for level in range(3):
    sheet.append([None, None, None] + [label[level] for label in top])
for (r, c), buys, wants in zip(KEY, BUYS, WANTS):
    sheet.append([r, "Commodity", c] + [0] * 4 + buys + wants)
for (r, c), makes in zip(ACT, MAKES):
    sheet.append([r, "Activity", c] + makes + [0] * 6)
for name, values in FACTORS:
    sheet.append([None, "Factor of production", name] + [0] * 4 + values + [0, 0])
sheet.append([None, "Satellite account", "CO2"] + [0] * 4 + CO2 + [1.5, 2])
units = book.create_sheet("units")
units.append([None, None, "unit"])
for level, item in [("Commodity", "Goods"), ("Commodity", "Services"), ("Activity", "Plant"),
                    ("Activity", "Office"), ("Factor of production", "Wages"),
                    ("Factor of production", "Taxes")]:
    units.append([level, item, "M EUR"])
units.append(["Satellite account", "CO2", "t"])
book.properties.created = book.properties.modified = datetime.datetime(2020, 1, 1)
os.makedirs("tests/data/import/mario-sut", exist_ok=True)
book.save("tests/data/import/mario-sut/tiny.xlsx")
sheet["E5"] = 7  # what a commodity is to a commodity
book.save("tests/data/import/mario-sut/wrong.xlsx")
