"""The materials folder, read-only in a home. Standard library only.

- `mount`: a read-only mount that only this server and what it starts can see. Nobody can write through it, root neither.
- `link`:  a link, for machines that allow no such mount; the folder it leads to is then a read-only copy.
"""

import ctypes
import os
import sys

_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_MS_RDONLY, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 0x1, 0x20, 0x1000, 0x4000, 1 << 18
# Options that a mount has already and that a remount must name again, or the kernel (in a user namespace) refuses it.
_KEPT = {"nosuid": 0x2, "nodev": 0x4, "noexec": 0x8, "noatime": 0x400, "nodiratime": 0x800, "relatime": 1 << 21}


def show(materials, home):
    """Make the folder visible in the home. Returns (where, note): a place or None, and what the person should know."""
    place, note = _free_place(home, materials["name"], materials["mode"])
    if place is None:
        return None, note
    if materials["mode"] == "link":
        os.symlink(materials["folder"], place)
    else:
        os.makedirs(place, exist_ok=True)
        mount_read_only(materials["folder"], place)
    return place, note


def _free_place(home, name, mode):
    """A path in the home that holds nothing of the person's own. A link holds nothing: it is replaced."""
    for candidate in (name, f"{name}-shared"):
        place = os.path.join(home, candidate)
        if os.path.islink(place):
            os.unlink(place)
        if mode == "link" and os.path.isdir(place) and not os.listdir(place):
            os.rmdir(place)  # the empty mount point of a server that ran with a mount
        if not os.path.lexists(place) or (mode == "mount" and os.path.isdir(place) and not os.listdir(place)):
            note = "" if candidate == name else f"You have a “{name}” of your own: the materials are in “{candidate}”."
            return place, note
    return None, f"You have a “{name}” and a “{name}-shared” of your own: rename one to see the materials."


# -- Mounting -----------------------------------------------------------------


def enter_own_namespace():
    """From here on this process and what it starts see mounts of their own.

    As an ordinary user that needs a user namespace too, in which the user stays who he is.
    """
    try:
        _unshare()
    except OSError as error:
        # "No space left on device" and the like explain nothing: it is an administrator's decision.
        raise OSError(error.errno, f"this user may not have mounts of his own here; {error.strerror}") from error


def _unshare():
    if os.geteuid() == 0:
        _call("unshare", _CLONE_NEWNS)
    else:
        uid, gid = os.geteuid(), os.getegid()
        _call("unshare", _CLONE_NEWNS | _CLONE_NEWUSER)
        _write("/proc/self/setgroups", "deny")  # the kernel asks for it before a group may be mapped
        _write("/proc/self/uid_map", f"{uid} {uid} 1")
        _write("/proc/self/gid_map", f"{gid} {gid} 1")
    # Or the mounts made here would show up outside.
    _mount(None, "/", _MS_REC | _MS_PRIVATE)


def mount_read_only(folder, place):
    """Mount the folder at the place, with everything that is mounted in it, and all of that read-only."""
    _mount(folder, place, _MS_BIND | _MS_REC)
    # MS_REC has no effect on a remount: each mount is turned read-only by itself. The deepest last.
    for mounted, options in _mounts_below(place):
        flags = sum(flag for name, flag in _KEPT.items() if name in options)
        _mount(None, mounted, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | flags)


def _mounts_below(place):
    place = os.path.realpath(place)
    found = []
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            fields = line.split(" ")
            # Spaces and the like are written as octal numbers there.
            path = fields[4].encode("utf-8", "surrogateescape").decode("unicode_escape").encode("latin-1")
            path = os.fsdecode(path)
            if path == place or path.startswith(place + "/"):
                found.append((path, fields[5].split(",")))
    return sorted(found)


def _mount(source, target, flags):
    _call("mount", _bytes(source), _bytes(target), None, ctypes.c_ulong(flags), None)


def _bytes(path):
    return None if path is None else os.fsencode(path)


def _call(name, *arguments):
    if sys.platform != "linux":
        raise OSError("mounts in a namespace of one's own exist on Linux only")
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
