"""Runs a profile's commands in a home and keeps their output where the person sees it. Standard library only."""

import os
import re
import select
import shutil
import signal
import subprocess
import time

LOG_NAME = "profile-commands.log"
DEFAULT_TIMEOUT = 300

# Of one command, and of the whole log when the next server starts.
_MOST_OUTPUT = 256 * 1024
_MOST_LOG = 1024 * 1024

# A command has no business with the hub.
_HIDDEN = ("JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN")

_CREDENTIALS = re.compile(r"(://)[^/@\s]+@")


def shown(command):
    """The command as it may be shown and logged: on one line, and with no password from an address."""
    return _CREDENTIALS.sub(r"\1***@", " ".join(command.split()))


class CommandLog:
    """`~/profile-commands.log`. A log that cannot be written (a full disk, a folder of that name) stops nothing."""

    def __init__(self, home):
        self.path = os.path.join(home, LOG_NAME)
        self._file = None
        self._mid_line = False
        try:
            self._shorten()
            # Not through a link: it could lead anywhere.
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            self._file = os.fdopen(os.open(self.path, flags, 0o600), "ab", buffering=0)
        except OSError as error:
            print(f"{self.path}: {error.strerror}", flush=True)

    def _shorten(self):
        if not os.path.isfile(self.path) or os.path.getsize(self.path) <= _MOST_LOG:
            return
        with open(self.path, "rb") as file:
            file.seek(-_MOST_LOG // 4, os.SEEK_END)
            rest = file.read()
        with open(self.path, "wb") as file:
            file.write(b"[older lines were removed]\n" + rest)

    def line(self, text):
        start = b"\n" if self._mid_line else b""
        self.write(start + text.encode("utf-8", "replace") + b"\n")

    def write(self, data):
        if self._file is None or not data:
            return
        self._mid_line = not data.endswith(b"\n")
        try:
            self._file.write(data)
        except OSError:
            self._file = None


def run_all(commands, home, timeout, announce):
    """One after the other; each may fail. `announce(number, command)` is told before each."""
    if not commands:
        return
    log = CommandLog(home)
    for number, command in enumerate(commands, start=1):
        announce(number, shown(command))
        log.line(f"=== {_now()}  command {number} of {len(commands)}: {shown(command)}")
        started = time.monotonic()
        outcome = run(command, home, timeout, log)
        log.line(f"=== {outcome} after {time.monotonic() - started:.1f} s\n")


def run(command, home, timeout, log):
    """Returns what became of it, in words."""
    shell = "/bin/bash" if os.path.exists("/bin/bash") else shutil.which("bash") or "/bin/sh"
    environment = {k: v for k, v in os.environ.items() if k not in _HIDDEN}
    # Or git would wait for a name and a password that nobody can type.
    environment["GIT_TERMINAL_PROMPT"] = "0"
    try:
        process = subprocess.Popen(
            [shell, "-c", command],
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # its group can be ended as a whole
        )
    except OSError as error:
        return f"not started ({error.strerror})"
    try:
        in_time = _copy_output(process, timeout, log)
    except BaseException:
        # The server is being stopped while its command runs.
        _end_group(process)
        raise
    finally:
        process.stdout.close()
    if not in_time:
        _end_group(process)
        return f"stopped: it took longer than {timeout:g} s, and ended"
    code = process.wait()
    return f"exit code {code}" if code >= 0 else f"ended by signal {-code}"


def _copy_output(process, timeout, log):
    """Copy until the command has ended; False when the time is up.

    Not until its output ends: something that it left running in the background may keep that open.
    """
    deadline = time.monotonic() + timeout
    written = 0
    output = process.stdout.fileno()
    open_ended = True
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        ready = open_ended and select.select([output], [], [], 0 if ended else 0.05)[0]
        if not ready:
            if ended:
                return True
            if not open_ended:
                time.sleep(0.02)
            continue
        data = os.read(output, 65536)
        open_ended = bool(data)
        if written < _MOST_OUTPUT:
            log.write(data[: _MOST_OUTPUT - written])
            written += len(data)
            if written >= _MOST_OUTPUT:
                log.line("[more output is not kept]")
    return process.poll() is not None


def _end_group(process):
    for number, patience in ((signal.SIGTERM, 2), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, number)
            process.wait(patience)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    # What ignored the first signal but outlived its shell.
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _now():
    return time.strftime("%Y-%m-%d %H:%M:%S %Z")
