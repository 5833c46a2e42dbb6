"""Spoiled inputs: the files of the embedded tables and the shipped studies, each changed in many
ways from a fixed seed, go through the command.

Every outcome is exit status 0, 1, 65 or 66; what is refused says which file; nothing crashes or
hangs; what cannot be right is never solved silently; and what only looks different (CRLF, a BOM,
quotes) gives the same answer. WIO_TEST_DEPTH=10 tries ten times as many."""
import concurrent.futures
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WASSILY = os.environ.get("WASSILY", os.path.join(ROOT, "build", "wassily"))
STUDIES = os.path.join(ROOT, "studies")
DEPTH = int(os.environ.get("WIO_TEST_DEPTH", "1"))
PATIENCE = 120

NUMBERS = [b"nan", b"inf", b"-inf", b"1e400", b"-1e400", b"0x10", b"1,5", b"1.5.2", b"1_000", b"--1",
           b"1e", b"'", b"=1+1", b"\xd9\xa3", b" 1", b"1 ", b"NA", b"1e309", b"9" * 400]


def flip(data, rng):
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1:]


def insert(data, rng, what):
    at = rng.randrange(len(data))
    return data[:at] + what + data[at:]


def lines(data, rng, change):
    rows = data.split(b"\n")
    return b"\n".join(change(rows, rng.randrange(max(1, len(rows) - 1))))


def number(data, rng, value):
    """One number of a CSV file, or of a study, becomes something else."""
    places = [m for m in re.finditer(rb"(?<=[,:\[ ])-?\d+(\.\d+)?(?=[,\n\]} ])", data)]
    if not places:
        return insert(data, rng, value)
    m = rng.choice(places)
    return data[:m.start()] + value + data[m.end():]


ANY = [  # whatever happens: no crash, and a refusal that names the file
    flip, flip, flip,
    lambda d, r: insert(d, r, bytes([r.randrange(256)])),
    lambda d, r: insert(d, r, r.choice([b'"', b",", b"\n", b"\r", b"\t", b"\x1b[2J", b"{", b"[", b"- "])),
    lambda d, r: insert(d, r, "\u202e\u00e9\U0001f4a9\u0000".encode()[:r.randrange(1, 10)]),
    lambda d, r: d[:r.randrange(len(d))],
    lambda d, r: lines(d, r, lambda rows, i: rows[:i] + rows[i + 1:]),
    lambda d, r: lines(d, r, lambda rows, i: rows[:i] + [rows[i]] + rows[i:]),
    lambda d, r: lines(d, r, lambda rows, i: rows[:i] + rows[i + 1:] + rows[i:i + 1]),
    lambda d, r: number(d, r, r.choice([b"-1", b"0", b"1e300", b"1e-320", b"-0", b"1e18", b""])),
    lambda d, r: number(d, r, r.choice(NUMBERS)),
    lambda d, r: b"",
    lambda d, r: insert(d, r, b"A" * 70000),
]
REFUSED = [  # of a matrix: cannot be right, so it is never solved
    lambda d, r: number(d, r, r.choice(NUMBERS)),
    # more final demand than there is in any economy: the table no longer adds up
    lambda d, r: lines(d, r, lambda rows, i: [
        row.rsplit(b",", 1)[0] + b",1e14" if n == 2 + i % (len(rows) // 9 + 1) else row for n, row in enumerate(rows)]),
    lambda d, r: insert(d, r, b"\0"),
    lambda d, r: insert(d, r, b"\xff"),
    lambda d, r: lines(d, r, lambda rows, i: rows[:i] + [rows[i]] + rows[i:]),
    lambda d, r: lines(d, r, lambda rows, i: rows[:i] + [rows[i] + b",1"] + rows[i + 1:]),
    lambda d, r: lines(d, r, lambda rows, i: rows[:i] + [rows[i].rsplit(b",", 1)[0]] + rows[i + 1:]),
]
SAME = [
    lambda d: d.replace(b"\n", b"\r\n"),
    lambda d: b"\xef\xbb\xbf" + d,
    lambda d: d.rstrip(b"\n"),
    lambda d: d + b"\n\n",
]
# Studies made by hand to break a parser.
DOCUMENTS = {
    "deep": b"wassily: " + b"[" * 5000,
    "deep_map": b"a: " * 1 + b"{a: " * 4000,
    "bomb": b"a: &a [x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [*%c,*%c,*%c,*%c]\n" % (c, c, c - 1, c - 1, c - 1, c - 1) for c in range(98, 110)),
    "tag": b"!!python/object/apply:os.system ['true']\n",
    "nul": b"wassily: 1\0\n",
    "utf16": "wassily: 1\ntitle: x\n".encode("utf-16"),
    "binary": bytes(range(256)) * 64,
    "many": b"wassily: 1\n" + b"".join(b"key%d: 1\n" % i for i in range(20000)),
    "many_documents": b"wassily: 1\n---\n" * 1000,
    "long_key": b"k" * 100000 + b": 1\n",
    "nothing": b"# nothing\n",
    "scalar": b"42\n",
    "list": b"- 1\n- 2\n",
    "merge": b"<<: {wassily: 1}\n",
    "controls": "wassily: \"\\x1b[31m\\u202e\"\n".encode(),
    "table_outside": b"wassily: 1\ntitle: t\ntable: ../../../../etc/passwd\nmodel: {households: exogenous, "
                     b"prices: fixed}\nscenarios: [{name: a, shocks: []}]\n",
    "table_device": b"wassily: 1\ntitle: t\ntable: /dev/zero\nmodel: {households: exogenous, "
                    b"prices: fixed}\nscenarios: [{name: a, shocks: []}]\n",
}


def run(*arguments):
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    return subprocess.run([WASSILY, *arguments], stdin=subprocess.DEVNULL, timeout=PATIENCE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


class Hostile(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="wio_hostile_")

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def all_hold(self, tasks):
        """Runs every task(), two at a time, and reports every complaint."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            complaints = [c for c in pool.map(lambda task: task(), tasks) if c]
        self.assertEqual(complaints, [], "\n" + "\n".join(map(str, complaints[:20])))

    def outcome(self, answer, names, label, statuses=(0, 1, 65, 66)):
        said = answer.stderr.decode(errors="replace")
        if answer.returncode not in statuses:
            return label, answer.returncode, said[-600:]
        if re.search(r"Sanitizer|runtime error", said):
            return label, said[-2000:]
        if answer.returncode != 0 and not any(name in said for name in names):
            return label, "no file named", said[-300:]
        if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", answer.stderr):
            return label, "control characters", said[-300:]
        if answer.returncode in (65, 66) and answer.stdout != b"":
            return label, "printed an answer"
        return None

    def table_task(self, table, name, data, label, statuses=(0, 1, 65, 66), command=None):
        def task():
            folder = tempfile.mkdtemp(dir=self.folder)
            place = os.path.join(folder, os.path.basename(table))
            os.mkdir(place)
            for other in os.listdir(table):
                if other != name:
                    os.symlink(os.path.join(table, other), os.path.join(place, other))
            with open(os.path.join(place, name), "wb") as file:
                file.write(data)
            answer = run(*(command or ["multipliers", "--csv"]), place)
            shutil.rmtree(folder)
            return self.outcome(answer, [name, os.path.basename(table), "I - A"], label, statuses)
        return task

    def tables(self):
        yield os.path.join(ROOT, "tests", "golden", "two-sector"), 100
        yield os.path.join(STUDIES, "tables", "world-2009"), 20
        yield os.path.join(STUDIES, "tables", "us-2017"), 20

    def test_spoiled_tables(self):
        tasks, rng = [], random.Random(2017)
        for table, count in self.tables():
            files = sorted(f for f in os.listdir(table) if f.endswith((".csv", ".yaml")))
            for i in range(count * DEPTH):
                name = files[i % len(files)] if i % 3 else "flows.csv"
                with open(os.path.join(table, name), "rb") as file:
                    data = file.read()
                if not data:
                    continue
                which = rng.randrange(len(ANY))
                spoiled = ANY[which](data, rng)
                label = (os.path.basename(table), name, i, which)
                command = ["check"] if i % 4 == 0 else None
                tasks.append(self.table_task(table, name, spoiled, label, command=command))
        self.all_hold(tasks)

    def test_matrices_that_cannot_be_right_are_refused(self):
        tasks, rng = [], random.Random(65)
        for table, count in self.tables():
            for i in range(max(6, count // 3) * DEPTH):
                with open(os.path.join(table, "flows.csv"), "rb") as file:
                    data = file.read().rstrip(b"\n") + b"\n"
                which = i % len(REFUSED)
                spoiled = REFUSED[which](data, rng)
                label = (os.path.basename(table), "refused", i, which)
                tasks.append(self.table_task(table, "flows.csv", spoiled, label, (65, 66)))
        self.all_hold(tasks)

    def test_a_name_that_is_no_text_leaves_json_valid(self):
        place = os.path.join(os.fsencode(self.folder), b"caf\xe9")
        shutil.copytree(os.fsencode(os.path.join(ROOT, "tests", "golden", "two-sector")), place)
        answer = run("check", place, "--json")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertTrue(json.loads(answer.stdout.decode("utf-8"))["checked"].endswith("caf\\xe9"))

    def test_the_same_table_in_other_bytes_gives_the_same_answer(self):
        for table in (os.path.join(ROOT, "tests", "golden", "two-sector"),
                      os.path.join(STUDIES, "tables", "us-2017")):
            expected = run("multipliers", table, "--csv")
            self.assertEqual(expected.returncode, 0, expected.stderr)
            for change in SAME:
                place = os.path.join(tempfile.mkdtemp(dir=self.folder), os.path.basename(table))
                shutil.copytree(table, place)
                for name in os.listdir(place):
                    if name.endswith((".csv", ".yaml")):
                        path = os.path.join(place, name)
                        with open(path, "rb") as file:
                            data = file.read()
                        with open(path, "wb") as file:
                            file.write(change(data))
                answer = run("multipliers", place, "--csv")
                self.assertEqual(answer.returncode, 0, answer.stderr)
                self.assertEqual(answer.stdout, expected.stdout)

    def study_task(self, path, data, label, statuses=(0, 1, 65, 66)):
        def task():
            folder = tempfile.mkdtemp(dir=self.folder)
            name = os.path.basename(path)
            for other in os.listdir(STUDIES):  # definitions of other studies are found beside it
                if other.endswith(".yaml") and other != name:
                    shutil.copy(os.path.join(STUDIES, other), folder)
            shutil.copytree(os.path.join(ROOT, "tests", "golden", "two-sector"),
                            os.path.join(folder, "two-sector"))
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
            out = os.path.join(folder, "out.h5")
            answer = run("run", os.path.join(folder, name), "-o", out)
            complaint = self.outcome(answer, [name, "scenario", "I - A", "table"], label, statuses)
            if complaint is None and os.path.exists(out) != (answer.returncode == 0):
                complaint = label, "a result file without an answer, or the other way round"
            shutil.rmtree(folder)
            return complaint
        return task

    def test_spoiled_studies(self):
        tasks, rng = [], random.Random(42)
        small = os.path.join(ROOT, "tests", "golden", "small.yaml")
        shipped = sorted(os.path.join(STUDIES, f) for f in os.listdir(STUDIES) if f.endswith(".yaml"))
        for path, count in [(small, 60)] + [(path, 6) for path in shipped]:
            with open(path, "rb") as file:
                data = file.read()
            for i in range(count * DEPTH):
                which = rng.randrange(len(ANY))
                label = (os.path.basename(path), i, which)
                tasks.append(self.study_task(path, ANY[which](data, rng), label, (0, 1, 65, 66, 76)))
        self.all_hold(tasks)

    def test_documents_that_break_parsers(self):
        self.all_hold([self.study_task(f"{name}.yaml", data, name, (65, 66))
                       for name, data in DOCUMENTS.items()])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
