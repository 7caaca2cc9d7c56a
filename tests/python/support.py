"""What the tests share: a state folder as the operator's tool writes it, and a real hub with a real proxy on it."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import requests
from prometheus_client.parser import text_string_to_metric_families

REPOSITORY = Path(__file__).resolve().parents[2]
RUNTIME = REPOSITORY / "runtime"
CONFIG = RUNTIME / "hubwright_hub/jupyterhub_config.py"
PROXY = REPOSITORY / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"

sys.path[:0] = [str(RUNTIME), str(RUNTIME / "stand_ins")]

GIB = 1024**3


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def account(name, admin=False, issue="first", password=None):
    return {
        "name": name,
        "admin": admin,
        "password": password or f"initial-{name}-{issue}",
        "issue": issue,
        "temporary": False,
    }


def profile(slug, **fields):
    return {
        "slug": slug,
        "displayName": slug.title(),
        "description": f"About {slug}",
        "default": False,
        "cpu": {"guarantee": 0.05, "limit": 2},
        "memory": {"guarantee": 1 * GIB, "limit": int(1.8 * GIB)},
        "commands": [],
        "python": sys.executable,
        "fingerprint": f"fingerprint-of-{slug}",
        "environment": {},
        **fields,
    }


def wait_until(condition, seconds=30, what="it"):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")


class FolderTest(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="hubwright-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, path, content, mode=0o600):
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # As the tool does: a new file takes the old one's place.
        fresh = target.with_name(target.name + ".new")
        fresh.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        fresh.chmod(mode)
        fresh.replace(target)
        return target


def listen_at(path):
    """A socket that somebody listens on, as the user's systemd does. To be closed by the caller."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


class Browser(requests.Session):
    """A person's browser, as far as forms go."""

    def __init__(self, url):
        super().__init__()
        self.url = url
        self.headers["Accept"] = "text/html"

    def token_for(self, path):
        return self.cookies.get("_xsrf", path=path)

    def log_in(self, name, password, **headers):
        self.get(f"{self.url}hub/login")
        form = {"username": name, "password": password, "_xsrf": self.token_for("/hub/")}
        return self.post(f"{self.url}hub/login", data=form, headers=headers, allow_redirects=False)

    def hub(self, method, path, **arguments):
        return self.request(method, f"{self.url}hub/{path}", **arguments)

    def choose(self, slug):
        address = f"{self.url}hub/spawn?_xsrf={self.token_for('/hub/')}"
        return self.post(address, data={"profile": slug}, allow_redirects=False)


class HubTest(FolderTest):
    """A test with a real hub and a real proxy. Skipped, by name, where the proxy is not installed."""

    auth = {"kind": "accounts", "minimumPasswordLength": 8}
    extra_environment = {}

    def setUp(self):
        if not PROXY.exists():
            self.skipTest("configurable-http-proxy is not installed (npm ci)")
        super().setUp()
        self.public_port, self.proxy_port, self.hub_port = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.public_port}/"
        self.hub_url = f"http://127.0.0.1:{self.hub_port}/hub/"
        self.hub = self.proxy = None
        self.write_state()
        self.addCleanup(self.stop_everything)

    # -- The state folder

    def write_state(self):
        for name in ("proxy_token", "cookie_secret", "service_token", "metrics_token"):
            self.write(f"state/secrets/{name}", secrets.token_hex(32))
        self.service_token = (self.folder / "state/secrets/service_token").read_text()
        self.metrics_token = (self.folder / "state/secrets/metrics_token").read_text()
        (self.folder / "state/hub").mkdir()
        self.write("materials/lesson.txt", "the lesson")
        self.accounts = [account("admin-alex", admin=True), account("trainee-1"), account("trainee-2")]
        self.profiles = {
            "version": 1,
            "homes": str(self.folder / "homes"),
            "defaultUrl": "/lab",
            "limits": "none",
            "materials": {"folder": str(self.folder / "materials"), "name": "materials", "mode": self.materials_mode()},
            "profiles": [profile("standard", default=True), profile("second", commands=["echo set up", "false"])],
        }
        self.write_settings()
        self.write_profiles()
        self.write_accounts()

    @staticmethod
    def materials_mode():
        from hubwright_hub import capabilities

        return "mount" if capabilities.try_mount()[0] else "link"

    def write_settings(self, **changes):
        settings = {
            "version": 1,
            "title": "Training <hub>",
            "environment": "local",
            "publicUrl": self.url,
            "hubPort": self.hub_port,
            "proxyApiUrl": f"http://127.0.0.1:{self.proxy_port}",
            "auth": self.auth,
            "culling": None,
            "hub": {"startTimeout": 120, "httpTimeout": 60, "initSpawnersTimeout": 1, "activityInterval": 3600},
            "contactEmail": "help@example.org",
            **changes,
        }
        self.write("state/settings/hub.json", settings)

    def write_profiles(self):
        self.write("state/settings/profiles.json", self.profiles)

    def write_accounts(self):
        self.write("state/secrets/accounts.json", {"version": 1, "accounts": self.accounts})

    # -- The processes

    def environment(self):
        token = (self.folder / "state/secrets/proxy_token").read_text()
        return {
            **os.environ,
            "HUBWRIGHT_STATE": str(self.folder / "state"),
            "CONFIGPROXY_AUTH_TOKEN": token,
            "A_SECRET_OF_THE_HUB": "must-not-reach-servers",
            **self.extra_environment,
        }

    def start_proxy(self):
        hub = f"http://127.0.0.1:{self.hub_port}"
        command = [shutil.which("node") or "node", str(PROXY), "--ip=127.0.0.1", f"--port={self.public_port}"]
        command += ["--api-ip=127.0.0.1", f"--api-port={self.proxy_port}"]
        command += [f"--default-target={hub}", f"--error-target={hub}/hub/error"]
        with open(self.folder / "proxy.log", "ab") as log:
            self.proxy = subprocess.Popen(command, env=self.environment(), stdout=log, stderr=log)
        wait_until(lambda: self.listens(self.proxy_port), what="the proxy's start")

    def start_hub(self):
        with open(self.folder / "hub.log", "ab") as log:
            self.hub = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)],
                cwd=self.folder / "state/hub",
                env=self.environment(),
                stdout=log,
                stderr=log,
            )
        wait_until(self.hub_answers, what="the hub's start")

    def hub_answers(self):
        if self.hub.poll() is not None:
            raise AssertionError(f"the hub ended:\n{self.hub_log()[-4000:]}")
        return self.listens(self.hub_port)

    @staticmethod
    def listens(port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def hub_log(self):
        return (self.folder / "hub.log").read_text(encoding="utf-8", errors="replace")

    def kill_hub(self):
        self.hub.kill()
        self.hub.wait()

    def stop_everything(self):
        if self.hub is not None and self.hub.poll() is None:
            for user in self.api("GET", "users?state=active").json():
                self.api("DELETE", f"users/{user['name']}/server")
                wait_until(lambda name=user["name"]: not self.server(name), what="the servers' end")
        for process in (self.hub, self.proxy):
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait()

    # -- Asking

    def api(self, method, path, **arguments):
        headers = {"Authorization": f"token {self.service_token}"}
        return requests.request(method, f"{self.hub_url}api/{path}", headers=headers, **arguments)

    def metrics(self):
        """Every sample by its name and the values of its labels, in the order of the labels' names."""
        answer = requests.get(f"{self.hub_url}metrics", headers={"Authorization": f"Bearer {self.metrics_token}"})
        self.assertEqual(answer.status_code, 200)
        families = text_string_to_metric_families(answer.text)
        return {
            (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
            for family in families
            for sample in family.samples
        }

    def start_server(self, name, **options):
        """Asks for a server and waits for what becomes of it. Returns the last event of the progress that people see."""
        asked = self.api("POST", f"users/{name}/server", json=options)
        self.assertIn(asked.status_code, (201, 202), asked.text)
        lines = self.api("GET", f"users/{name}/server/progress").text.splitlines()
        return json.loads([line for line in lines if line.startswith("data:")][-1].removeprefix("data:"))

    def browser(self):
        return Browser(self.url)

    def logged_in(self, name, password=None):
        browser = self.browser()
        answer = browser.log_in(name, password or next(a["password"] for a in self.accounts if a["name"] == name))
        self.assertEqual(answer.status_code, 302, f"{name} could not log in")
        return browser

    def server(self, name):
        return self.api("GET", f"users/{name}").json().get("servers", {}).get("")

    def ready_server(self, name):
        def ready():
            server = self.server(name)
            return server if server and server["ready"] else None

        try:
            return wait_until(ready, what=f"the start of {name}'s server")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.hub_log()[-4000:]}") from None

    @staticmethod
    def error_on(page):
        found = re.search(r'class="(?:login_error|spawn-error-msg[^"]*)">\s*(.*?)\s*<', page, re.S)
        return found.group(1) if found else ""
