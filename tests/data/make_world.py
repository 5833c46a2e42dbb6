#!/usr/bin/python3
"""Writes the workbooks and GLORIA's files of tests/data/import that are not written by hand: the economy
of test_import.c in the layouts of WIOD 2016, ADB and GLORIA.  Needs python3-openpyxl.  Run from the
root of the repository."""
import csv
import os

import openpyxl

AT = "tests/data/import/"
Z = [[10, 5, 2, 1], [4, 20, 1, 3], [1, 2, 30, 6], [2, 3, 7, 40]]
Y = [[20.5, -1, 3, 0.5], [30, 2, 4, 1], [5, 0, 40, -2.5], [6, 1, 50, 4]]
TAX, FINAL_TAX, ADDED = [1, 1, 1.5, 3], [0.5, 0, 0.25, 0], [23, 34, 40, 60]
OUTPUT, CO2, FINAL_CO2 = [41, 65, 81.5, 113], [7, 8, 9.25, 10], [1.5, 0, 2, 0]
INPUTS = [sum(row[j] for row in Z) for j in range(4)]
REGION, NUMBER = ["AAA", "AAA", "BBB", "BBB"], [1, 2, 1, 2]


def save(rows, path):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    os.makedirs(os.path.dirname(AT + path), exist_ok=True)
    book.save(AT + path)


def wiod2016():
    code, name = ["A01", "C10-C12"] * 2, ["Agriculture", "Food"] * 2
    use = ["CONS_h", "INVEN"] * 2
    use_name = ["Households", "Changes in inventories and valuables"] * 2
    below = [
        ("II_fob", "Total intermediate consumption", 65, INPUTS, [0] * 4),
        ("TXSP", "taxes less subsidies on products", 66, TAX, FINAL_TAX),
        ("VA", "Value added at basic prices", 70, ADDED, [0] * 4),
        ("GO", "Output at basic prices", 73, OUTPUT, [0] * 4),
    ]
    rows = [
        ["Intercountry Input-Output Table"],
        ["2 countries, in current prices"],
        ["(industry-by-industry)"] + [None] * 3 + code + use + ["GO"],
        ["(millions of US$)"] + [None] * 3 + name + use_name + ["Total output"],
        [None] * 4 + REGION + REGION + ["TOT"],
        [None] * 4 + ["c1", "c2"] * 2 + ["c57", "c61"] * 2 + ["c62"],
    ]
    for i in range(4):
        rows.append([code[i], name[i], REGION[i], f"r{NUMBER[i]}"] + Z[i] + Y[i] + [OUTPUT[i]])
    rows += [[c, n, "TOT", f"r{r}"] + v + f + [0] for c, n, r, v, f in below]
    save(rows, "wiod2016/WIOT2015_Nov16_ROW.xlsx")
    with open(AT + "wiod2016/WIOT2015_Nov16_ROW.csv", "w", encoding="utf-8") as file:
        wide = [row + [None] * (13 - len(row)) for row in rows]
        csv.writer(file, lineterminator="\n").writerows(wide)
    columns = [r + str(n) for r, n in zip(REGION, NUMBER)]
    columns += [r + n for r, n in zip(REGION, ["57", "61"] * 2)] + ["TOT"]
    cells = ["", "IndustryCode", "IndustryDescription", "Country", "RNr", "Year"] + columns
    with open(AT + "wiod2016/frame.csv", "w", encoding="utf-8") as file:
        file.write(",".join(f'"{c}"' for c in cells) + "\n")
        lines = [
            (code[i], name[i], REGION[i], NUMBER[i], Z[i] + Y[i] + [OUTPUT[i]]) for i in range(4)
        ] + [(c, n, "TOT", r, v + f + [0]) for c, n, r, v, f in below]
        for k, (c, n, region, number, values) in enumerate(lines, 1):
            file.write(f'"{k}","{c}","{n}","{region}",{number},2015,')
            file.write(",".join(map(str, values)) + "\n")


def adb(path, extra=False, first="households", wrong=False):
    name = ["Agriculture, hunting, forestry, and fishing", "Mining and quarrying"] * 2
    use = ["Final consumption expenditure by " + first, "Changes in inventories and valuables"] * 2
    rows = [
        ["Multiregional Input-Output Table 2015"],
        ["2 economies, at current prices (industry by industry)"],
        ["In millions of US$"],
        [None],
    ]
    if extra:
        rows.append([None] * 4 + ["0001", "0002"] * 2 + ["1001", "1005"] * 2)
    rows += [
        [None] * 4 + name + use + ["TOTAL"],
        [None] * 4 + REGION + REGION + ["ToT"],
        [None] * 4 + ["c1", "c2"] * 2 + ["F1", "F5"] * 2,
    ]
    for i in range(4):  # a blank is how ADB writes 0
        final = [v if v != 0 or wrong else " " for v in Y[i]]
        rows.append([None, name[i], REGION[i], f"c{NUMBER[i]}"] + Z[i] + final + [OUTPUT[i]])
    if wrong:
        both = [a + b for a, b in zip(TAX, ADDED)]
        rows.append([None, "Value added at basic prices", "ToT", "r64"] + both)
    else:
        rows.append([None, "Intermediate input total", "ToT", "r60"] + INPUTS + [0] * 4)
        rows.append([None, "Taxes less subsidies on products", "ToT", "r99"] + TAX + FINAL_TAX)
        rows.append([None, "Value added at basic prices", "ToT", "r64"] + ADDED)
    rows.append([None, "TOTAL", "ToT", "r69"] + OUTPUT)
    if not wrong:
        rows.append(["Source: made up."])
    save(rows, path)


def gloria():
    industry, product = [0, 1, 4, 5], [2, 3, 6, 7]
    T, final, added = [[0] * 8 for _ in range(8)], [[0] * 4 for _ in range(8)], []
    for i in range(4):
        T[industry[i]][product[i]] = OUTPUT[i]
        final[product[i]] = Y[i]
        for j in range(4):
            T[product[i]][industry[j]] = Z[i][j]
    for region in range(2):
        for item in (TAX, ADDED):
            row = [0] * 8
            for sector in range(2):
                row[industry[2 * region + sector]] = item[2 * region + sector]
            added.append(row)
    accounts = [[0] * 8, [0] * 8]
    for i in range(4):
        accounts[0][industry[i]] = CO2[i]
    parts = {
        "GLORIA_MRIOs_59_2015": {"T": (T, 1000), "Y": (final, 1000), "V": (added, 1000)},
        "GLORIA_SatelliteAccounts_059_2015": {
            "TQ": (accounts, 1),
            "YQ": ([FINAL_CO2, [0] * 4], 1),
        },
    }
    for folder, files in parts.items():
        os.makedirs(AT + "gloria/" + folder, exist_ok=True)
        for what, (rows, unit) in files.items():
            name = f"0_120secMother_AllCountries_002_{what}-Results_2015_059_Markup001(full).csv"
            with open(f"{AT}gloria/{folder}/{name}", "w", encoding="utf-8") as file:
                for row in rows:
                    file.write(",".join(f"{unit * v:g}" for v in row) + "\n")
    book = openpyxl.Workbook()
    book.active.title = "Regions"
    sheets = {
        "Regions": [["Lfd_Nr", "Region_acronyms", "Region_names"], [1, "AAA", "Aland"],
                    [2, "BBB", "Beland"]],
        "Sectors": [["Lfd_Nr", "Sector_names"], [1, "Food"], [2, "Goods"]],
        "Value added and final demand": [
            ["Lfd_Nr", "Value_added_names", "Final_demand_names"],
            [1, "Taxes on production D.29", "Household final consumption P.3h"],
            [2, "Compensation of employees D.1", "Changes in inventories P.52"],
        ],
        "Satellites": [["Lfd_Nr", "Sat_head_indicator", "Sat_indicator", "Sat_unit"],
                       [1, "Emissions", "co2", "kilotonnes"], [2, "Emissions", "co2", "tonnes"]],
    }
    for name, rows in sheets.items():
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(AT + "gloria/GLORIA_ReadMe_059.xlsx")


wiod2016()
adb("adb/ADB-MRIO62-2015_Dec2022.xlsx")
adb("adb/ADB-MRIO-LAC-2015_Mar2022-2.xlsx", extra=True)
adb("adb-wrong/ADB-MRIO-2015-uses.xlsx", first="general government", wrong=True)
gloria()
