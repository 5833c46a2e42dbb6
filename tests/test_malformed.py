"""Malformed files, each with the exact messages and exit status that it has to give.

A case is a base (table folder, study, demand, mapping with its text or workbook), one change to one
file, and what has to come out: every error line, and the exit status. Tables, studies and demands go
through the command, mappings through the library in a process of its own. The cases stand in
tests/data/malformed.txt, a block for each:

    == NAME BASE FILE
    -OLD            text that is there exactly once (no such line: the whole file)
    +NEW            what stands in its place; \\n, \\t, \\xHH as in Python
    65              the exit status
    ERROR LINE      ... without the folder and the 'error: '

`test_malformed.py --write` writes down what comes out now: read the diff."""
import ctypes
import io
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BUILD = os.path.join(ROOT, os.environ.get("B", "build"))
WASSILY = os.environ.get("WASSILY", os.path.join(BUILD, "wassily"))
CASES = os.path.join(HERE, "data", "malformed.txt")

TABLE = {
    "t/table.yaml": "name: tiny\ntitle: Tiny\nyear: 2020\nunit: million EUR\nprice_basis: basic\n"
                    "import_split: survey\nimport_valuation: {OUT: customs}\nhousehold_income: 150\n"
                    "sources: [made up]\n",
    "t/regions.csv": "code,name,endogenous\nHOME,Home,1\nOUT,Out,0\n",
    "t/sectors.csv": "code,name,region\nA,Farms,\nB,Mills,HOME\n",
    "t/uses.csv": "code,name,role\nHH,Households,household\nEXP,Exports,export\n",
    "t/primary_items.csv": "item,name,role\nwages,Wages,compensation\n",
    "t/groups.csv": "group,sector\nfood,A\n",
    "t/flows.csv": ",,HOME,HOME,HOME,OUT\nregion,sector,A,B,HH,EXP\nHOME,A,10,20,60,10\n"
                   "HOME,B,30,40,100,30\nOUT,A,5,15,7,0\n",
    "t/primary.csv": ",HOME,HOME\nitem,A,B\nwages,55,125\n",
    "t/satellites.csv": ",,HOME,HOME\naccount,unit,A,B\njobs,persons,3,\n",
    "t/rates.csv": "sector,rate\nA,0.1\n",
}
STUDY = dict(TABLE, **{
    "s.yaml": "wassily: 1\ntitle: T\ntable: t\nmodel: {households: exogenous, prices: fixed}\nscenarios:\n"
              "  - name: more\n    shocks:\n"
              "      - final_demand: {region: HOME, use: HH, amounts: {A: 1}, unit: meur, price_year: 2020,\n"
              "                       price_basis: basic, local_content: 1}\n"})
DEMAND = dict(TABLE, **{"d.csv": "sector,demand\nA,1\nB,2\n"})
MAPPING = {
    "m.yaml": "mapping: 1\nname: small\nyear: 2020\ncurrency: EUR\nunit: million\nprice_basis: basic\n"
              "import_split: survey\ndelimiter: \",\"\ndecimal: \".\"\nregions:\n"
              "- {code: HOME, endogenous: true}\n- {code: OUT, endogenous: false}\n"
              "sectors: {A: Farms, B: Mills}\nuses: {HH: household, EXP: export}\n"
              "primary: {wages: compensation}\naccounts: {jobs: persons}\nsheets:\n- file: t.csv\n"
              "  header: {region: 1, code: 2}\n  labels: {region: 1, code: 2}\n  missing: [c]\n"
              "  zero: [\"\"]\n",
    "t.csv": ",,HOME,HOME,HOME,OUT\n,,A,B,HH,EXP\nHOME,A,10,20,60,10\nHOME,B,30,40,100,30\n"
             "OUT,A,5,15,7,0\n,wages,55,125,,\n,jobs,3,c,,\n",
}
LONG = {
    "m.yaml": MAPPING["m.yaml"].split("  header")[0] +
    "  form: long\n  columns: {from_region: fr, from: f, to_region: tr, to: t, value: v}\n  where: {y: 2020}\n",
    "t.csv": "y,fr,f,tr,t,v\n2020,HOME,A,HOME,A,10\n2020,HOME,A,HOME,B,20\n2020,HOME,A,HOME,HH,60\n"
             "2020,HOME,A,OUT,EXP,10\n2020,HOME,B,HOME,A,30\n2020,HOME,B,HOME,B,40\n"
             "2020,HOME,B,HOME,HH,100\n2020,HOME,B,OUT,EXP,30\n2020,OUT,A,HOME,A,5\n"
             "2020,OUT,A,HOME,B,15\n2020,OUT,A,HOME,HH,7\n2020,,wages,HOME,A,55\n"
             "2020,,wages,HOME,B,125\n",
}


def cells(text):
    """The CSV text as rows of a sheet: numbers as numbers, other text inline."""
    rows = []
    for r, line in enumerate(text.rstrip("\n").split("\n"), 1):
        row = ""
        for c, cell in enumerate(line.split(",")):
            place = f"{chr(65 + c)}{r}"
            if cell.replace(".", "").isdigit():
                row += f'<c r="{place}"><v>{cell}</v></c>'
            elif cell:
                row += f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>'
        rows.append(f'<row r="{r}">{row}</row>\n')
    return "<worksheet><sheetData>\n" + "".join(rows) + "</sheetData></worksheet>"


BOOK = {
    "m.yaml": MAPPING["m.yaml"].replace("t.csv", "t.xlsx\n  sheet: S"),
    "xl/workbook.xml": '<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<R><Relationship Id="r1" Target="worksheets/sheet1.xml"/></R>',
    "xl/styles.xml": '<s><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></s>',
    "xl/sharedStrings.xml": "<sst><si><t>HOME</t></si></sst>",
    "xl/worksheets/sheet1.xml": cells(MAPPING["t.csv"]),
}
BASES = {"check": TABLE, "run": STUDY, "solve": DEMAND, "wide": MAPPING, "long": LONG, "book": BOOK}


def plain(text):
    """\\n, \\t and \\xHH of a case as bytes."""
    return text.encode("utf-8").decode("unicode_escape").encode("latin-1")


class Case:
    def __init__(self, name, base, file):
        self.name, self.base, self.file = name, base, file
        self.old, self.new = None, b""
        self.change = []          # the lines that say it
        self.status, self.lines = None, []

    def files(self):
        files = {name: text.encode() for name, text in BASES[self.base].items()}
        if self.new == b"(none)":
            del files[self.file]
        elif self.old is None:
            files[self.file] = self.new
        else:
            data = files[self.file]
            if data.count(self.old) != 1:
                raise AssertionError(f"{self.name}: {self.old} is there {data.count(self.old)} times")
            files[self.file] = data.replace(self.old, self.new)
        return files

    def place(self, folder):
        files = self.files()
        if self.base == "book" and "t.xlsx" not in files:
            archive = io.BytesIO()
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as book:
                for name in [n for n in files if n.startswith("xl/")]:
                    book.writestr(zipfile.ZipInfo(name), files.pop(name), zipfile.ZIP_DEFLATED)
            files["t.xlsx"] = archive.getvalue()
        for name, data in files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as to:
                to.write(data)

    def command(self):
        return {"check": [WASSILY, "check", "t"],
                "run": [WASSILY, "run", "s.yaml", "-o", "out.h5"],
                "solve": [WASSILY, "solve", "t", "--demand", "d.csv"]}.get(self.base)


def start(command, folder, **more):
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, timeout=120,
                          capture_output=True, env=dict(os.environ, OMP_NUM_THREADS="1", **more))


def sanitizer():
    """What lets Python load a library with AddressSanitizer in it (make sanitize)."""
    if "ASAN_OPTIONS" not in os.environ:
        return {}
    found = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True)
    return {"LD_PRELOAD": found.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0"}


def errors_of(said):
    if "Sanitizer" in said or "runtime error" in said:
        return said.split("\n")[:20]
    return [line.replace("wassily: ", "", 1).replace("error: ", "", 1) for line in said.split("\n")
            if "error: " in line or line.startswith("wassily: ")]


def read_cases():
    cases, case = [], None
    with open(CASES, encoding="utf-8") as file:
        for line in file.read().split("\n"):
            if line.startswith("== "):
                case = Case(*line[3:].split(" "))
                cases.append(case)
            elif case is None or line == "":
                continue
            elif case.status is None and line[0] in "-+":
                case.change.append(line)
                if line[0] == "-":
                    case.old = plain(line[1:])
                else:
                    case.new = plain(line[1:])
            elif case.status is None:
                case.status = int(line)
            else:
                case.lines.append(line)
    return cases


def through_the_command(case):
    with tempfile.TemporaryDirectory(prefix="wio_malformed_") as folder:
        case.place(folder)
        got = start(case.command(), folder)
        return [(got.returncode, errors_of(got.stderr.decode("utf-8", "backslashreplace")))]


def through_the_library(cases):
    """All of them in one process; when it dies, so do the rest of them."""
    with tempfile.TemporaryDirectory(prefix="wio_malformed_") as folder:
        for i, case in enumerate(cases):
            os.mkdir(os.path.join(folder, str(i)))
            case.place(os.path.join(folder, str(i)))
        got = start([sys.executable, os.path.abspath(__file__), "--import", str(len(cases))],
                    folder, **sanitizer())
        parts = got.stderr.decode("utf-8", "backslashreplace").split("== exit status ")
        answers = [(int(parts[i + 1].split("\n")[0]), errors_of(part))
                   for i, part in enumerate(parts[:-1])]
        while len(answers) < len(cases):
            answers.append((got.returncode, ["the process died: " + parts[-1][-2000:]]))
        return answers


def outcomes(cases):
    """(exit status, error lines) of every case, two processes at a time."""
    by_library = [case for case in cases if case.command() is None]
    tasks = [(through_the_command, case) for case in cases if case.command() is not None]
    chunks = [by_library[i:i + 16] for i in range(0, len(by_library), 16)]
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(function, case) for function, case in
                   tasks + [(through_the_library, chunk) for chunk in chunks]]
        order = [case for _, case in tasks] + by_library
        got = dict(zip(map(id, order), (one for answer in answers for one in answer.result())))
    return [got[id(case)] for case in cases]


def import_mapping(path):
    """What the command would do: findings to stderr, the exit status of the library."""
    library = ctypes.CDLL(os.path.join(BUILD, "libwassily.so"))  # the same one every time
    pointer = ctypes.c_void_p
    library.wio_log_finding.argtypes = [pointer, ctypes.c_size_t]
    library.wio_log_finding.restype = pointer
    library.wio_log_line.argtypes = [pointer]
    library.wio_log_line.restype = ctypes.c_char_p
    library.wio_table_import_mapping.argtypes = [pointer, ctypes.c_char_p, pointer, pointer]
    log, table = pointer(), pointer()
    library.wio_log_create(ctypes.byref(log), None)
    error = ctypes.create_string_buffer(512)  # wio_error: the status, then the message
    status = library.wio_table_import_mapping(ctypes.byref(table), path.encode(), log, error)
    index = 0
    while (finding := library.wio_log_finding(log, index)) is not None:
        sys.stderr.buffer.write(library.wio_log_line(finding) + b"\n")
        index += 1
    if index == 0 and status != 0:
        sys.stderr.buffer.write(b"error: " + error.raw[4:].split(b"\0")[0] + b"\n")
    return library.wio_status_exit(status)


class Malformed(unittest.TestCase):
    def test_the_bases_are_right(self):
        for base, files in BASES.items():
            case = Case("right", base, next(iter(files)))
            case.old = case.new = next(iter(files.values())).encode()
            (status, lines), = outcomes([case])
            self.assertEqual((base, status, lines), (base, 0, []))

    def test_there_are_150(self):
        cases = read_cases()
        self.assertGreaterEqual(len(cases), 150)
        self.assertEqual(len({case.name for case in cases}), len(cases))

    def test_every_message_and_exit_status_is_exact(self):
        cases = read_cases()
        wrong = []
        for case, (status, lines) in zip(cases, outcomes(cases)):
            if (status, lines) != (case.status, case.lines):
                wrong.append("\n".join([f"{case.name}: exit status {status}, expected {case.status}"]
                                       + ["  got      " + line for line in lines]
                                       + ["  expected " + line for line in case.lines]))
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong[:20]))


def write():
    cases = read_cases()
    with open(CASES, "w", encoding="utf-8") as file:
        for case, (status, lines) in zip(cases, outcomes(cases)):
            file.write("\n".join([f"== {case.name} {case.base} {case.file}", *case.change, str(status), *lines])
                       + "\n\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--import"]:
        for number in range(int(sys.argv[2])):
            os.chdir(str(number))
            status = import_mapping("m.yaml")
            sys.stderr.buffer.write(b"== exit status %d\n" % status)
            sys.stderr.buffer.flush()
            os.chdir("..")
    if sys.argv[1:2] == ["--write"]:
        write()
    else:
        unittest.main()
