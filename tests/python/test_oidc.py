"""Log-in by a provider, with a small stand-in for one on this machine.

(The end-to-end tests of the whole tool use a real provider.)
"""

import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from support import HubTest


class Provider(ThreadingHTTPServer):
    """Says of whoever asks that it is `person`."""

    person: dict
    seen_secret = None

    def __init__(self):
        super().__init__(("127.0.0.1", 0), ProviderHandler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class ProviderHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        address = urlsplit(self.path)
        if address.path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            back = urlencode({"code": "the-code", "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            self.end_headers()
        else:
            assert self.headers["Authorization"] == "Bearer the-access-token"
            self.answer(self.server.person)

    def do_POST(self):
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.seen_secret = body.get("client_secret") or self.headers["Authorization"]
        self.answer({"access_token": "the-access-token", "token_type": "Bearer", "scope": "openid"})

    def answer(self, content):
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class ByGroup(HubTest):
    extra_environment = {"HUBWRIGHT_OIDC_CLIENT_SECRET": "marked-client-secret"}
    claim = "groups"

    def setUp(self):
        self.provider = Provider()
        self.addCleanup(self.provider.server_close)
        self.addCleanup(self.provider.shutdown)
        super().setUp()

    def start(self, **changes):
        self.auth = {
            "kind": "oidc",
            "authorizeUrl": f"{self.provider.url}/authorize",
            "tokenUrl": f"{self.provider.url}/token",
            "userdataUrl": f"{self.provider.url}/userinfo",
            "scopes": ["openid", "profile"],
            "usernameClaim": "preferred_username",
            "groupsClaim": self.claim,
            "clientId": "the-client",
            "loginService": "Training IAM",
            "adminGroups": ["hub/admins"],
            "allowedGroups": ["hub/users"],
            "callbackUrl": f"{self.url}hub/oauth_callback",
            "contactEmail": "help@example.org",
            **changes,
        }
        self.write_settings()
        self.start_proxy()
        self.start_hub()

    def comes(self, *groups, name="Alex", browser=None):
        self.provider.person = {"preferred_username": name, self.claim: list(groups)}
        browser = browser or self.browser()
        return browser, browser.hub("GET", "oauth_login?next=/hub/home")

    def test_by_group(self):
        self.start()
        page = self.browser().hub("GET", "login").text
        self.assertIn("Sign in with Training IAM", page)
        self.assertNotIn('name="password"', page)

        _, answer = self.comes("hub/users", "others")
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertFalse(self.api("GET", "users/alex").json()["admin"])

        admin, answer = self.comes("hub/admins")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(admin.hub("GET", "admin").status_code, 200)
        self.assertTrue(self.api("GET", "users/alex").json()["admin"])

        # The right goes with the group, at the next log-in; also for sessions that are still open.
        self.comes("hub/users")
        user = self.api("GET", "users/alex").json()
        self.assertEqual((user["admin"], "admin" in user["roles"]), (False, False))
        self.assertEqual(admin.hub("GET", "admin").status_code, 403)
        self.assertIn("marked-client-secret", str(self.provider.seen_secret))

    def test_turned_away_with_the_reason(self):
        self.start()
        for groups in ([], ["others"]):
            browser, answer = self.comes(*groups, name="bo")
            self.assertEqual(answer.status_code, 403)
            said = "Your account bo is not in a group that may use this hub (allowed: hub/admins, hub/users). Ask help@example.org."
            self.assertIn(said, answer.text)
            self.assertEqual(browser.hub("GET", "home", allow_redirects=False).status_code, 302)
        self.assertEqual(self.api("GET", "users/bo").status_code, 404)

    def test_log_ins_are_counted_and_groups_are_told(self):
        self.start()
        self.comes("others", name="bo")
        self.comes("hub/users", "others")
        found = self.metrics()
        log_ins = [found[("hubwright_logins_total", result)] for result in ("success", "failure")]
        self.assertEqual(log_ins, [1, 1])
        groups = sorted(key[1:] for key in found if key[0] == "hubwright_user_group_info")
        self.assertEqual(groups, [("hub/users", "alex"), ("others", "alex")])

    def test_odd_names_get_homes_of_their_own(self):
        self.start()
        for name in ("a@example.org", "ünal", "x.y"):
            browser, answer = self.comes("hub/users", name=name)
            self.assertEqual(answer.status_code, 200)
            self.assertEqual(browser.choose("standard").status_code, 302)
            self.ready_server(name)
        homes = sorted(path.name for path in (self.folder / "homes").iterdir())
        self.assertEqual(len(homes), 3)
        self.assertIn("x.y", homes)
        _, answer = self.comes("hub/users", name="../../etc")
        self.assertNotEqual(answer.status_code, 200)

    def test_the_client_secret_goes_nowhere(self):
        self.start()
        browser, _ = self.comes("hub/users")
        browser.choose("second")
        pid = self.ready_server("alex")["state"]["pid"]
        self.assertNotIn(b"marked-client-secret", Path(f"/proc/{pid}/environ").read_bytes())
        self.assertNotIn("marked-client-secret", self.hub_log())
        self.assertNotIn("the-access-token", self.hub_log())
        database = (self.folder / "state/hub/jupyterhub.sqlite").read_bytes()
        self.assertNotIn(b"marked-client-secret", database)
        self.assertNotIn(b"the-access-token", database)

    def test_without_a_client_secret_the_hub_says_so_and_ends(self):
        self.extra_environment = {}
        with self.assertRaisesRegex(AssertionError, "HUBWRIGHT_OIDC_CLIENT_SECRET is not set"):
            self.start()


class ByGroupWithDots(ByGroup):
    """A claim whose name has dots, as providers that use URLs for their own claims have."""

    claim = "https://example.org/groups"

    test_turned_away_with_the_reason = None
    test_odd_names_get_homes_of_their_own = None
    test_the_client_secret_goes_nowhere = None
    test_without_a_client_secret_the_hub_says_so_and_ends = None


if __name__ == "__main__":
    unittest.main()
