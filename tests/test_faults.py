"""The command under faults that only happen outside of it: killed at any moment, stopped by a
signal, a full disk, no memory, no reader, and paths that are not what they should be.

What must hold (TRUST 3): never a broken file under the final name, never a hang, never a crash, and
the exit status of DESIGN 5 with the file's name in the message."""
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WASSILY = os.environ.get("WASSILY", os.path.join(ROOT, "build", "wassily"))
STUDY = os.path.join(ROOT, "studies", "opening_salvo.yaml")
TABLES = os.path.join(ROOT, "studies", "tables")
with open(WASSILY, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()
PATIENCE = 60  # seconds: beyond it a command hangs


def run(*arguments, **options):
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    return subprocess.run([WASSILY, *arguments], timeout=PATIENCE, stdin=subprocess.DEVNULL,
                          **options)


class Faults(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="wio_faults_")
        self.out = os.path.join(self.folder, "out.h5")

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def assert_whole(self, path):
        """A result under its final name opens, and every byte of it is what was written."""
        checked = run("info", path)
        self.assertEqual(checked.returncode, 0, checked.stderr)

    def assert_refused(self, answer, status, name):
        self.assertEqual(answer.returncode, status, answer.stderr)
        self.assertIn(name, answer.stderr.decode())

    def duration(self):
        start = time.monotonic()
        self.assertEqual(run("run", STUDY, "-o", self.out).returncode, 0)
        os.unlink(self.out)
        return time.monotonic() - start

    def interrupt(self, number, after):
        """Starts a run, sends it a signal after so many seconds; its exit status."""
        process = subprocess.Popen([WASSILY, "run", STUDY, "-o", self.out, "--quiet"],
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(after)
        process.send_signal(number)
        process.communicate(timeout=PATIENCE)
        return process.returncode

    # --- killed, stopped ---------------------------------------------------------------------

    def test_killed_at_any_moment_leaves_no_broken_file(self):
        rng = random.Random(60)
        whole, left, took = 0, 0, self.duration()
        for trial in range(60):
            # half of the moments near the end, where the file is written
            share = rng.uniform(0.0, 1.1) if trial % 2 else rng.uniform(0.7, 1.1)
            self.interrupt(signal.SIGKILL, share * took)
            if os.path.exists(self.out):
                self.assert_whole(self.out)
                os.unlink(self.out)
                whole += 1
            left += len(os.listdir(self.folder))
            if trial % 10 == 9:
                self.assertEqual(run("run", STUDY, "-o", self.out).returncode, 0)
                self.assertEqual(os.listdir(self.folder), ["out.h5"])
                os.unlink(self.out)
        print(f"60 kills: {whole} files were whole, {left} temporary files seen and swept")

    def test_a_later_run_sweeps_what_a_dead_one_left(self):
        dead = subprocess.Popen(["true"])
        dead.wait()
        # the name as this machine makes it: taken from a run that is writing
        place = None
        for _ in range(400):
            process = subprocess.Popen([WASSILY, "run", STUDY, "-o", self.out, "--force", "-q"],
                                       stdin=subprocess.DEVNULL)
            while process.poll() is None and place is None:
                for name in os.listdir(self.folder):
                    if ".tmp." in name:
                        place = name.split(".tmp.")[1].split(".")[0]
            process.wait(timeout=PATIENCE)
            if place is not None:
                break
        self.assertIsNotNone(place, "no temporary file was ever seen")
        stale = os.path.join(self.folder, f".older.h5.tmp.{place}.{dead.pid}.0")
        alive = os.path.join(self.folder, f".older.h5.tmp.{place}.{os.getpid()}.0")
        other = os.path.join(self.folder, f".older.h5.tmp.0badf00d.{dead.pid}.0")
        for name in (stale, alive, other):
            with open(name, "w") as file:
                file.write("half")
        self.assertEqual(run("run", STUDY, "-o", self.out, "--force").returncode, 0)
        self.assertEqual(sorted(os.listdir(self.folder)),
                         sorted([os.path.basename(alive), os.path.basename(other), "out.h5"]))

    def test_signals_stop_it_with_75_and_no_file(self):
        took, stopped = self.duration(), 0
        for number in (signal.SIGTERM, signal.SIGINT):
            for share in (0.35, 0.5, 0.65, 0.8):
                status = self.interrupt(number, share * took)
                self.assertIn(status, (0, 75, -number))  # -number: before main was reached
                self.assertEqual(os.path.exists(self.out), status == 0)
                self.assertEqual(len(os.listdir(self.folder)), 1 if status == 0 else 0)
                stopped += status == 75
                if status == 0:
                    self.assert_whole(self.out)
                    os.unlink(self.out)
        self.assertGreater(stopped, 0)

    # --- a year more in a file ---------------------------------------------------------------------

    def years(self, path):
        """The years of a series; every one of them is read and adds up."""
        answer = run("info", path, "--json")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        content = json.loads(answer.stdout)
        years = [table["year"] for table in content.get("tables", [content])]
        for year in years:
            checked = run("check", f"{path}:{year}")
            self.assertEqual(checked.returncode, 0, checked.stderr)
        return years

    def test_killed_while_adding_a_year_leaves_the_old_file_or_the_new(self):
        rng = random.Random(61)
        series = os.path.join(self.folder, "series.h5")
        first = os.path.join(self.folder, "first.h5")
        added = ("convert", "2011=world-2011", "-o", series, "--append")
        self.assertEqual(run("convert", "2009=world-2009", "-o", first).returncode, 0)
        shutil.copy(first, series)
        start = time.monotonic()
        self.assertEqual(run(*added).returncode, 0)
        took, seen = time.monotonic() - start, set()
        for _ in range(40):
            shutil.copy(first, series)
            process = subprocess.Popen([WASSILY, *added], stdin=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.3, 1.1) * took)
            process.kill()
            process.communicate(timeout=PATIENCE)
            years = self.years(series)
            self.assertIn(years, ([2009], [2009, 2011]))
            seen.add(len(years))
        shutil.copy(first, series)
        self.assertEqual(run(*added).returncode, 0)  # which sweeps what the killed ones left
        self.assertEqual(sorted(os.listdir(self.folder)), ["first.h5", "series.h5"])
        self.assertIn(1, seen)

    def test_a_full_disk_leaves_the_years_that_were_there(self):
        small = os.path.join(self.folder, "small")
        series = os.path.join(small, "series.h5")
        os.mkdir(small)
        seen = set()
        for size in (512, 800, 1200, 1600, 2400, 4096, 16384):
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "wio", small],
                                     stderr=subprocess.DEVNULL)
            if mounted.returncode != 0:
                self.skipTest("a small tmpfs cannot be mounted here")
            try:
                self.assertEqual(run("convert", "2009=world-2009", "-o", series).returncode, 0)
                answer = run("convert", "2011=world-2011", "-o", series, "--append")
                self.assertIn(answer.returncode, (0, 73, 74), answer.stderr)
                self.assertIn(b"series.h5", answer.stderr)
                self.assertEqual(os.listdir(small), ["series.h5"])
                self.assertEqual(self.years(series),
                                 [2009, 2011] if answer.returncode == 0 else [2009])
                seen.add(answer.returncode)
            finally:
                subprocess.run(["umount", small], check=True)
        self.assertEqual(seen, {0, 74})

    # --- no room -------------------------------------------------------------------------------

    def test_a_full_disk_leaves_nothing(self):
        small = os.path.join(self.folder, "small")
        os.mkdir(small)
        for size in (4, 64, 256, 512, 1024, 4096):
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "wio", small],
                                     stderr=subprocess.DEVNULL)
            if mounted.returncode != 0:
                self.skipTest("a small tmpfs cannot be mounted here")
            try:
                path = os.path.join(small, "out.h5")
                answer = run("run", STUDY, "-o", path)
                self.assertIn(answer.returncode, (0, 73, 74), answer.stderr)
                if answer.returncode == 0:
                    self.assert_whole(path)
                else:
                    self.assertIn("out.h5", answer.stderr.decode())
                    self.assertEqual(os.listdir(small), [])
            finally:
                subprocess.run(["umount", small], check=True)

    def test_limits_of_address_space_never_hang(self):
        if SANITIZED:
            self.skipTest("the sanitizer reserves more than any limit")
        seen = set()
        for megabytes in list(range(120, 520, 20)) + [700, 1000]:
            limit = megabytes << 20
            answer = run("run", STUDY, "-o", self.out, "--force", "-q", "-t", "2",
                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
            self.assertIn(answer.returncode, (0, 71), (megabytes, answer.stderr))
            self.assertEqual(os.path.exists(self.out), 0 in seen or answer.returncode == 0)
            if answer.returncode == 71:
                self.assertIn(b"out of memory", answer.stderr)
            seen.add(answer.returncode)
        self.assertEqual(seen, {0, 71})

    def test_a_limit_of_file_size_is_a_failed_write(self):
        answer = run("run", STUDY, "-o", self.out,
                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50000, 50000)))
        self.assert_refused(answer, 74, "out.h5")
        self.assertEqual(os.listdir(self.folder), [])

    # --- outputs -------------------------------------------------------------------------------

    def test_an_existing_file_is_refused_before_solving(self):
        with open(self.out, "w") as file:
            file.write("mine")
        answer = run("run", STUDY, "-o", self.out, stdout=subprocess.PIPE)
        self.assert_refused(answer, 73, "out.h5")
        with open(self.out) as file:
            self.assertEqual(file.read(), "mine")
        self.assertEqual(answer.stdout, b"")

    def test_places_that_cannot_be_written(self):
        for path in (os.path.join(self.folder, "none", "out.h5"), self.folder, "/dev/full",
                     "/proc/out.h5"):
            answer = run("run", STUDY, "-o", path, "--force")
            self.assert_refused(answer, 73, path)
        os.chmod(self.folder, 0o555)
        if os.geteuid() != 0:  # root may write everywhere
            self.assert_refused(run("run", STUDY, "-o", self.out), 73, "out.h5")
        os.chmod(self.folder, 0o755)
        self.assertEqual(os.listdir(self.folder), [])

    def test_standard_output_that_fails_is_74(self):
        for arguments in (["multipliers", "us-2017", "--csv"], ["--version"], ["schema"],
                          ["run", STUDY, "-o", self.out, "--json"], ["tables"], ["help"]):
            with open("/dev/full", "w") as full:
                answer = run(*arguments, stdout=full)
            self.assertEqual(answer.returncode, 74, (arguments, answer.stderr))
            if os.path.exists(self.out):
                os.unlink(self.out)
            closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", WASSILY, *arguments],
                                    stderr=subprocess.PIPE, timeout=PATIENCE)
            self.assertEqual(closed.returncode, 74, (arguments, closed.stderr))
            if os.path.exists(self.out):
                self.assert_whole(self.out)
                os.unlink(self.out)

    def test_a_reader_that_leaves_early_is_no_failure(self):
        script = '{ "$@"; echo $? >&2; } | head -n 1 >/dev/null'
        for arguments in (["run", STUDY, "-o", self.out, "--json"],
                          ["multipliers", "us-2017", "--csv"]):
            piped = subprocess.run(["sh", "-c", script, "sh", WASSILY, *arguments],
                                   stderr=subprocess.PIPE, timeout=PATIENCE)
            self.assertEqual(piped.stderr.decode().split(), ["0"])
        self.assert_whole(self.out)

    # --- inputs --------------------------------------------------------------------------------

    def test_inputs_that_are_not_files(self):
        fifo = os.path.join(self.folder, "fifo")
        os.mkfifo(fifo)
        empty = os.path.join(self.folder, "empty")
        open(empty, "w").close()
        shut = os.path.join(self.folder, "shut")
        with open(shut, "w") as file:
            file.write("wassily: 1\n")
        os.chmod(shut, 0)
        loop = os.path.join(self.folder, "loop")
        os.symlink(loop, loop)
        cases = [(fifo, (65, 66)), ("/dev/zero", (65, 66)), (self.folder, (65, 66)),
                 (empty, (65, 66)), (loop, (66,)), (os.path.join(self.folder, "none"), (66,))]
        if os.geteuid() != 0:
            cases.append((shut, (66,)))
        for command in (["run"], ["check"], ["info"], ["multipliers"],
                        ["export", "--to", "csv"]):
            for path, statuses in cases:
                answer = run(*command, path)
                self.assertIn(answer.returncode, statuses, (command, path, answer.stderr))
                self.assertIn(os.path.basename(path), answer.stderr.decode())
                self.assertEqual(answer.stdout, b"", (command, path))

    def test_a_spoiled_result_is_not_shown(self):
        self.assertEqual(run("run", STUDY, "-o", self.out, "-q").returncode, 0)
        with open(self.out, "rb") as file:
            good = file.read()
        rng = random.Random(7)
        bad = os.path.join(self.folder, "bad.h5")
        for trial in range(30):
            spoiled = bytearray(good)
            at = rng.randrange(len(good))
            if trial % 5 == 4:
                spoiled = spoiled[:at]
            else:
                spoiled[at] ^= 1 << rng.randrange(8)
            with open(bad, "wb") as file:
                file.write(spoiled)
            answer = run("export", bad, "--to", "csv")
            self.assertIn(answer.returncode, (65, 66), (trial, at, answer.stderr))
            self.assertEqual(answer.stdout, b"", (trial, at))
            self.assertIn(b"bad.h5", answer.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
