"""Starts people's servers on this machine, each with the profile that the person chose.

What it adds to JupyterHub's LocalProcessSpawner: profiles, a home of its own for every name, limits and read-only materials
where the machine allows them, the profile's commands, and a process that is known again for certain after a hub restart.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time

from jupyterhub.spawner import LocalProcessSpawner
from traitlets import Dict, Integer, Unicode, default

from . import identity, limits
from .names import safe_name
from .choice import chosen, told, unknown_profile
from .profiles import ProfilesFile, chooser_form, default_profile, find_profile, slugs_of
from .starting import Starting, tail

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_LAUNCH = os.path.join(_PACKAGE, "launch.py")
# JupyterLab asks everybody, on the first start, whether it may fetch news from its makers. A class has other worries.
_JUPYTER_CONFIG = os.path.join(_PACKAGE, "jupyter_config")

# Everything else of the hub's environment stays with the hub.
_PASSED_ON = [
    "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "PATH", "LD_LIBRARY_PATH", "TMPDIR",
    "http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS",
]  # fmt: skip

_BIGGEST_LOG = 5 * 1024 * 1024

# JupyterLab found its port taken. Cannot happen on Linux, see launch.reserve_port.
_TRIES = 2 if sys.platform == "linux" else 4

_files = {}


def profiles_file(path, log):
    """One reader for all spawners, so that the file is parsed once for each change and not once for each person."""
    if path not in _files:
        _files[path] = ProfilesFile(path, log)
    return _files[path]


class ProfileSpawner(LocalProcessSpawner):
    profiles_path = Unicode(config=True, help="Path of profiles.json.")
    logs_dir = Unicode(config=True, help="Folder for the servers' own logs.")
    environment_name = Unicode("local", config=True, help="Tells the limits' groups of several hubs apart.")
    command_timeout = Integer(300, config=True, help="Seconds that each of a profile's commands may take.")

    # What is known of the running server; kept in the hub's database.
    started_at = Unicode()
    profile_slug = Unicode()
    fingerprint = Unicode()
    limits_state = Dict()

    _profile = None
    _starting = None

    @default("env_keep")
    def _pass_on_little(self):
        return list(_PASSED_ON)

    # -- The choice of a profile --------------------------------------------

    @property
    def _profiles(self):
        return profiles_file(self.profiles_path, self.log).read()

    @default("options_form")
    def _form(self):
        return lambda spawner: chooser_form(spawner._profiles)

    @default("options_from_form")
    def _choice_from_form(self):
        return self._chosen_in_form

    def _chosen_in_form(self, form_data):
        slug = (form_data.get("profile") or [None])[0]
        if not slug:
            return {}
        document = self._profiles
        if find_profile(document, slug) is None:
            raise unknown_profile(slugs_of(document), slug)
        return {"profile": slug}

    @default("apply_user_options")
    def _apply_choice(self):
        return ProfileSpawner._choose

    def _choose(self, user_options):
        """Called by JupyterHub before each start, with what was asked for now or, failing that, the last time."""
        document = self._profiles
        last = (user_options or {}).get("profile")
        profile = find_profile(document, chosen(slugs_of(document), user_options, self.handler))
        if last and last != profile["slug"]:
            self.log.warning("%s last used the profile %r, which is gone: using %r", self._log_name, last, profile["slug"])
        self._profile = profile
        self._set_traits(document, profile)

    def _set_traits(self, document, profile):
        """The limits as JupyterHub's own traits, which it shows to the server as MEM_LIMIT, CPU_LIMIT and so on."""
        cpu, memory = profile.get("cpu") or {}, profile.get("memory") or {}
        self.cpu_limit, self.cpu_guarantee = cpu.get("limit"), cpu.get("guarantee")
        self.mem_limit, self.mem_guarantee = memory.get("limit"), memory.get("guarantee")
        self.default_url = (document.get("defaultUrl") or "/lab").replace("{", "{{").replace("}", "}}")

    # -- The environment ----------------------------------------------------

    @property
    def home(self):
        return os.path.join(self._profiles["homes"], safe_name(self.user.name))

    def _make_home(self):
        home = self.home
        try:
            os.makedirs(home, mode=0o700, exist_ok=True)
        except OSError as error:
            # A file of that name, a full disk.
            raise told(500, f"The home folder of {self.user.name} cannot be made: {error.strerror}.") from error
        if os.path.islink(home) or os.stat(home).st_uid != os.geteuid():
            raise told(500, f"The home folder of {self.user.name} is not a folder of this hub's user.")
        os.chmod(home, 0o700)
        return home

    def user_env(self, env):
        """HOME decides where everything of the person goes: no XDG or JUPYTER variable of the hub's own user is passed on."""
        home, python = self.home, self._profile["python"]
        env["HOME"] = env["JUPYTERHUB_ROOT_DIR"] = home
        env["USER"] = env["LOGNAME"] = self.user.name
        env["SHELL"] = "/bin/bash" if os.path.exists("/bin/bash") else "/bin/sh"
        env["PATH"] = os.pathsep.join([os.path.dirname(python), env.get("PATH") or os.defpath])
        env["JUPYTER_CONFIG_PATH"] = _JUPYTER_CONFIG
        env["VIRTUAL_ENV"] = os.path.dirname(os.path.dirname(python))
        for name, value in (self._profile.get("environment") or {}).items():
            # What JupyterHub has to say to the server cannot be overwritten by a profile.
            if not name.startswith("JUPYTERHUB_"):
                env[name] = str(value)
        return env

    # -- Starting -----------------------------------------------------------

    async def start(self):
        self._profile = self._profile or default_profile(self._profiles)
        token = self.api_token
        for attempt in range(1, _TRIES + 1):
            # Cleared with the rest of the state when the process of the last try ended.
            self.api_token = token
            log_path, log_start = await self._launch()
            await self._until_jupyterlab_runs(log_path, log_start)
            if await self._listens(log_path, log_start, last=attempt == _TRIES):
                break
        return ("127.0.0.1", self.port)

    async def _launch(self):
        """Start launch.py, and write down at once which process that is: the hub may be killed at any time."""
        home = self._make_home()
        # The port is chosen in the last moment, in launch.py; this makes JupyterHub put a 0 into the environment.
        self.port = 0
        env = self.get_env()
        plan, prefix = self._plan(home, env)
        self._starting = Starting()
        log_path, log = self._open_log()
        with log:
            # -E and -s: nothing of a person's environment changes this Python.
            self.proc = subprocess.Popen(
                [*prefix, sys.executable, "-E", "-s", _LAUNCH],
                env=env,
                cwd=home,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C at the hub, and the hub's end, are not the server's
                pass_fds=[self._starting.writing_end],
            )
            log_start = log.tell()
        self.pid = self.proc.pid
        self.started_at = identity.start_time(self.pid) or ""
        self.profile_slug, self.fingerprint = self._profile["slug"], self._profile.get("fingerprint", "")
        # Before it gets its plan: without one it ends by itself, so that no process runs that nobody knows.
        self._save_state()
        self._starting.launched(plan, self.proc)
        return log_path, log_start

    def _plan(self, home, env):
        """What launch.py is to do, and what to put before its command."""
        document, profile = self._profiles, self._profile
        plan = {
            "home": home,
            "python": profile["python"],
            "commands": profile.get("commands") or [],
            "commandTimeout": self.command_timeout,
            "materials": document.get("materials"),
        }
        self.limits_state = {}
        mode, cpu, memory = document.get("limits"), self.cpu_limit, self.mem_limit
        # A new name for each start: the last one's group may still be ending.
        name = f"hubwright-{safe_name(self.environment_name)}-{safe_name(self.user.name)}-{int(time.time() * 1000):x}"
        if mode == "systemd":
            environment = limits.systemd_environment()
            if not environment:
                self.log.error("This user's systemd has ended: %s starts without limits", self._log_name)
                return plan, []
            unit = name.replace("~", "-")
            self.limits_state = {"mode": mode, "unit": unit}
            env.update(environment)
            plan["forget"] = limits.SYSTEMD_VARIABLES
            return plan, limits.systemd_command(unit, cpu, memory)
        if mode == "cgroup":
            base = limits.find_base()
            if base is None:
                self.log.error("No control group to divide up any more: %s starts without limits", self._log_name)
                return plan, []
            plan["limits"] = {"mode": mode, "base": base, "name": name, "cpu": cpu, "memory": memory}
            self.limits_state = {"mode": mode, "group": os.path.join(base, name)}
        return plan, []

    async def _until_jupyterlab_runs(self, log_path, log_start):
        """Wait while launch.py works. This may take as long as `start_timeout`; then JupyterHub cancels it."""
        try:
            port = await self._starting.finished()
        finally:
            self._starting.close()
        if port is None:
            await self._give_up(self._starting.error, log_path, log_start)
        self.port = port
        self._save_state()

    async def _listens(self, log_path, log_start, last):
        """Wait until JupyterLab accepts connections. False to try again: its port was taken by somebody else.

        JupyterHub would see only after http_timeout that the process has ended long ago.
        """
        deadline = time.monotonic() + self.http_timeout
        while time.monotonic() < deadline:
            if await self.poll() is not None:
                said = tail(log_path, log_start)
                if "already in use" in said and not last:
                    self.log.warning("%s: the port was taken, trying another", self._log_name)
                    return False
                await self._give_up("JupyterLab ended while it started.", log_path, log_start)
            if await _accepts(self.port):
                return True
            await asyncio.sleep(0.05)
        # JupyterHub decides: it has its own wait, and its own message.
        return True

    async def _give_up(self, message, log_path, log_start):
        self.log.error("%s did not start: %s\n%s", self._log_name, message, tail(log_path, log_start))
        raise told(500, f"Your server did not start. {message}")

    def _open_log(self):
        os.makedirs(self.logs_dir, mode=0o700, exist_ok=True)
        path = os.path.join(self.logs_dir, f"{safe_name(self.user.name)}.log")
        if os.path.exists(path) and os.path.getsize(path) > _BIGGEST_LOG:
            os.replace(path, f"{path}.1")
        log = os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600), "ab")
        log.write(f"--- {time.strftime('%Y-%m-%d %H:%M:%S')} starting with profile {self._profile['slug']}\n".encode())
        log.flush()
        return path, log

    async def progress(self):
        """What the waiting person sees. JupyterHub closes this when the server is there."""
        told = 0
        while True:
            events = self._starting.events if self._starting else []
            for event in events[told:]:
                yield event
            told = len(events)
            await asyncio.sleep(0.1)

    # -- The running process ------------------------------------------------

    def get_state(self):
        state = super().get_state()
        if self.pid:
            state["started"] = self.started_at
            state["profile"], state["fingerprint"] = self.profile_slug, self.fingerprint
            state["port"] = self.port
            state["limits"] = self.limits_state
        return state

    def load_state(self, state):
        super().load_state(state)
        self.started_at = state.get("started", "")
        self.profile_slug, self.fingerprint = state.get("profile", ""), state.get("fingerprint", "")
        self.port = state.get("port", 0)
        self.limits_state = state.get("limits", {})

    def clear_state(self):
        super().clear_state()
        self.started_at = self.profile_slug = self.fingerprint = ""
        self.limits_state = {}
        # Otherwise the next poll asks the old process, not what is in the database.
        self.proc = None

    def _save_state(self):
        """JupyterHub does so only after the start; a hub that is killed before would never find the process again."""
        self.orm_spawner.state = self.get_state()
        self._deprecated_db_session.commit()

    async def get_url(self):
        """Asked by a hub that was restarted, perhaps in the middle of a start, when only we know the port."""
        return f"http://127.0.0.1:{self.port}{self.server.base_url}" if self.port else self.server.url

    async def poll(self):
        if self.proc is not None:
            status = self.proc.poll()
            if status is None:
                return None
        elif not identity.is_running(self.pid, self.started_at):
            status = 0
        elif self.port:
            return None
        else:
            # A start that a killed hub left half-way: nobody would ever hear of its port.
            self.log.warning("%s was starting when the hub ended: ending it", self._log_name)
            await self._end_process()
            status = 1
        await self._clean_up()
        self.clear_state()
        return status

    async def _end_process(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            self._send(number)
            deadline = time.monotonic() + self.term_timeout
            while identity.is_running(self.pid, self.started_at) and time.monotonic() < deadline:
                await asyncio.sleep(0.05)

    def _send(self, number):
        return identity.send_signal(self.pid, self.started_at, number)

    async def _signal(self, sig):
        return self._send(sig)

    async def _clean_up(self):
        """End what the server left behind, so that its memory is free for the others."""
        state = self.limits_state
        if not await asyncio.to_thread(limits.release, state):
            self.log.warning("%s: the control group %s could not be removed", self._log_name, state["group"])

    async def stop(self, now=False):
        # A server that still runs its commands has no JupyterLab that could say goodbye.
        if self._starting is not None and self._starting.port is None and await self.poll() is None:
            await self._signal(signal.SIGTERM)
            await self.wait_for_death(self.term_timeout)
        await super().stop(now=now)


async def _accepts(port):
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
