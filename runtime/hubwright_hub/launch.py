"""The first thing that runs in a server's process: prepares it, then becomes JupyterLab.

The spawner starts it with a plan (JSON) on standard input and the writing end of a pipe, on which it tells what it does:
one JSON object a line. The pipe closes by itself when JupyterLab takes over, so the spawner knows the moment: the time that
a profile's commands take counts as starting, not as JupyterLab being slow to answer.

Needs the standard library only, and starts fast: it runs with the hub's Python, JupyterLab with the profile's.
"""

import json
import os
import signal
import socket
import sys
from urllib.parse import urlsplit, urlunsplit

if not __package__:
    # Started by its path. The folder above holds the package.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from hubwright_hub import commands, limits, materials  # noqa: E402


class Status:
    """The pipe to the spawner. The hub may have gone, and been started again: then nobody listens, and work goes on."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        # So that no command keeps it open, and exec closes it.
        os.set_inheritable(descriptor, False)

    def tell(self, **event):
        try:
            os.write(self._descriptor, json.dumps(event).encode() + b"\n")
        except OSError:
            pass


def main():
    plan = json.load(sys.stdin)
    _forget_standard_input()
    status = Status(plan["status"])
    _stop_cleanly_when_asked()
    try:
        prepare(plan, status)
        become_server(plan, status)
    except OSError as error:
        # Kept by the spawner and shown to the person; the traceback is for the log.
        status.tell(event="error", message=f"{error.strerror or error} ({error.filename or plan['python']})")
        raise


def _forget_standard_input():
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def _stop_cleanly_when_asked():
    def stop(number, _frame):
        # Unwinds through the running command, which ends its whole group.
        raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def prepare(plan, status):
    for name in plan.get("forget", ()):
        # What only systemd-run needed.
        os.environ.pop(name, None)
    os.chdir(plan["home"])
    _enter_limits(plan.get("limits"))
    if plan.get("materials"):
        status.tell(event="step", message="Opening the materials")
        _show_materials(plan["materials"], plan["home"])
    todo = plan.get("commands") or []

    def announce(number, command):
        status.tell(event="command", number=number, count=len(todo), command=command)

    commands.run_all(todo, plan["home"], plan.get("commandTimeout") or commands.DEFAULT_TIMEOUT, announce)


def _enter_limits(wanted):
    if not wanted or wanted["mode"] != "cgroup":
        return
    group = limits.make_group(wanted["base"], wanted["name"], wanted.get("cpu"), wanted.get("memory"))
    limits.enter_group(group)


def _show_materials(wanted, home):
    """Without materials a lesson is harder, without a server there is none: say it, and go on."""
    try:
        if wanted["mode"] == "mount":
            materials.enter_own_namespace()
        place, note = materials.show(wanted, home)
    except OSError as error:
        place, note = None, f"The materials could not be opened: {error.strerror or error}."
    print(f"materials: {place or 'not shown'} {note}", flush=True)
    if note:
        commands.CommandLog(home).line(f"=== {note}\n")


def become_server(plan, status):
    """Hand this process over to JupyterLab. Returns only by an exception."""
    placeholder, port = reserve_port()
    address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    os.environ["JUPYTERHUB_SERVICE_URL"] = urlunsplit(address._replace(netloc=f"127.0.0.1:{port}"))
    status.tell(event="server", port=port)
    if placeholder is not None:
        placeholder.detach()
    # Python ignores it, and what it starts by exec would inherit that.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execv(plan["python"], server_command(plan["python"]))


def server_command(python):
    # -I: a person's own random.py in the home must not be taken for Python's.
    command = [python, "-I", "-m", "jupyterhub.singleuser"]
    # JupyterLab warns root. Root's own hub on root's own machine is root's decision.
    return [*command, "--allow-root"] if os.geteuid() == 0 else command


def reserve_port():
    """A free port that stays free until JupyterLab listens on it, some seconds later.

    On Linux a bound socket that does not listen keeps the port from everybody but those who set SO_REUSEADDR, as
    JupyterLab does. It is inherited, unused, and goes with the server. Elsewhere there is no such way: the spawner tries again.
    """
    reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    reserved.bind(("127.0.0.1", 0))
    port = reserved.getsockname()[1]
    if sys.platform != "linux":
        reserved.close()
        return None, port
    # After bind(): set before it, the kernel could give the same port to two servers that start at once.
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.set_inheritable(True)
    return reserved, port


if __name__ == "__main__":
    main()
