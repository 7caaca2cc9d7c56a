"""What the hub tells Prometheus, with a real hub on which real things happen."""

import os
import subprocess
import sys
import unittest

import requests
from support import RUNTIME, FolderTest, HubTest, wait_until

from hubwright_hub.server_metrics import Processes

GONE = "/no-such-python"


class HubMetrics(HubTest):
    def setUp(self):
        super().setUp()
        self.start_proxy()
        self.start_hub()

    def log_ins(self):
        found = self.metrics()
        return [found[("hubwright_logins_total", result)] for result in ("success", "failure")]

    def test_log_ins_count_once_each_from_zero(self):
        self.assertEqual(self.log_ins(), [0, 0])
        self.logged_in("trainee-1")
        self.logged_in("trainee-2")
        for name, password in (("trainee-1", "wrong"), ("nobody", "x"), ("admin-alex", "")):
            self.assertEqual(self.browser().log_in(name, password).status_code, 403)
        self.assertEqual(self.log_ins(), [2, 3])

    def test_starts_count_once_each_however_they_end(self):
        self.assertTrue(self.start_server("trainee-1")["ready"])
        self.profiles["profiles"][1]["python"] = GONE
        self.write_profiles()
        for _ in range(3):
            self.assertTrue(self.start_server("trainee-2", profile="second")["failed"])
        found = self.metrics()
        count = "jupyterhub_server_spawn_duration_seconds_count"
        self.assertEqual([found[(count, result)] for result in ("success", "failure")], [1, 3])

    def test_a_running_server_tells_its_profile_memory_and_how_long_it_has_been_idle(self):
        self.assertTrue(self.start_server("trainee-1", profile="second")["ready"])
        labels = ("second", "", "trainee-1")
        found = self.metrics()
        self.assertEqual(found[("hubwright_server_info", *labels)], 1)
        limit = self.profiles["profiles"][1]["memory"]["limit"]
        self.assertEqual(found[("hubwright_server_memory_limit_bytes", *labels)], limit)
        self.assertGreater(found[("hubwright_server_memory_bytes", *labels)], 30_000_000)
        self.assertGreater(found[("hubwright_server_cpu_seconds_total", *labels)], 0.2)
        self.assertLess(found[("hubwright_server_idle_seconds", "", "trainee-1")], 60)
        self.api("DELETE", "users/trainee-1/server")
        wait_until(lambda: not self.server("trainee-1"), what="the stop")
        self.assertEqual([key for key in self.metrics() if key[0].startswith("hubwright_server_")], [])

    def test_groups_of_those_who_were_here_lately(self):
        self.make_group("physics", "trainee-1", "trainee-2")
        self.make_group("staff", "trainee-1")
        self.logged_in("trainee-1").hub("GET", "home")
        groups = [key[1:] for key in self.metrics() if key[0] == "hubwright_user_group_info"]
        self.assertEqual(sorted(groups), [("physics", "trainee-1"), ("staff", "trainee-1")])

    def make_group(self, name, *people):
        admin = self.logged_in("admin-alex")
        admin.headers["X-XSRFToken"] = admin.token_for("/hub/")
        self.assertEqual(admin.hub("POST", f"api/groups/{name}", json={}).status_code, 201)
        self.assertEqual(admin.hub("POST", f"api/groups/{name}/users", json={"users": people}).status_code, 200)

    def test_the_token_opens_the_metrics_and_nothing_else(self):
        headers = {"Authorization": f"token {self.metrics_token}"}
        for path in ("users", "users/trainee-1", "groups", "proxy", "services"):
            answer = requests.get(f"{self.hub_url}api/{path}", headers=headers)
            self.assertIn(answer.status_code, (403, 404), path)
        self.assertEqual(requests.get(f"{self.hub_url}metrics").status_code, 403)


class OnACluster(FolderTest):
    def test_an_authenticator_finds_the_file_where_a_clusters_hub_has_it(self):
        runtime = RUNTIME / "hubwright_hub"
        for source, place in (
            ("accounts", "hubwright_accounts"),
            ("oidc", "hubwright_oidc"),
            ("metrics", "hubwright_hub/metrics"),
        ):
            self.write(f"hub/{place}.py", (runtime / f"{source}.py").read_text())
        stand_ins = RUNTIME / "stand_ins"
        program = "import hubwright_accounts, hubwright_oidc, hubwright_hub.metrics as m; print(m.__file__)"
        environment = {**os.environ, "PYTHONPATH": f"{self.folder}/hub:{stand_ins}"}
        result = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
        self.assertEqual(result.stdout.strip(), f"{self.folder}/hub/hubwright_hub/metrics.py", result.stderr)


class ProcessTable(unittest.TestCase):
    def test_a_process_is_counted_with_all_that_descend_from_it(self):
        grandchild = "x = bytearray(50_000_000); print(flush=True); import time; time.sleep(60)"
        child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
        process = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE, start_new_session=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(subprocess.run, ["kill", "--", f"-{process.pid}"])
        process.stdout.readline()
        memory, cpu = Processes().usage(process.pid)
        self.assertGreater(memory, 50_000_000)
        self.assertGreaterEqual(cpu, 0)

    def test_one_that_is_not_there_has_no_usage(self):
        self.assertIsNone(Processes().usage(2**30))


if __name__ == "__main__":
    unittest.main()
