"""Memory and CPU limits for one server, where the machine lets an ordinary user set them. Standard library only.

- `systemd`: the server runs in a scope of the user's systemd, which has the limits.
- `cgroup`:  the server enters a control group (version 2) of its own, below one that this user may divide up.
- `none`:    the limits are only shown to the server (MEM_LIMIT, CPU_LIMIT).
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time

CGROUP_ROOT = "/sys/fs/cgroup"
# A prepared group to use, for machines where none is found (and for the tests).
BASE_VARIABLE = "HUBWRIGHT_CGROUP"
# Where the user's systemd is. A server must not see them: the systemd behind them is shared by everybody.
SYSTEMD_VARIABLES = ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"]
_PATIENCE = 10  # seconds, for a systemd that does not answer
_NEEDED = {"memory", "cpu"}
_PERIOD = 100_000  # microseconds; the kernel's own default for cpu.max


# -- systemd ------------------------------------------------------------------


def systemd_command(unit, cpu=None, memory=None):
    """What to put before a command so that it runs limited. It keeps its process id: systemd-run ends in an exec."""
    # --collect: a scope that ended badly (killed for its memory) is forgotten, so that its name can be used again.
    command = ["systemd-run", "--user", "--scope", "--quiet", "--collect", f"--unit={unit}"]
    # Otherwise systemd ends the whole server as soon as the kernel has killed one notebook for its memory.
    # (OOMPolicy=continue would say it better, and older ones do not know it.)
    command += ["-p", "Delegate=yes"]
    # How long what the server left behind may take to end when asked.
    command += ["-p", "TimeoutStopSec=10"]
    if memory:
        # Without the second, a server over its limit would push the machine into swap instead of being stopped.
        command += ["-p", f"MemoryMax={int(memory)}", "-p", "MemorySwapMax=0"]
    if cpu:
        command += ["-p", f"CPUQuota={max(1, round(cpu * 100))}%"]
    return [*command, "--"]


def systemd_environment():
    """What systemd's tools need to find this user's systemd. Nothing where none runs.

    Its socket has a fixed place. The variables that lead there may be missing (in a cron job), or another user's (after su).
    """
    for folder in (f"/run/user/{os.getuid()}", os.environ.get("XDG_RUNTIME_DIR")):
        if folder and _listens(f"{folder}/bus"):
            return {"XDG_RUNTIME_DIR": folder, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/bus"}
    return {}


def _listens(path):
    # The socket of a systemd that has ended may still be there.
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(path)
        except OSError:
            return False
    return True


def stop_scope(unit):
    """End what still runs in the scope; does not wait for it. One whose processes have all ended is gone already."""
    command = ["systemctl", "--user", "stop", f"{unit}.scope", "--no-block"]
    try:
        subprocess.run(
            command, env={**os.environ, **systemd_environment()}, capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        pass  # the user's systemd has gone, and its scopes with it


# -- cgroup -------------------------------------------------------------------


def groups_exist():
    """Not where they are of version 1, or both mixed: there are no limits for ordinary users there."""
    return os.path.exists(f"{CGROUP_ROOT}/cgroup.controllers")


def find_base():
    """A group above this process that may be divided up with memory and CPU limits; None where there is none.

    Above, because a process can only be moved below a group that it and its target have in common and that is ours.
    """
    prepared = os.environ.get(BASE_VARIABLE)
    candidates = [prepared] if prepared else _own_group_and_above()
    base = next((path for path in candidates if _can_divide(path)), None)
    if base is None and candidates and _make_room(candidates[0]) and _can_divide(candidates[0]):
        return candidates[0]
    return base


def _own_group_and_above():
    try:
        with open("/proc/self/cgroup", encoding="utf-8") as file:
            own = next((line[3:].strip() for line in file if line.startswith("0::")), None)
    except OSError:
        return []
    if own is None or not groups_exist():
        return []
    path = os.path.normpath(f"{CGROUP_ROOT}/{own}")
    found = []
    while path.startswith(CGROUP_ROOT):
        found.append(path)
        path = os.path.dirname(path)
    return found


def _can_divide(path):
    if not _is_writable(path):
        return False
    if _words(f"{path}/cgroup.subtree_control") >= _NEEDED:
        return True
    if not _words(f"{path}/cgroup.controllers") >= _NEEDED:
        return False
    try:
        # Refused (EBUSY) where the group has processes itself: a group has either processes or groups with limits.
        _write(f"{path}/cgroup.subtree_control", "+memory +cpu")
    except OSError:
        return False
    return True


def _is_writable(path):
    return os.access(path, os.W_OK) and os.access(f"{path}/cgroup.procs", os.W_OK)


def _make_room(path):
    """Move all processes of a group into one below it, so that it can be divided up. Returns whether it is empty now.

    A service that was given its group (systemd's Delegate=yes) runs in it itself, and so do we.
    """
    try:
        # Another's group, even if we may write to it, stays as it is; so does a container's outermost.
        if path == CGROUP_ROOT or os.stat(path).st_uid != os.geteuid() or not _is_writable(path):
            return False
        if not _words(f"{path}/cgroup.controllers") >= _NEEDED:
            return False
        below = os.path.join(path, "hubwright-others")
        os.makedirs(below, exist_ok=True)
        for _ in range(10):  # one that is moved may have started another meanwhile
            processes = _words(f"{path}/cgroup.procs")
            if not processes:
                return True
            for process in processes:
                _move(process, below)
    except OSError:
        pass
    return False


def _move(process, path):
    try:
        _write(f"{path}/cgroup.procs", process)
    except ProcessLookupError:
        pass  # it has ended


def make_group(base, name, cpu=None, memory=None):
    """A group with the limits. One that is left from a server that was killed is taken over."""
    path = os.path.join(base, name)
    os.makedirs(path, exist_ok=True)
    _write(f"{path}/memory.max", str(int(memory)) if memory else "max")
    _write(f"{path}/cpu.max", f"{max(1000, round(cpu * _PERIOD))} {_PERIOD}" if cpu else f"max {_PERIOD}")
    if os.path.exists(f"{path}/memory.swap.max"):
        _write(f"{path}/memory.swap.max", "0" if memory else "max")
    return path


def enter_group(path):
    _write(f"{path}/cgroup.procs", "0")  # 0: the process that writes


def remove_group(path, patience=2.0):
    """End what still runs in the group and take it away. Returns whether it is gone."""
    deadline = time.monotonic() + patience
    while os.path.isdir(path):
        try:
            _kill_all(path)
            # A server may have divided up its group in turn.
            for group, _, _ in os.walk(path, topdown=False):
                os.rmdir(group)
        except OSError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
    return True


def _kill_all(path):
    if os.path.exists(f"{path}/cgroup.kill"):
        _write(f"{path}/cgroup.kill", "1")
        return
    # Linux before 5.14
    for group, _, _ in os.walk(path):
        for process in _words(f"{group}/cgroup.procs") - {"0"}:
            os.kill(int(process), signal.SIGKILL)


def _words(path):
    try:
        with open(path, encoding="ascii") as file:
            return set(file.read().split())
    except OSError:
        return set()


def _write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


# -- both ---------------------------------------------------------------------


def release(state):
    """End what a server left behind in its scope or group. Returns whether nothing is left of the group."""
    if state.get("mode") == "systemd":
        stop_scope(state["unit"])
    return state.get("mode") != "cgroup" or remove_group(state["group"])


if __name__ == "__main__":
    # Called by the operator's tool for servers that it ended itself, when no hub runs.
    for argument in sys.argv[1:]:
        release(json.loads(argument))
