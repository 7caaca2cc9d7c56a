"""Log-in with the accounts of a list, and with nothing else.

The list is a JSON file (the operator's tool writes it; on a cluster it is a mounted Secret):

    {"version": 1, "accounts": [{"name": "admin-alex", "admin": true, "password": "...", "issue": "...", "temporary": false}]}

`password` is the initial password that the tool generated, `issue` a random id that changes when it is reset.

Why not NativeAuthenticator alone: there a listed name is authorized before it has a password, so whoever signs up first
as `admin-alex` is an admin. Here every listed name has its password before the hub listens, and nobody can sign up.

This file needs nothing but the standard library, JupyterHub, NativeAuthenticator and metrics.py: keep it so, because the same
file is mounted on the hub of a cluster.
"""

import asyncio
import hashlib
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import bcrypt
from jupyterhub import orm, roles
from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.handlers.login import LoginHandler
from jupyterhub.metrics import TOTAL_USERS
from jupyterhub.scopes import needs_scope
from nativeauthenticator import NativeAuthenticator
from nativeauthenticator.handlers import ChangePasswordAdminHandler, ChangePasswordHandler, SignUpHandler
from nativeauthenticator.orm import UserInfo
from hubwright_hub.metrics import CountedLogIns
from sqlalchemy import Boolean, Column, String
from traitlets import Integer, Unicode, default

# bcrypt reads no further than this; its current release refuses longer passwords with an exception.
LONGEST_PASSWORD = 72

# Sizes of the failed log-in table at which old entries are dropped, so that a flood of names cannot fill the memory.
MOST_REMEMBERED_FAILURES = 10_000


class AccountsFileError(ValueError):
    """The accounts file cannot be used. The message is one line and holds no password."""


@dataclass(frozen=True)
class Account:
    name: str
    admin: bool
    password: str
    issue: str

    def __repr__(self):
        # Dataclasses print every field, and this one ends up in tracebacks.
        return f"Account({self.name!r}, admin={self.admin}, password=<hidden>)"


@dataclass
class Changes:
    added: list
    reset: list
    removed: list

    def as_json(self):
        return {"added": sorted(self.added), "reset": sorted(self.reset), "removed": sorted(self.removed)}


class AppliedAccount(orm.Base):
    """Which issue of an account's password the hub's database has taken over.

    A table of our own in the hub's database, so that it changes in the same transaction as the password itself.
    """

    __tablename__ = "hubwright_accounts"
    username = Column(String(255), primary_key=True)
    issue = Column(String(255), nullable=False)
    # Whether the password in use is another one than the list's initial password.
    changed = Column(Boolean, default=False, nullable=False)


def parse_accounts(text):
    """The accounts of the file's text, by name. Raises AccountsFileError with one plain line."""
    try:
        document = json.loads(text)
    except ValueError as error:
        # Not the error itself: for some kinds it quotes the text, and the text holds passwords.
        line = getattr(error, "lineno", "?")
        raise AccountsFileError(f"is not valid JSON (line {line})") from None
    if not isinstance(document, dict) or document.get("version") != 1:
        raise AccountsFileError('has not the form {"version": 1, "accounts": [...]}')
    entries = document.get("accounts")
    if not isinstance(entries, list):
        raise AccountsFileError('has no list "accounts"')
    accounts = {}
    for number, entry in enumerate(entries, start=1):
        account = _parse_account(number, entry)
        if account.name in accounts:
            raise AccountsFileError(f"lists {account.name!r} twice")
        accounts[account.name] = account
    return accounts


def _parse_account(number, entry):
    if not isinstance(entry, dict):
        raise AccountsFileError(f"account {number} is not an object")
    name, password, issue = (entry.get(key) for key in ("name", "password", "issue"))
    if not isinstance(name, str) or not name.strip():
        raise AccountsFileError(f"account {number} has no name")
    if any(character in name for character in ",/ "):
        # What NativeAuthenticator refuses at log-in.
        raise AccountsFileError(f"account {number}: a name cannot hold a comma, a slash or a space")
    if not isinstance(password, str) or not password:
        raise AccountsFileError(f"account {number} ({name}) has no password")
    if len(password.encode()) > LONGEST_PASSWORD:
        raise AccountsFileError(f"account {number} ({name}) has a password of more than {LONGEST_PASSWORD} bytes")
    if not isinstance(issue, str) or not issue:
        raise AccountsFileError(f"account {number} ({name}) has no issue")
    # As JupyterHub does with the name that a person types.
    return Account(name=name.lower(), admin=entry.get("admin") is True, password=password, issue=issue)


def password_matches(password, hashed):
    """Whether the password has this bcrypt hash; False (never an exception) for what bcrypt refuses."""
    try:
        return bcrypt.checkpw(password.encode(), hashed)
    except ValueError:
        return False


class ListedAccountsAuthenticator(CountedLogIns, NativeAuthenticator):
    """NativeAuthenticator whose accounts are those of a file."""

    accounts_file = Unicode(config=True, help="Path of the JSON file with the accounts.")

    initial_password_cost = Integer(
        6,
        config=True,
        help="""
        bcrypt's cost for the list's initial passwords.

        Those are generated with about 59 bits of randomness. At cost 6 (4 ms, measured) trying half of them takes one core
        36 million years, so more work protects nothing; but 200 people who log in at nine o'clock would wait
        50 s of the hub's time at bcrypt's default cost of 12 (243 ms), and 0.8 s at this one.
        A password that a person chose keeps the default cost.
        """,
    )

    forwarded_hops = Integer(
        1,
        config=True,
        help="""
        How many proxies of ours stand before the hub and add to X-Forwarded-For: configurable-http-proxy alone is 1.

        The client's address is that many entries from the right. (Not the request's `remote_ip`: tornado lets an
        X-Real-IP header, which anyone can send, override it.)
        """,
    )

    # -- Starting -----------------------------------------------------------

    def __init__(self, *args, **kwargs):
        # Until the file has been read nobody is listed.
        self._accounts = {}
        self._seen = None
        self._hashing = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="bcrypt")
        self._syncing = asyncio.Lock()
        super().__init__(*args, **kwargs)
        self._close_other_doors()
        AppliedAccount.__table__.create(self.db.get_bind(), checkfirst=True)
        self._first_sync()

    @default("db")
    def _shared_database(self):
        # The same object as JupyterHub's own default, without its deprecation warning in the operator's log.
        return self._deprecated_db_session

    def _close_other_doors(self):
        """Only the list lets people in, whatever else the configuration says."""
        self.enable_signup = False
        self.open_signup = False
        self.allow_all = False
        # JupyterHub turns this on by itself when names are allowed: then a removed name could still log in.
        self.allow_existing_users = False

    def _first_sync(self):
        """Runs while the hub is being put together, long before it listens. Without a usable list it must not start."""
        try:
            signature, accounts = self._read_accounts()
        except AccountsFileError as error:
            self.log.critical("The accounts file %s %s. The hub does not start.", self.accounts_file, error)
            sys.exit(1)
        changes = self._apply(accounts, self._hash_passwords(self._needing_password(accounts)))
        self._seen = signature
        self._block_unlisted()
        self.log.info("%i accounts listed, %i removed", len(accounts), len(changes.removed))

    def _block_unlisted(self):
        """Let JupyterHub stop the servers of removed people while it starts, and strip their roles and groups."""
        names = {name for (name,) in self.db.query(orm.User.name)}
        self.blocked_users = names - set(self._accounts)

    def check_allow_config(self):
        """JupyterHub warns here that nobody may log in; an empty list is what the operator asked for."""

    # -- Reading the file ---------------------------------------------------

    def _signature(self):
        """What tells an old file from a new one. A replaced Secret is a new inode, an edited file a new time or size."""
        stat = os.stat(self.accounts_file)
        return (stat.st_ino, stat.st_mtime_ns, stat.st_size)

    def _read_accounts(self):
        try:
            # Taken before reading: if the file changes in between, the next log-in reads it once more.
            signature = self._signature()
            with open(self.accounts_file, encoding="utf-8") as file:
                text = file.read()
        except UnicodeDecodeError:
            raise AccountsFileError("is not UTF-8 text") from None
        except OSError as error:
            raise AccountsFileError(f"cannot be read: {error.strerror}") from None
        accounts = parse_accounts(text)
        # A mounted Secret follows the real one late: this tells the tool which list is in force.
        self.list_digest = hashlib.sha256(text.encode()).hexdigest()
        return signature, accounts

    async def sync_if_changed(self):
        """Follow the file. Called at every log-in: one stat, and nothing more while the file is the same."""
        try:
            signature = self._signature()
        except OSError as error:
            signature = ("unreadable", error.errno)
        if signature != self._seen:
            await self.sync()

    async def sync(self):
        """Bring the database to the file's state. With an unusable file the last good list stays in force."""
        async with self._syncing:
            try:
                signature, accounts = self._read_accounts()
            except AccountsFileError as error:
                self._complain_once(error)
                raise
            wanting = self._needing_password(accounts)
            # In threads (bcrypt lets go of the interpreter), so that the hub serves people while 200 are added.
            hashes = await asyncio.get_running_loop().run_in_executor(None, self._hash_passwords, wanting)
            changes = self._apply(accounts, hashes)
            self._seen = signature
            self._create_hub_users()
        return changes

    def _complain_once(self, error):
        try:
            seen = self._signature()
        except OSError as missing:
            seen = ("unreadable", missing.errno)
        if seen != self._seen:
            self.log.error("The accounts file %s %s. The last good list stays in force.", self.accounts_file, error)
        self._seen = seen

    # -- The database -------------------------------------------------------

    def _needing_password(self, accounts):
        """The accounts whose initial password is to be put into the database."""
        records = {record.username: record for record in self.db.query(AppliedAccount)}
        rows = {row.username: row for row in self.db.query(UserInfo)}
        return [a for a in accounts.values() if self._needs_password(rows.get(a.name), records.get(a.name), a)]

    @staticmethod
    def _needs_password(row, record, account):
        if row is None:
            return True
        if record is not None:
            return record.issue != account.issue
        # A row of an older hub keeps its password, if that hub let the person in. A row that only waited for an
        # admin's approval is a stranger's sign-up for this name: it must not become the account.
        return not row.is_authorized

    def _hash_passwords(self, accounts):
        def hashed(account):
            return bcrypt.hashpw(account.password.encode(), bcrypt.gensalt(self.initial_password_cost))

        return dict(zip((a.name for a in accounts), self._hashing.map(hashed, accounts)))

    def _apply(self, accounts, hashes):
        """Write the list into the database, all or nothing. Never awaits: the session is shared with the whole hub."""
        changes = Changes([], [], [])
        # Usually nothing: only what changed while the others were hashed in threads.
        forgotten = [a for a in self._needing_password(accounts) if a.name not in hashes]
        hashes = {**hashes, **self._hash_passwords(forgotten)}
        try:
            records = {record.username: record for record in self.db.query(AppliedAccount)}
            rows = {row.username: row for row in self.db.query(UserInfo)}
            for account in accounts.values():
                self._apply_account(account, rows.get(account.name), records.get(account.name), hashes, changes)
            for name in (rows.keys() | records.keys()) - accounts.keys():
                for obsolete in (rows.get(name), records.get(name)):
                    if obsolete is not None:
                        self.db.delete(obsolete)
                changes.removed.append(name)
            self._set_rights(accounts, changes)
            self.db.commit()
        except Exception:
            self.db.rollback()
            raise
        self._accounts = accounts
        self.allowed_users = set(accounts)
        # Whoever was removed before the hub started, and is listed again.
        self.blocked_users = self.blocked_users - accounts.keys()
        self.admin_users = {a.name for a in accounts.values() if a.admin}
        return changes

    def _apply_account(self, account, row, record, hashes, changes):
        password = hashes.get(account.name)
        if row is None:
            changes.added.append(account.name)
            self.db.add(UserInfo(username=account.name, password=password, is_authorized=True))
        else:
            row.is_authorized = True
            if password is not None:
                changes.reset.append(account.name)
                row.password = password
                row.has_2fa = False
        if record is None:
            # No new password was needed: the row is an older hub's, and its password is not the list's.
            self.db.add(AppliedAccount(username=account.name, issue=account.issue, changed=password is None))
        elif password is not None:
            record.issue, record.changed = account.issue, False

    def _set_rights(self, accounts, changes):
        """What the hub's own user rows must say: admins as listed, nothing at all for who is not listed."""
        reset = set(changes.reset)
        for user in self.db.query(orm.User):
            account = accounts.get(user.name)
            self._set_admin(user, account is not None and account.admin)
            if account is None:
                self._close_sessions(user, keep_servers=False)
            elif user.name in reset:
                self._close_sessions(user, keep_servers=True)

    def _set_admin(self, user, admin):
        user.admin = admin
        if not admin:
            # Without this the hub, when it starts, makes everybody in the role an admin again.
            user.roles = [role for role in user.roles if role.name != "admin"]

    def _close_sessions(self, user, keep_servers):
        """Make old cookies and tokens worthless.

        After a reset the running server's own token stays, or the person's work would be cut off from the hub.
        (It has no more rights than to speak for that server; who fears for the server stops it.)
        """
        user.cookie_id = orm.new_token()
        for token in list(user.api_tokens):
            is_servers_own = token.client_id == "jupyterhub" and (token.note or "").startswith("Server at ")
            if not (keep_servers and is_servers_own):
                self.db.delete(token)
        for code in list(user.oauth_codes):
            self.db.delete(code)

    def _create_hub_users(self):
        """Show people added while the hub runs on the admin page at once, as JupyterHub does when it starts."""
        users = {user.name: user for user in self.db.query(orm.User)}
        incomplete = []
        for account in self._accounts.values():
            user = users.get(account.name)
            if user is None:
                user = orm.User(name=account.name, admin=account.admin)
                self.db.add(user)
                TOTAL_USERS.inc()
                incomplete.append(user)
            elif account.admin and "admin" not in [role.name for role in user.roles]:
                incomplete.append(user)
        self.db.commit()
        for user in incomplete:
            roles.assign_default_roles(self.db, user)

    # -- Log-in -------------------------------------------------------------

    async def authenticate(self, handler, data):
        await self._follow_file()
        username = self.normalize_username(data.get("username", ""))
        account, row = self._accounts.get(username), self.get_user(username)
        if account is None or row is None or not row.is_authorized:
            return None
        who = (username, self._address(handler))
        if self._is_held_back(who):
            self.log.warning("Log-in of %s from %s held back after too many wrong passwords", *who)
            return None
        # bcrypt needs up to 0.25 s: in a thread, or the hub would stand still for everybody.
        loop = asyncio.get_running_loop()
        if not await loop.run_in_executor(self._hashing, password_matches, data.get("password", ""), row.password):
            self._count_failure(who)
            return None
        if row.has_2fa and not row.is_valid_token(data.get("2fa")):
            self._count_failure(who)
            return None
        self.login_attempts.pop(who, None)
        return {"name": username, "admin": account.admin}

    async def _follow_file(self):
        try:
            await self.sync_if_changed()
        except AccountsFileError:
            # Said in the log; the last good list decides.
            pass

    def check_allowed(self, username, authentication=None):
        return username in self._accounts

    def is_admin(self, handler, authentication):
        account = self._accounts.get(authentication["name"])
        return account is not None and account.admin

    async def refresh_user(self, user, handler=None):
        """Asked by the hub every few minutes of a person's requests: a name that left the list must log in again."""
        await self._follow_file()
        return user.name in self._accounts

    # -- Guessing passwords -------------------------------------------------
    #
    # Names are easy to guess (trainee-1, trainee-2, ...), so a lock on the name alone, as NativeAuthenticator has it, lets a
    # stranger lock out a whole class with a few requests a minute. Therefore
    # - an account that still has its generated password is never held back: 59 bits cannot be guessed over the network;
    # - an account with a chosen password is held back only for the address that failed `allowed_failed_logins` times, for
    #   `seconds_before_next_try` after the last failure.
    # That leaves a guesser some thousand tries a day and address, against passwords that are not common ones.

    @default("allowed_failed_logins")
    def _ten_failures(self):
        return 10

    @default("seconds_before_next_try")
    def _a_minute(self):
        return 60

    @default("check_common_password")
    def _refuse_common_passwords(self):
        return True

    def _address(self, handler):
        request = getattr(handler, "request", None)
        if request is None:
            return ""
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        return hops[-self.forwarded_hops] if len(hops) >= self.forwarded_hops > 0 else request.remote_ip

    def _is_held_back(self, who):
        attempts = self.login_attempts.get(who)
        if not self.allowed_failed_logins or attempts is None:
            return False
        if time.monotonic() - attempts["time"] > self.seconds_before_next_try:
            del self.login_attempts[who]
            return False
        return attempts["count"] >= self.allowed_failed_logins

    def _count_failure(self, who):
        record = self.db.get(AppliedAccount, who[0])
        if record is None or not record.changed:
            return
        if len(self.login_attempts) >= MOST_REMEMBERED_FAILURES:
            oldest = min(self.login_attempts, key=lambda key: self.login_attempts[key]["time"])
            del self.login_attempts[oldest]
        attempts = self.login_attempts.setdefault(who, {"count": 0, "time": 0})
        attempts["count"] += 1
        attempts["time"] = time.monotonic()

    # -- Changing passwords -------------------------------------------------

    def is_password_strong(self, password):
        return len(password.encode()) <= LONGEST_PASSWORD and super().is_password_strong(password)

    def change_password(self, username, new_password):
        """By the person, or by an admin on the hub's page: either way the initial password is no longer the one."""
        username = self.normalize_username(username)
        if username not in self._accounts or not self.is_password_strong(new_password):
            return None
        record = self.db.get(AppliedAccount, username)
        if record is not None:
            # Committed by the call below, together with the password.
            record.changed = True
        return super().change_password(username, new_password)

    def create_user(self, username, password, **kwargs):
        """Nobody signs up, on no path."""
        return None

    def delete_user(self, user):
        """An admin deleted the user. While the name is listed the account comes back, with the initial password."""
        record = self.db.get(AppliedAccount, user.name)
        if record is not None:
            self.db.delete(record)
        # JupyterHub forgets the name here; reading the list again remembers it.
        self._seen = None
        return super().delete_user(user)

    # -- Pages --------------------------------------------------------------

    def get_handlers(self, app):
        """NativeAuthenticator's pages without those that authorize, discard and confirm sign-ups: the list decides."""
        return [
            (r"/login", ListedLoginHandler),
            (r"/signup", SignUpHandler),  # answers 404, because sign-up is off
            (r"/change-password", ListedChangePasswordHandler),
            (r"/change-password/([^/]+)", ChangePasswordAdminHandler),
            (r"/api/hubwright/accounts", AccountsHandler),
        ]


class ListedLoginHandler(LoginHandler):
    """JupyterHub's own log-in page.

    Not NativeAuthenticator's: that checks a wrong password a second time, on the event loop and past the limit on tries.
    """

    async def post(self):
        names = self.request.body_arguments.keys() - {"_xsrf"}
        data = {name: self.get_body_argument(name, strip=False) for name in names}
        username = data["username"] = data.get("username", "").strip()
        user = await self.login_user(data)
        if user:
            # So that the request is logged under the person's name.
            self._jupyterhub_user = user
            self.redirect(self.get_next_url(user))
            return
        self.set_status(403)
        who = (self.authenticator.normalize_username(username), self.authenticator._address(self))
        error = "Invalid username or password."
        if self.authenticator._is_held_back(who):
            seconds = self.authenticator.seconds_before_next_try
            error = f"Too many wrong passwords. Wait {seconds} seconds, then try again."
        self.finish(await self._render(login_error=error, username=username[:64]))


class ListedChangePasswordHandler(ChangePasswordHandler):
    """The page where a person changes the password, without the error 500 for an over-long old password."""

    async def post(self):
        if len(self.get_body_argument("old_password", "", strip=False).encode()) > LONGEST_PASSWORD:
            self.request.body_arguments["old_password"] = [b""]
        await super().post()


class AccountsHandler(APIHandler):
    """`/hub/api/hubwright/accounts`: for the operator's tool."""

    @needs_scope("admin:users")
    def get(self):
        """Who is listed, and whose initial password is no longer the one in use."""
        authenticator = self.authenticator
        changed = {record.username: record.changed for record in self.db.query(AppliedAccount)}
        accounts = authenticator._accounts.values()
        listed = [{"name": a.name, "admin": a.admin, "passwordChanged": changed.get(a.name, False)} for a in accounts]
        self.finish(json.dumps(listed))

    @needs_scope("admin:users")
    async def post(self):
        """Read the list now, and say what that changed."""
        try:
            changes = await self.authenticator.sync()
        except AccountsFileError as error:
            self.set_status(409)
            self.finish(json.dumps({"status": 409, "message": f"The accounts file {error}."}))
            return
        self.finish(json.dumps({**changes.as_json(), "digest": self.authenticator.list_digest}))
