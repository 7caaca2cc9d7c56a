"""A real hub behind a real proxy, used as people use it."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

import requests
from support import CONFIG, HubTest, account, listen_at, profile, wait_until

from hubwright_hub import limits


def environment_of(pid):
    entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return dict(entry.decode().split("=", 1) for entry in entries if b"=" in entry)


class OneDay(HubTest):
    def setUp(self):
        super().setUp()
        self.start_proxy()
        self.start_hub()

    def test_a_trainees_day(self):
        browser = self.logged_in("trainee-1")
        form = browser.hub("GET", "spawn").text
        self.assertIn('id="profile-item-second"', form)
        self.assertIn("up to 2 CPU, 1.8 GB memory", form)
        self.assertIn("Training &lt;hub&gt;", form)
        self.assertIn("mailto:help@example.org", form)

        self.assertEqual(browser.choose("second").status_code, 302)
        server = self.ready_server("trainee-1")
        self.assertEqual(server["user_options"], {"profile": "second"})
        state = server["state"]
        self.assertEqual((state["profile"], state["fingerprint"]), ("second", "fingerprint-of-second"))

        lab = browser.get(f"{self.url}user/trainee-1/lab")
        self.assertEqual(lab.status_code, 200, lab.text[:500])
        self.assertIn("JupyterLab", lab.text)
        self.assertIn("apputils-extension:announcements", lab.text, "the question about news is switched off")
        api = f"{self.url}user/trainee-1/api"
        browser.headers["X-XSRFToken"] = browser.token_for("/user/trainee-1/")
        names = {entry["name"] for entry in browser.get(f"{api}/contents").json()["content"]}
        self.assertLessEqual({"materials", "profile-commands.log"}, names)
        lesson = browser.get(f"{api}/contents/materials/lesson.txt").json()
        self.assertEqual(lesson["content"], "the lesson")
        if self.profiles["materials"]["mode"] == "mount":
            change = {"type": "file", "format": "text", "content": "changed"}
            self.assertEqual(browser.put(f"{api}/contents/materials/lesson.txt", json=change).status_code, 403)
        self.assertEqual((self.folder / "materials/lesson.txt").read_text(), "the lesson")
        usage = browser.get(f"{api}/metrics/v1").json()
        self.assertEqual(usage["limits"]["memory"]["rss"], self.profiles["profiles"][1]["memory"]["limit"])
        self.assertIn("set up\n", (self.folder / "homes/trainee-1/profile-commands.log").read_text())

        self.look_at_the_process(state["pid"])

    def look_at_the_process(self, pid):
        home = self.folder / "homes/trainee-1"
        self.assertEqual(home.stat().st_mode & 0o777, 0o700)
        log = self.folder / "state/logs/servers/trainee-1.log"
        self.assertEqual(log.stat().st_mode & 0o777, 0o600)
        environment = environment_of(pid)
        self.assertEqual(environment["HOME"], str(home))
        self.assertEqual(os.readlink(f"/proc/{pid}/cwd"), str(home))
        self.assertEqual(environment["MEM_LIMIT"], str(self.profiles["profiles"][1]["memory"]["limit"]))
        self.assertEqual(environment["CPU_LIMIT"], "2.0")
        self.assertEqual(environment["PATH"].split(":")[0], str(Path(sys.executable).parent))
        leaked = {"A_SECRET_OF_THE_HUB", "CONFIGPROXY_AUTH_TOKEN", "HUBWRIGHT_STATE", "XDG_RUNTIME_DIR"}
        self.assertEqual(leaked & set(environment), set())

    def test_strangers_and_wrong_passwords(self):
        stranger = self.browser()
        self.assertEqual(stranger.hub("GET", "signup").status_code, 404)
        answer = stranger.log_in("trainee-1", "wrong")
        self.assertEqual(answer.status_code, 403)
        self.assertEqual(self.error_on(answer.text), "Invalid username or password.")
        self.assertEqual(stranger.log_in("nobody", "x").status_code, 403)
        self.assertEqual(stranger.log_in("trainee-1", "x" * 100).status_code, 403)
        for path in ("authorize", "authorize/admin-alex", "discard/trainee-1", "confirm/x"):
            self.assertEqual(self.logged_in("admin-alex").hub("GET", path).status_code, 404, path)
        sign_up = {"username": "admin-alex", "signup_password": "x", "signup_password_confirmation": "x", "_xsrf": stranger.token_for("/hub/")}
        self.assertEqual(stranger.hub("POST", "signup", data=sign_up).status_code, 404)
        self.assertEqual(requests.get(f"{self.hub_url}api/hubwright/accounts").status_code, 403)
        self.assertEqual(requests.get(f"{self.hub_url}metrics").status_code, 403)
        self.assertNotIn("initial-", self.hub_log())

    def test_headers_and_pages(self):
        admin = self.logged_in("admin-alex")
        page = admin.hub("GET", "admin")
        self.assertEqual(page.status_code, 200)
        self.assertEqual(page.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("frame-ancestors", page.headers["Content-Security-Policy"])
        self.assertIn("Change password", page.text)
        refused = self.logged_in("trainee-1").hub("GET", "admin")
        self.assertEqual(refused.status_code, 403)
        self.assertIn("You cannot go in here", refused.text)
        self.assertEqual(self.api("GET", "users").status_code, 200)
        self.assertEqual(self.api("GET", "proxy").status_code, 200)

    def test_changing_the_password(self):
        browser = self.logged_in("trainee-1")
        self.assertEqual(browser.hub("GET", "change-password").status_code, 200)

        def change(old, new):
            form = {"old_password": old, "new_password": new, "new_password_confirmation": new, "_xsrf": browser.token_for("/hub/")}
            return browser.hub("POST", "change-password", data=form)

        old = self.accounts[1]["password"]
        self.assertIn("incorrect", change("wrong", "chosen-by-person").text)
        self.assertEqual(change("x" * 100, "chosen-by-person").status_code, 200)
        self.assertIn("at least 8 characters", change(old, "short").text)
        self.assertIn("successfully", change(old, "chosen-by-person").text)
        listed = {a["name"]: a for a in self.api("GET", "hubwright/accounts").json()}
        self.assertEqual(listed["trainee-1"], {"name": "trainee-1", "admin": False, "passwordChanged": True})
        self.assertFalse(listed["trainee-2"]["passwordChanged"])
        self.logged_in("trainee-1", "chosen-by-person")

    def test_people_come_and_go_without_a_restart(self):
        leaving = self.logged_in("trainee-2")
        self.assertEqual(leaving.hub("GET", "home").status_code, 200)
        self.accounts[2:] = [account("trainee-3")]
        self.accounts[1] = account("trainee-1", issue="second")
        self.write_accounts()
        changes = self.api("POST", "hubwright/accounts").json()
        # With which the tool tells whether the hub has read the list that it wrote: a mount may follow late.
        text = (self.folder / "state/secrets/accounts.json").read_bytes()
        self.assertEqual(changes.pop("digest"), hashlib.sha256(text).hexdigest())
        self.assertEqual(changes, {"added": ["trainee-3"], "reset": ["trainee-1"], "removed": ["trainee-2"]})
        self.logged_in("trainee-3")
        self.logged_in("trainee-1")
        self.assertEqual(leaving.hub("GET", "home", allow_redirects=False).status_code, 302)
        self.assertEqual(self.api("DELETE", "users/trainee-2").status_code, 204)
        self.write("state/secrets/accounts.json", "{")
        answer = self.api("POST", "hubwright/accounts")
        self.assertEqual(answer.status_code, 409)
        self.assertIn("is not valid JSON", answer.json()["message"])

    def test_profiles_come_and_go_without_a_restart(self):
        browser = self.logged_in("trainee-1")
        self.profiles["profiles"].append(profile("third"))
        self.write_profiles()
        self.assertIn("profile-item-third", browser.hub("GET", "spawn").text)
        browser.choose("third")
        self.ready_server("trainee-1")
        self.api("DELETE", "users/trainee-1/server")
        wait_until(lambda: not self.server("trainee-1"), what="the stop")
        # Gone since: started again without a choice (as the admin page does), it falls back, and says so in the log.
        self.profiles["profiles"].pop()
        self.write_profiles()
        self.assertIn(self.api("POST", "users/trainee-1/server").status_code, (201, 202))
        self.assertEqual(self.ready_server("trainee-1")["state"]["profile"], "standard")
        self.assertIn("last used the profile 'third', which is gone", self.hub_log())
        # Asked for by name, it is an error that says what there is.
        answer = self.api("POST", "users/trainee-2/server", json={"profile": "third"})
        self.assertEqual(answer.status_code, 400)
        self.assertIn("standard, second", answer.json()["message"])
        stale = self.logged_in("trainee-2")
        page = stale.choose("third")
        self.assertEqual(page.status_code, 400)
        self.assertIn("There is no profile", self.error_on(page.text))
        self.assertIn("profile-item-second", page.text)

    def test_a_server_that_cannot_start_says_why_at_once(self):
        self.profiles["profiles"][0]["python"] = str(self.folder / "no-python")
        self.write_profiles()
        event = self.start_server("trainee-1")
        self.assertTrue(event["failed"])
        self.assertIn("Your server did not start. No such file or directory", event["message"])
        self.profiles["profiles"][0]["python"] = sys.executable
        self.write_profiles()
        self.assertTrue(self.start_server("trainee-1")["ready"])

    def test_a_persons_own_files_cannot_break_the_server(self):
        home = self.folder / "homes/trainee-1"
        home.mkdir(parents=True)
        for module in ("random", "json", "socket", "jupyterhub", "tornado", "sitecustomize"):
            (home / f"{module}.py").write_text("raise SystemExit('taken for a module')")
        self.assertTrue(self.start_server("trainee-1")["ready"])

    def test_names_from_elsewhere(self):
        # Made by the tool's own right, as an identity provider's names would be.
        for name in ("alex@example.org", "ünal", "a..b"):
            self.assertEqual(self.api("POST", f"users/{name}").status_code, 201)
            self.assertTrue(self.start_server(name)["ready"], self.hub_log()[-2000:])
        homes = {path.name for path in (self.folder / "homes").iterdir()}
        self.assertEqual(len(homes), 3)
        self.assertTrue(all("~" in name for name in homes), homes)


# Does what matters of the real one: it becomes the command, under the same process id.
SYSTEMD_RUN = """#!/bin/sh
echo "run $XDG_RUNTIME_DIR $*" >> {log}
while [ "$1" != "--" ]; do shift; done
shift
exec "$@"
"""


class WithSystemd(HubTest):
    """The limits' way through systemd, with a stand-in for it: the real one needs a machine with a user session."""

    def test_the_server_runs_in_a_scope_and_the_scope_is_stopped(self):
        log = self.folder / "systemd.log"
        self.write("bin/systemd-run", SYSTEMD_RUN.format(log=log), mode=0o700)
        self.write("bin/systemctl", f"#!/bin/sh\necho ctl $* >> {log}\n", mode=0o700)
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        self.addCleanup(listen_at(self.folder / "run/bus").close)
        self.extra_environment = {"PATH": path, "XDG_RUNTIME_DIR": f"{self.folder}/run"}
        with mock.patch.dict(os.environ, self.extra_environment):
            # The user's real one, where there is one.
            runtime_dir = limits.systemd_environment()["XDG_RUNTIME_DIR"]
        self.profiles["limits"] = "systemd"
        self.write_profiles()
        self.start_proxy()
        self.start_hub()
        self.assertTrue(self.start_server("trainee-1")["ready"])
        state = self.ready_server("trainee-1")["state"]
        unit = state["limits"]["unit"]
        called = log.read_text()
        for part in (f"run {runtime_dir}", f"--unit={unit}", f"MemoryMax={self.profiles['profiles'][0]['memory']['limit']}", "CPUQuota=200%"):
            self.assertIn(part, called)
        self.assertNotIn("XDG_RUNTIME_DIR", environment_of(state["pid"]))
        os.kill(state["pid"], signal.SIGKILL)
        wait_until(lambda: not self.server("trainee-1"), what="the hub's notice of the server's death")
        wait_until(lambda: f"ctl --user stop {unit}.scope" in log.read_text(), what="the scope's end")


class Restarting(HubTest):
    def setUp(self):
        super().setUp()
        self.start_proxy()
        self.start_hub()

    def test_servers_live_through_the_hubs_death(self):
        admin, trainee = self.logged_in("admin-alex"), self.logged_in("trainee-1")
        trainee.choose("second")
        before = self.ready_server("trainee-1")["state"]
        self.assertEqual(trainee.get(f"{self.url}user/trainee-1/lab").status_code, 200)
        self.assertEqual(admin.hub("GET", "admin").status_code, 200)

        self.kill_hub()
        status = f"{self.url}user/trainee-1/api/status"
        self.assertEqual(trainee.get(status).status_code, 200)
        self.accounts.pop(0)
        self.write_accounts()
        self.start_hub()
        self.assertEqual(self.ready_server("trainee-1")["state"], before)
        self.assertEqual(trainee.get(status).status_code, 200)

        # The removed admin's old cookie is worth nothing, and the right is gone.
        answer = admin.hub("GET", "admin", allow_redirects=False)
        self.assertEqual((answer.status_code, "/hub/login" in answer.headers["Location"]), (302, True))
        self.assertFalse(self.api("GET", "users/admin-alex").json()["admin"])
        self.assertEqual(self.api("DELETE", "users/admin-alex").status_code, 204)

        self.assertEqual(self.api("DELETE", "users/trainee-1/server").status_code, 204)
        wait_until(lambda: not self.runs(before["pid"]), what="the server's end")

    @staticmethod
    def runs(pid):
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
        except OSError:
            return False

    def test_another_process_with_the_old_id_is_left_alone(self):
        self.api("POST", "users/trainee-1/server", json={})
        state = self.ready_server("trainee-1")["state"]
        self.kill_hub()
        os.kill(state["pid"], signal.SIGKILL)
        wait_until(lambda: not self.runs(state["pid"]), what="the server's end")
        # The id now belongs to somebody else.
        other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        self.change_state("trainee-1", {**state, "pid": other.pid})
        self.start_hub()
        wait_until(lambda: not self.server("trainee-1"), what="the hub's notice")
        self.assertIsNone(other.poll())

    def change_state(self, name, state):
        import sqlite3

        with sqlite3.connect(self.folder / "state/hub/jupyterhub.sqlite") as database:
            query = "update spawners set state = ? where user_id = (select id from users where name = ?)"
            database.execute(query, (json.dumps(state), name))

    def test_a_start_that_a_killed_hub_left_half_way_is_ended(self):
        self.profiles["profiles"][0]["commands"] = ["touch started; sleep 3"]
        self.write_profiles()
        requested = requests.Session()
        try:
            headers = {"Authorization": f"token {self.service_token}"}
            requested.post(f"{self.hub_url}api/users/trainee-1/server", headers=headers, json={}, timeout=1.5)
        except requests.exceptions.Timeout:
            pass
        wait_until((self.folder / "homes/trainee-1/started").exists, what="the command")
        pid = self.server("trainee-1")["state"]["pid"]
        self.kill_hub()
        self.assertTrue(self.runs(pid))
        self.start_hub()
        wait_until(lambda: not self.runs(pid), what="the process's end")
        wait_until(lambda: not self.server("trainee-1"), what="the hub's notice")
        self.assertTrue(self.start_server("trainee-1")["ready"])

    def test_removed_people_are_stopped_at_the_next_start(self):
        self.api("POST", "users/trainee-2/server", json={})
        pid = self.ready_server("trainee-2")["state"]["pid"]
        self.kill_hub()
        self.accounts.pop()
        self.write_accounts()
        self.start_hub()
        wait_until(lambda: not self.runs(pid), what="the server's end")

    def test_a_broken_accounts_file_stops_the_start_with_one_line(self):
        self.kill_hub()
        self.write("state/secrets/accounts.json", '{"version": 1, "accounts": [{"name": "a", "password": "marked"}]}')
        command = [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)]
        cwd = self.folder / "state/hub"
        result = subprocess.run(command, cwd=cwd, env=self.environment(), capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, 1)
        said = [line for line in result.stderr.splitlines() if "accounts file" in line]
        self.assertEqual(len(said), 1, result.stderr)
        self.assertIn("account 1 (a) has no issue. The hub does not start.", said[0])
        self.assertNotIn("marked", result.stderr)
        self.assertNotIn("Traceback", result.stderr)

    def test_the_culler_ends_with_a_killed_hub(self):
        self.kill_hub()
        self.write_settings(culling={"timeout": 2, "every": 1, "concurrency": 2, "maxAge": 0})
        self.start_hub()
        culler = wait_until(lambda: self.children_of(self.hub.pid), what="the culler's start")[0]
        self.kill_hub()
        wait_until(lambda: not self.runs(culler), what="the culler's end")

    @staticmethod
    def children_of(pid):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    unittest.main()
