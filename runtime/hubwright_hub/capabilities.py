"""What this machine lets this user do for people's servers. Prints one line of JSON.

    {"limits": "systemd" | "cgroup" | "none", "limitsReason": "...", "readOnlyMounts": true | false, "mountsReason": "..."}

Each thing is really tried: what a version or a setting promises, a container or a policy may refuse. Standard library only: it
runs with whatever Python 3.10 or newer the machine has, before anything is installed.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

if not __package__:
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from hubwright_hub import limits, materials  # noqa: E402

# A systemd that hangs must not hold everything up.
_SYSTEMD_PATIENCE = 3.0

# A limit that did not arrive has no file, or "max" in it.
_SHOW_LIMITS = """
group=/sys/fs/cgroup$(sed -n "s/^0:://p" /proc/self/cgroup)
for name in memory cpu; do
  read -r value _ <"$group/$name.max" || value=max
  echo "$value"
done
"""


def main():
    mode, limits_reason = find_limits()
    mounts, mounts_reason = try_mount()
    found = {
        "limits": mode,
        "limitsReason": limits_reason,
        "readOnlyMounts": mounts,
        "mountsReason": mounts_reason,
    }
    print(json.dumps(found))


def find_limits():
    if sys.platform != "linux":
        return "none", "memory and CPU limits for single servers exist on Linux only"
    systemd_reason = try_systemd()
    if systemd_reason is None:
        return "systemd", "each server runs in a scope of this user's systemd"
    cgroup_reason = try_cgroup()
    if cgroup_reason is None:
        return "cgroup", "each server runs in a control group of its own"
    return "none", f"{systemd_reason}; {cgroup_reason}"


def try_systemd():
    """None if a limited scope of the user's systemd works, otherwise why not."""
    if shutil.which("systemd-run") is None:
        return "there is no systemd-run"
    # Answers at once; systemd-run itself would wait for a bus that is not there.
    environment = limits.systemd_environment()
    if not environment:
        return "no systemd runs for this user"
    unit = f"hubwright-probe-{os.getpid()}"
    # Looks inside the scope whether the limits arrived: systemd takes a limit for a controller it was not given, silently.
    command = [*limits.systemd_command(unit, cpu=1, memory=256 * 1024**2), "/bin/sh", "-c", _SHOW_LIMITS]
    try:
        result = subprocess.run(
            command,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=_SYSTEMD_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "this user's systemd does not answer"
    if result.returncode != 0:
        return f"this user's systemd refuses a limited scope ({_last_line(result.stderr)})"
    values = dict(zip(("memory", "CPU"), result.stdout.split()))
    missing = [name for name in ("memory", "CPU") if values.get(name, "max") == "max"]
    return f"this user's systemd may not limit {' and '.join(missing)}" if missing else None


def try_cgroup():
    """None if a process can be put into a limited group of its own, otherwise why not."""
    base = limits.find_base()
    if base is None:
        given = "no control group was given to this user to divide up"
        return given if limits.groups_exist() else "this machine has no control groups of version 2"
    group = os.path.join(base, f"hubwright-probe-{os.getpid()}")
    try:
        limits.make_group(base, os.path.basename(group), cpu=1, memory=256 * 1024**2)
        outcome = _in_child(lambda: limits.enter_group(group))
    except OSError as error:
        outcome = error.strerror or str(error)
    finally:
        limits.remove_group(group)
    return None if outcome is None else f"a control group could not be used ({outcome})"


def try_mount():
    """(True, why) if a folder can be mounted read-only for one process alone."""
    with tempfile.TemporaryDirectory(prefix="hubwright-") as folder:
        source, place = os.path.join(folder, "source"), os.path.join(folder, "place")
        os.mkdir(source)
        os.mkdir(place)
        outcome = _in_child(lambda: _mount_and_write(source, place))
    if outcome is None:
        return True, "materials are mounted read-only for each server"
    return False, f"no read-only mount for single servers ({outcome})"


def _mount_and_write(source, place):
    materials.enter_own_namespace()
    materials.mount_read_only(source, place)
    try:
        open(os.path.join(place, "written"), "w", encoding="utf-8").close()
    except OSError:
        return
    raise OSError("a read-only mount could be written to")


def _in_child(action):
    """Run in a process of its own, as it changes what the process sees. Returns None, or what went wrong."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            action()
        except BaseException as error:
            os.write(writing, str(getattr(error, "strerror", None) or error or type(error).__name__).encode()[:500])
        finally:
            # Not sys.exit: the parent's clean-up is not the child's.
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    os.waitpid(child, 0)
    return said or None


def _last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no reason given"


if __name__ == "__main__":
    main()
