"""Telling processes apart, with real ones."""

import os
import signal
import subprocess
import sys
import unittest

import support  # noqa: F401

from hubwright_hub import identity

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


class Identity(unittest.TestCase):
    def start(self):
        process = subprocess.Popen(SLEEP)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_a_process_is_known_again(self):
        process = self.start()
        started = identity.start_time(process.pid)
        self.assertTrue(started)
        self.assertTrue(identity.is_running(process.pid, started))
        self.assertEqual(identity.start_time(process.pid), started)

    def test_another_process_with_the_same_id_is_not_touched(self):
        process = self.start()
        self.assertFalse(identity.is_running(process.pid, "another time"))
        self.assertFalse(identity.send_signal(process.pid, "another time", signal.SIGKILL))
        self.assertIsNone(process.poll())

    def test_an_ended_process_is_not_running_even_while_nobody_has_looked(self):
        process = self.start()
        started = identity.start_time(process.pid)
        self.assertTrue(identity.send_signal(process.pid, started, signal.SIGKILL))
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # ended, and now a zombie
        self.assertFalse(identity.is_running(process.pid, started))
        self.assertFalse(identity.send_signal(process.pid, started, signal.SIGTERM))

    def test_nothing_is_nobody(self):
        for pid, started in ((0, ""), (0, "x"), (os.getpid(), ""), (2**22 + 1, "x")):
            self.assertFalse(identity.is_running(pid, started))


if __name__ == "__main__":
    unittest.main()
