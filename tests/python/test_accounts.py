"""The authenticator with a real hub database, without a hub around it."""

import asyncio
import contextlib
import io
import json
import logging
import os
import unittest
from types import SimpleNamespace

import bcrypt
from support import FolderTest, account

from hubwright_hub.accounts import AccountsFileError, AppliedAccount, ListedAccountsAuthenticator, parse_accounts
from jupyterhub import orm, roles
from nativeauthenticator.orm import UserInfo
from sqlalchemy.orm import Session


def request_from(address="192.0.2.7", **headers):
    return SimpleNamespace(request=SimpleNamespace(headers={"X-Forwarded-For": address, **headers}, remote_ip="127.0.0.1"))


class AccountsTest(FolderTest):
    def setUp(self):
        super().setUp()
        # JupyterHub's own way to open a database. Alembic, which it uses, says much while it makes one.
        with contextlib.redirect_stderr(io.StringIO()):
            open_session = orm.new_session_factory(f"sqlite:///{self.folder}/hub.sqlite")
        self.db: Session = open_session()
        self.addCleanup(self.close)
        for role in roles.get_default_roles():
            roles.create_role(self.db, role)
        # Whose tokens people's own ones are, in JupyterHub's model.
        self.db.add(orm.OAuthClient(identifier="jupyterhub", secret="x", redirect_uri="/"))
        self.db.commit()
        self.accounts = [account("admin-alex", admin=True), account("trainee-1"), account("trainee-2")]

    def close(self):
        self.db.close()
        self.db.get_bind().dispose()

    def write_accounts(self):
        self.write("accounts.json", {"version": 1, "accounts": self.accounts})

    def authenticator(self, **traits):
        self.write_accounts()
        made = ListedAccountsAuthenticator(
            _deprecated_db_session=self.db,
            accounts_file=str(self.folder / "accounts.json"),
            minimum_password_length=8,
            initial_password_cost=4,
            **traits,
        )
        self.addCleanup(made._hashing.shutdown)
        return made

    def log_in(self, authenticator, name, password, handler=None):
        """The whole way that JupyterHub goes."""
        data = {"username": name, "password": password}
        return asyncio.run(authenticator.get_authenticated_user(handler or request_from(), data))

    def sync(self, authenticator):
        self.write_accounts()
        return asyncio.run(authenticator.sync()).as_json()

    def row(self, name):
        return UserInfo.find(self.db, name)

    def hub_user(self, name, admin=False):
        user = orm.User(name=name, admin=admin)
        self.db.add(user)
        self.db.commit()
        roles.assign_default_roles(self.db, user)
        self.db.commit()
        return user


class Starting(AccountsTest):
    def test_everybody_listed_can_log_in_at_once(self):
        authenticator = self.authenticator()
        for entry in self.accounts:
            self.assertTrue(self.row(entry["name"]).is_authorized)
            found = self.log_in(authenticator, entry["name"], entry["password"])
            self.assertEqual((found["name"], found["admin"]), (entry["name"], entry["admin"]))

    def test_nobody_else_can_and_nobody_can_sign_up(self):
        authenticator = self.authenticator(allow_all=True, allow_existing_users=True, open_signup=True, enable_signup=True)
        self.assertIsNone(authenticator.create_user("stranger", "a-long-password"))
        self.db.add(UserInfo(username="stranger", password=bcrypt.hashpw(b"known", bcrypt.gensalt(4)), is_authorized=True))
        self.db.commit()
        self.assertIsNone(self.log_in(authenticator, "stranger", "known"))
        self.assertFalse(authenticator.enable_signup)

    def test_no_password_is_stored_or_logged(self):
        with self.assertLogs(level=logging.DEBUG) as logs:
            authenticator = self.authenticator()
            logging.getLogger().info("so that there is a line")
            self.log_in(authenticator, "trainee-1", "wrong")
            repr(authenticator._accounts)
        stored = (self.folder / "hub.sqlite").read_bytes()
        for entry in self.accounts:
            self.assertNotIn(entry["password"].encode(), stored)
            self.assertNotIn(entry["password"], "\n".join(logs.output) + repr(authenticator._accounts))

    def test_refuses_to_start_without_a_usable_list(self):
        for text in ("", "{", "[]", '{"version": 2}', '{"version": 1, "accounts": [{"name": "a"}]}', None):
            path = self.folder / "broken.json"
            path.unlink(missing_ok=True)
            if text is not None:
                path.write_text(text)
            with self.assertRaises(SystemExit), self.assertLogs(level="CRITICAL") as logs:
                ListedAccountsAuthenticator(_deprecated_db_session=self.db, accounts_file=str(path))
            self.assertEqual(len(logs.output), 1)
            self.assertNotIn("\n", logs.output[0])

    def test_a_second_start_changes_nothing(self):
        self.authenticator()
        before = {row.username: row.password for row in self.db.query(UserInfo)}
        self.authenticator()
        self.assertEqual(before, {row.username: row.password for row in self.db.query(UserInfo)})

    def test_takes_over_an_older_hubs_password(self):
        UserInfo.__table__.create(self.db.get_bind(), checkfirst=True)
        old = bcrypt.hashpw(b"old-password", bcrypt.gensalt(4))
        self.db.add(UserInfo(username="trainee-1", password=old, is_authorized=True))
        # Somebody signed up under a listed name and waits for an admin.
        self.db.add(UserInfo(username="trainee-2", password=old, is_authorized=False))
        self.db.commit()
        authenticator = self.authenticator()
        self.assertIsNotNone(self.log_in(authenticator, "trainee-1", "old-password"))
        self.assertTrue(self.db.get(AppliedAccount, "trainee-1").changed)
        self.assertIsNone(self.log_in(authenticator, "trainee-2", "old-password"))
        self.assertIsNotNone(self.log_in(authenticator, "trainee-2", self.accounts[2]["password"]))

    def test_a_removed_admin_loses_everything_before_the_hub_listens(self):
        self.authenticator()
        user = self.hub_user("admin-alex", admin=True)
        user.new_api_token(note="Server at /user/admin-alex/")
        cookie = user.cookie_id
        del self.accounts[0]
        authenticator = self.authenticator()
        self.assertFalse(user.admin)
        self.assertNotIn("admin", [role.name for role in user.roles])
        self.assertEqual(user.api_tokens, [])
        self.assertNotEqual(user.cookie_id, cookie)
        self.assertIsNone(self.row("admin-alex"))
        self.assertIsNone(self.db.get(AppliedAccount, "admin-alex"))
        self.assertEqual(authenticator.blocked_users, {"admin-alex"})


class Following(AccountsTest):
    def test_added_reset_removed(self):
        authenticator = self.authenticator()
        self.accounts[1] = account("trainee-1", issue="second")
        self.accounts[2] = account("trainee-3")
        self.assertEqual(self.sync(authenticator), {"added": ["trainee-3"], "reset": ["trainee-1"], "removed": ["trainee-2"]})
        self.assertIsNone(self.log_in(authenticator, "trainee-1", "initial-trainee-1-first"))
        self.assertIsNotNone(self.log_in(authenticator, "trainee-1", "initial-trainee-1-second"))
        self.assertIsNotNone(self.log_in(authenticator, "trainee-3", "initial-trainee-3-first"))
        self.assertIsNone(self.log_in(authenticator, "trainee-2", "initial-trainee-2-first"))
        self.assertIsNotNone(orm.User.find(self.db, "trainee-3"), "shown on the admin page at once")

    def test_a_log_in_follows_the_file_by_itself(self):
        authenticator = self.authenticator()
        self.accounts.append(account("late"))
        self.write_accounts()
        self.assertIsNotNone(self.log_in(authenticator, "late", "initial-late-first"))

    def test_a_chosen_password_stays_until_it_is_reset(self):
        authenticator = self.authenticator()
        self.assertTrue(authenticator.change_password("trainee-1", "chosen-by-person"))
        self.assertTrue(self.db.get(AppliedAccount, "trainee-1").changed)
        self.assertEqual(self.sync(authenticator)["reset"], [])
        authenticator = self.authenticator()
        self.assertIsNotNone(self.log_in(authenticator, "trainee-1", "chosen-by-person"))
        self.accounts[1] = account("trainee-1", issue="second")
        self.assertEqual(self.sync(authenticator)["reset"], ["trainee-1"])
        self.assertIsNone(self.log_in(authenticator, "trainee-1", "chosen-by-person"))
        self.assertFalse(self.db.get(AppliedAccount, "trainee-1").changed)

    def test_a_removed_and_listed_again_name_starts_anew(self):
        authenticator = self.authenticator()
        authenticator.change_password("trainee-1", "chosen-by-person")
        removed = self.accounts.pop(1)
        self.sync(authenticator)
        self.accounts.append(removed)
        self.assertEqual(self.sync(authenticator)["added"], ["trainee-1"])
        self.assertIsNone(self.log_in(authenticator, "trainee-1", "chosen-by-person"))
        self.assertIsNotNone(self.log_in(authenticator, "trainee-1", removed["password"]))

    def test_somebody_removed_while_no_hub_ran_gets_in_again_once_listed(self):
        self.authenticator()
        self.hub_user("trainee-1")
        removed = self.accounts.pop(1)
        # A hub that starts without the name in the list blocks it.
        authenticator = self.authenticator()
        self.accounts.append(removed)
        self.sync(authenticator)
        self.assertIsNotNone(self.log_in(authenticator, "trainee-1", removed["password"]))
        self.assertEqual(authenticator.blocked_users, set())

    def test_admins_come_and_go_with_the_file(self):
        authenticator = self.authenticator()
        user = self.hub_user("trainee-1")
        self.accounts[1]["admin"] = True
        self.sync(authenticator)
        self.assertTrue(user.admin)
        self.assertIn("admin", [role.name for role in user.roles])
        self.accounts[1]["admin"] = False
        self.sync(authenticator)
        self.assertFalse(user.admin)
        self.assertNotIn("admin", [role.name for role in user.roles])
        self.assertIs(self.log_in(authenticator, "trainee-1", self.accounts[1]["password"])["admin"], False)

    def test_a_reset_ends_sessions_but_not_the_running_server(self):
        authenticator = self.authenticator()
        user = self.hub_user("trainee-1")
        self.db.add(orm.OAuthClient(identifier="jupyterhub-user-trainee-1", secret="x", redirect_uri="/"))
        self.db.commit()
        server = user.new_api_token(note="Server at /user/trainee-1/")
        session = user.new_api_token(client_id="jupyterhub-user-trainee-1")
        cookie = user.cookie_id
        self.accounts[1] = account("trainee-1", issue="second")
        self.sync(authenticator)
        self.assertIsNotNone(orm.APIToken.find(self.db, server))
        self.assertIsNone(orm.APIToken.find(self.db, session))
        self.assertNotEqual(user.cookie_id, cookie)

    def test_a_broken_file_keeps_the_last_list_and_says_so_once(self):
        authenticator = self.authenticator()
        self.write("accounts.json", "{ broken")
        with self.assertLogs(authenticator.log, level="ERROR") as logs:
            for _ in range(3):
                self.assertIsNotNone(self.log_in(authenticator, "trainee-1", self.accounts[1]["password"]))
        self.assertEqual(len(logs.output), 1)
        with self.assertRaises(AccountsFileError):
            asyncio.run(authenticator.sync())
        os.unlink(self.folder / "accounts.json")
        self.assertIsNotNone(self.log_in(authenticator, "trainee-1", self.accounts[1]["password"]))
        self.accounts.append(account("late"))
        self.write_accounts()
        self.assertIsNotNone(self.log_in(authenticator, "late", "initial-late-first"))

    def test_an_account_deleted_by_an_admin_comes_back(self):
        authenticator = self.authenticator()
        user = self.hub_user("trainee-1")
        authenticator.change_password("trainee-1", "chosen-by-person")
        authenticator.delete_user(user)
        self.assertIsNone(self.log_in(authenticator, "trainee-1", "chosen-by-person"))
        self.assertIsNotNone(self.log_in(authenticator, "trainee-1", self.accounts[1]["password"]))

    def test_who_left_the_list_must_log_in_again(self):
        authenticator = self.authenticator()
        user = SimpleNamespace(name="trainee-1")
        self.assertTrue(asyncio.run(authenticator.refresh_user(user)))
        del self.accounts[1]
        self.write_accounts()
        self.assertFalse(asyncio.run(authenticator.refresh_user(user)))

    def test_a_failure_half_way_changes_nothing(self):
        authenticator = self.authenticator()
        before = {row.username: row.password for row in self.db.query(UserInfo)}
        self.accounts[1] = account("trainee-1", issue="second")
        del self.accounts[2]
        authenticator._set_rights = lambda *_: 1 / 0
        with self.assertRaises(ZeroDivisionError):
            self.sync(authenticator)
        self.assertEqual(before, {row.username: row.password for row in self.db.query(UserInfo)})
        self.assertEqual(self.db.get(AppliedAccount, "trainee-1").issue, "first")


class Guessing(AccountsTest):
    def guess(self, authenticator, times, name="trainee-1", **request):
        for _ in range(times):
            self.assertIsNone(self.log_in(authenticator, name, "wrong", request_from(**request)))

    def test_initial_passwords_cannot_be_locked_by_strangers(self):
        authenticator = self.authenticator()
        self.guess(authenticator, 30)
        self.assertIsNotNone(self.log_in(authenticator, "trainee-1", self.accounts[1]["password"]))

    def test_chosen_passwords_are_held_back_for_the_guessing_address_only(self):
        authenticator = self.authenticator()
        authenticator.change_password("trainee-1", "chosen-by-person")
        self.guess(authenticator, 10, address="198.51.100.1")
        stranger, person = request_from("198.51.100.1"), request_from("192.0.2.7")
        self.assertIsNone(self.log_in(authenticator, "trainee-1", "chosen-by-person", stranger))
        self.assertIsNotNone(self.log_in(authenticator, "trainee-1", "chosen-by-person", person))
        self.assertIsNotNone(self.log_in(authenticator, "trainee-2", self.accounts[2]["password"], stranger))
        # And it ends.
        for attempt in authenticator.login_attempts.values():
            attempt["time"] -= 61
        self.assertIsNotNone(self.log_in(authenticator, "trainee-1", "chosen-by-person", stranger))

    def test_an_address_cannot_be_made_up(self):
        authenticator = self.authenticator()
        authenticator.change_password("trainee-1", "chosen-by-person")
        for number in range(10):
            headers = {"X-Real-IP": f"203.0.113.{number}"}
            handler = request_from(f"203.0.113.{number}, 198.51.100.1", **headers)
            self.assertIsNone(self.log_in(authenticator, "trainee-1", "wrong", handler))
        self.assertIsNone(self.log_in(authenticator, "trainee-1", "chosen-by-person", request_from("198.51.100.1")))

    def test_odd_input_is_a_wrong_password(self):
        authenticator = self.authenticator()
        for password in ("", "x" * 73, "x" * 10_000, "a\0b", "ü" * 40):
            self.assertIsNone(self.log_in(authenticator, "trainee-1", password))
            self.assertFalse(authenticator.change_password("trainee-1", password))
        for name in ("", "x" * 10_000, "a/b", "a\0b", "%", "' or 1=1"):
            self.assertIsNone(self.log_in(authenticator, name, "x"))

    def test_common_and_short_passwords_are_refused(self):
        authenticator = self.authenticator()
        for password in ("short", "password1"):
            self.assertFalse(authenticator.change_password("trainee-1", password), password)
        self.assertFalse(authenticator.change_password("stranger", "long-and-uncommon"))

    def test_checking_does_not_stop_the_hub(self):
        authenticator = self.authenticator()
        authenticator.change_password("trainee-1", "chosen-by-person")  # at bcrypt's default cost

        async def turns_meanwhile():
            log_in = asyncio.ensure_future(
                authenticator.authenticate(request_from(), {"username": "trainee-1", "password": "chosen-by-person"})
            )
            turns = 0
            while not log_in.done():
                await asyncio.sleep(0)
                turns += 1
            return turns

        # A check on the loop's own thread leaves it a handful of turns, however fast the machine is.
        self.assertGreater(asyncio.run(turns_meanwhile()), 100)


class TheFile(unittest.TestCase):
    def test_messages_name_the_entry_and_no_password(self):
        good = account("a")
        for bad, said in [
            ({**good, "name": ""}, "has no name"),
            ({**good, "name": "a b"}, "cannot hold"),
            ({**good, "password": ""}, "has no password"),
            ({**good, "password": "marked" * 13}, "more than 72 bytes"),
            ({**good, "issue": None}, "has no issue"),
            ("a", "is not an object"),
        ]:
            with self.assertRaisesRegex(AccountsFileError, said) as raised:
                parse_accounts(json.dumps({"version": 1, "accounts": [bad]}))
            self.assertNotIn("marked", str(raised.exception))
        with self.assertRaisesRegex(AccountsFileError, "twice"):
            parse_accounts(json.dumps({"version": 1, "accounts": [good, {**good, "name": "A"}]}))


if __name__ == "__main__":
    unittest.main()
