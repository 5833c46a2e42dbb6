"""Makes tests/data/xlsx/small.xlsx with openpyxl, a writer that shares no line with ours: text, numbers
of every kind, a formula (openpyxl saves no value), dates, a boolean, an error, a merged range, a
hidden row and column, a second sheet. Numbers are made up.  Run from the root of the repository."""
import datetime

import openpyxl

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "flows & more"
sheet.append(["", "agriculture", "Kaf\u00e9", "<done>"])
sheet.append(["wheat", 1, 2.5, -0.1])
sheet.append(["steel", 1e300, 123456789012, 1 / 3])
sheet.append([])
sheet.append(["odd", True, datetime.date(2019, 1, 2), "#N/A"])
sheet["E2"] = "=B2+C2"
sheet["F7"] = "1.5"
sheet["G2"] = 7
sheet["G2"].number_format = "0.00%"
sheet["H2"] = 43000
sheet["H2"].number_format = 'dd"of"mm'
sheet["I2"] = 43000
sheet["I2"].number_format = '[Red]0.0"days"'
sheet.merge_cells("B9:C10")
sheet["B9"] = "merged"
sheet.row_dimensions[3].hidden = True
sheet.column_dimensions["C"].hidden = True
other = book.create_sheet("2")
other["B2"] = "second"
book.properties.created = book.properties.modified = datetime.datetime(2020, 1, 1)
book.save("tests/data/xlsx/small.xlsx")

# The table of tests/test_import_mapping.c as a workbook, with what spreadsheets do to numbers.
book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Table 1"
sheet.append(["Two sectors, made up"])
sheet.append([])
sheet.append([None, None, "HOME", "HOME", "HOME", "OUT"])
sheet.append([None, None, "A", "B", "HH", "EXP"])
sheet.append(["HOME", "A", 10, 20, 60, 10])
sheet.append(["HOME", "B", "30", 40, 100, 30])
sheet.append(["OUT", "A", 5, 15, 7, 0])
sheet.append([None, "wages", 55, 125, None, None])
sheet.append([None, "jobs", 3, "c", None, None])
book.properties.created = book.properties.modified = datetime.datetime(2020, 1, 1)
book.save("tests/data/xlsx/table.xlsx")
