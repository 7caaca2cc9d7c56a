"""Which process is meant by a process id.

Ids are used again: after a reboot, or after some ten thousand starts, the id in the hub's database can be somebody else's
process. So the time at which the process started is kept too, and compared before anything is done to it.
"""

import os
import signal
import subprocess
import sys


def start_time(pid):
    """A text that no other process with this id has; None when there is no such (living) process."""
    return _linux_start_time(pid) if sys.platform == "linux" else _ps_start_time(pid)


def _linux_start_time(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            # The second field is the command in brackets, and may hold spaces and brackets itself.
            fields = file.read().rpartition(")")[2].split()
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read()[:8]
    except OSError:
        return None
    # A zombie has ended; only its parent has not looked yet (in a container, perhaps, never will).
    if not fields or fields[0] in "ZX":
        return None
    # The time counts from the boot, hence the boot's id.
    return f"{boot}-{fields[19]}"


def _ps_start_time(pid):
    # Two options, because what follows an equals sign is the column's heading, on macOS up to the end of the argument.
    command = ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(pid)]
    # In another language or time zone the same moment is another text.
    plain = {**os.environ, "LC_ALL": "C", "TZ": "UTC0"}
    result = subprocess.run(command, capture_output=True, text=True, env=plain, check=False)
    status, _, started = result.stdout.strip().partition(" ")
    return None if not started or status.startswith("Z") else started.strip()


def is_running(pid, started):
    return bool(pid) and bool(started) and start_time(pid) == started


def send_signal(pid, started, number):
    """Signal the process if it is still the one that was meant. Returns whether it was."""
    handle = _hold(pid)
    try:
        # With the handle taken first, the id cannot go to another process between the look and the signal.
        if not is_running(pid, started):
            return False
        if handle is None:
            os.kill(pid, number)
        else:
            signal.pidfd_send_signal(handle, number)
        return True
    except ProcessLookupError:
        return False
    finally:
        if handle is not None:
            os.close(handle)


def _hold(pid):
    try:
        return os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    except OSError:
        return None
