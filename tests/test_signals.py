"""An interrupt ends `wassily run` with exit status 75 and leaves nothing behind.

A signal that is sent while it is blocked waits; the command unblocks it when its handler stands, so
the signal always comes at the same moment and the test never races."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
WASSILY = os.environ.get("WASSILY", str(ROOT / os.environ.get("B", "build") / "wassily"))


def run_with(signals, ignored=()):
    """Runs the opening study with these signals waiting; returns (status, stderr, files left)."""

    def before():
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)
        for number in signals:
            os.kill(os.getpid(), number)

    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [WASSILY, "run", str(ROOT / "studies/opening_salvo.yaml"), "-o", folder + "/out.h5"],
            preexec_fn=before, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stderr, sorted(os.listdir(folder))


class Signals(unittest.TestCase):
    def test_an_interrupt_is_status_75_and_leaves_no_file(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            status, message, files = run_with([number])
            self.assertEqual(status, 75, message)
            self.assertIn("interrupted", message)
            self.assertEqual(files, [])

    def test_a_second_signal_does_not_wait(self):
        status, _, files = run_with([signal.SIGINT, signal.SIGTERM])
        self.assertEqual(status, 130)
        self.assertEqual(files, [])

    def test_an_ignored_interrupt_stays_ignored(self):
        status, message, files = run_with([signal.SIGINT], ignored=[signal.SIGINT])
        self.assertEqual(status, 0, message)
        self.assertEqual(files, ["out.h5"])


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
