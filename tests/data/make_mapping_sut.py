"""Makes tests/data/import/mapping-sut/supply_use.xlsx with openpyxl from the CSV files beside it: the
same tables, in thousands, on two sheets whose labels begin in C4.  Run from the root of the repository."""
import csv
import datetime

import openpyxl

AT = "tests/data/import/mapping-sut"


def cell(text):
    try:
        return 1000 * float(text)
    except ValueError:
        return text or None


book = openpyxl.Workbook()
book.remove(book.active)
for name in ("supply", "use"):
    sheet = book.create_sheet(name.capitalize())
    with open(f"{AT}/{name}.csv", newline="") as file:
        rows = list(csv.reader(file))
    sheet.append(["Table of", name])
    sheet.append([])
    for row in rows[:2]:
        sheet.append([None, *[text or None for text in row]])
    for row in rows[2:]:
        numbers = [cell(text) for text in row[2:]]
        if row[0] == "EMP":  # persons are no money
            numbers = [None if n is None else n / 1000 for n in numbers]
        sheet.append([None, row[0], row[1], *numbers])
book.properties.created = book.properties.modified = datetime.datetime(2020, 1, 1)
book.save(f"{AT}/supply_use.xlsx")
