"""launch.py, really run: as a process of its own, with a stand-in for JupyterLab that says what it sees."""

import errno
import json
import os
import signal
import stat
import subprocess
import sys
import time
import unittest
from unittest import mock

from support import RUNTIME, FolderTest, listen_at, wait_until

from hubwright_hub import capabilities, identity, limits
from hubwright_hub.commands import shown

LAUNCH = RUNTIME / "hubwright_hub/launch.py"

# Takes the place of the profile's Python.
STAND_IN = """#!{python} -I
import json, os, socket, sys
address = os.environ["JUPYTERHUB_SERVICE_URL"]
port = int(address.split(":")[2].split("/")[0])
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as tornado does
server.bind(("127.0.0.1", port))
server.listen()
def try_write(path):
    try:
        open(path, "w").close()
        return "written"
    except OSError as error:
        return error.strerror
seen = dict(pid=os.getpid(), arguments=sys.argv[1:], folder=os.getcwd(), environment=dict(os.environ),
            address=address, stdin=sys.stdin.read(), write=try_write("materials/new"), inner=try_write("materials/inner/new"),
            descriptors=sorted(os.readlink("/proc/self/fd/" + fd).split(":")[0] for fd in os.listdir("/proc/self/fd") if int(fd) > 2 and os.path.lexists("/proc/self/fd/" + fd)))
json.dump(seen, open(os.environ["SEEN"] + ".new", "w"))
os.replace(os.environ["SEEN"] + ".new", os.environ["SEEN"])
"""


class LaunchTest(FolderTest):
    def setUp(self):
        super().setUp()
        self.home = self.folder / "home"
        self.home.mkdir()
        self.python = self.folder / "python"
        self.python.write_text(STAND_IN.format(python=sys.executable))
        self.python.chmod(0o700)
        self.write("materials/lesson.txt", "the lesson")

    def materials(self, mode="link"):
        return {"folder": str(self.folder / "materials"), "name": "materials", "mode": mode}

    def start(self, prefix=(), environment=(), **plan):
        reading, writing = os.pipe()
        log = open(self.folder / "log", "ab")
        self.addCleanup(log.close)
        pipe = os.fdopen(reading, "rb")
        self.addCleanup(pipe.close)
        process = subprocess.Popen(
            [*prefix, sys.executable, "-E", "-s", str(LAUNCH)],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "SEEN": str(self.folder / "seen.json"),
                "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:0/user/a/",
                "JUPYTERHUB_API_TOKEN": "the-token",
                **dict(environment),
            },
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[writing],
        )
        os.close(writing)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        plan = {"home": str(self.home), "python": str(self.python), "status": writing, **plan}
        process.stdin.write(json.dumps(plan).encode())
        process.stdin.close()
        return process, pipe

    def run_it(self, **plan):
        """To the end; returns what was told on the pipe and what the stand-in saw."""
        process, pipe = self.start(**plan)
        events = [json.loads(line) for line in pipe]
        self.assertEqual(process.wait(), 0, (self.folder / "log").read_text())
        return events, json.loads((self.folder / "seen.json").read_text())

    def command_log(self):
        return (self.home / "profile-commands.log").read_text()


class Becoming(LaunchTest):
    def test_the_same_process_becomes_the_server(self):
        process, pipe = self.start()
        events = [json.loads(line) for line in pipe]
        process.wait()
        seen = json.loads((self.folder / "seen.json").read_text())
        self.assertEqual(seen["pid"], process.pid)
        self.assertEqual(seen["folder"], str(self.home))
        self.assertEqual(seen["stdin"], "")
        self.assertEqual(seen["arguments"][:3], ["-I", "-m", "jupyterhub.singleuser"])
        self.assertEqual(events, [{"event": "server", "port": int(seen["address"].split(":")[2].split("/")[0])}])
        self.assertTrue(seen["address"].endswith("/user/a/"))
        # The pipe has closed; only the reserved port and the stand-in's own remain.
        self.assertNotIn("pipe", seen["descriptors"])

    def test_what_only_systemd_needs_is_forgotten(self):
        _, seen = self.run_it(environment={"XDG_RUNTIME_DIR": "/run/user/0"}, forget=["XDG_RUNTIME_DIR"])
        self.assertNotIn("XDG_RUNTIME_DIR", seen["environment"])

    def test_a_missing_python_is_told(self):
        process, pipe = self.start(python=str(self.folder / "gone"))
        events = [json.loads(line) for line in pipe]
        self.assertEqual(events[-1]["event"], "error")
        self.assertIn("No such file", events[-1]["message"])
        self.assertNotEqual(process.wait(), 0)

    def test_two_hundred_reserved_ports_differ(self):
        from hubwright_hub.launch import reserve_port

        reserved = [reserve_port() for _ in range(200)]
        for held, _ in reserved:
            if held is not None:
                held.close()
        self.assertEqual(len({port for _, port in reserved}), 200)


class Commands(LaunchTest):
    def test_one_after_the_other_each_allowed_to_fail(self):
        commands = ["echo one; pwd", "echo two >&2; exit 3", "cat; echo three $GIT_TERMINAL_PROMPT", "kill -9 $$", "[[ a == a ]] && echo bash"]
        events, _ = self.run_it(commands=commands)
        told = [(e["number"], e["count"], e["command"]) for e in events if e["event"] == "command"]
        self.assertEqual(told, [(n, 5, c) for n, c in enumerate(commands, start=1)])
        self.assertEqual(events[-1]["event"], "server")
        log = self.command_log()
        for expected in (f"one\n{self.home}\n", "two\n=== exit code 3 after", "three 0\n=== exit code 0", "ended by signal 9", "bash\n"):
            self.assertIn(expected, log)
        self.assertEqual(stat.S_IMODE(os.stat(self.home / "profile-commands.log").st_mode), 0o600)

    def test_the_time_limit_ends_the_whole_group(self):
        began = time.monotonic()
        self.run_it(commands=["sleep 60 & echo $! > child; sleep 60", "echo next"], commandTimeout=0.5)
        self.assertLess(time.monotonic() - began, 10)
        self.assertIn("it took longer than 0.5 s", self.command_log())
        self.assertIn("next", self.command_log())
        child = int((self.home / "child").read_text())
        wait_until(lambda: identity.start_time(child) is None, what="the child's end")

    def test_something_left_in_the_background_holds_nothing_up(self):
        began = time.monotonic()
        self.run_it(commands=["sleep 8 & echo started"])
        self.assertLess(time.monotonic() - began, 5)

    def test_output_and_log_are_bounded(self):
        (self.home / "profile-commands.log").write_text("old line\n" * 200_000)
        self.run_it(commands=["head -c 3000000 /dev/zero | tr '\\0' x; echo; echo done"])
        self.assertLess(os.path.getsize(self.home / "profile-commands.log"), 700_000)
        self.assertIn("[older lines were removed]", self.command_log())
        self.assertIn("[more output is not kept]\n=== exit code 0", self.command_log())

    def test_secrets_do_not_reach_log_events_or_commands(self):
        command = "echo ${JUPYTERHUB_API_TOKEN:-none} https://alex:marked@example.org/x.git >/dev/null; echo ${JUPYTERHUB_API_TOKEN:-none}"
        events, seen = self.run_it(commands=[command])
        self.assertNotIn("marked", json.dumps(events) + self.command_log())
        self.assertIn("none\n", self.command_log())
        self.assertEqual(seen["environment"]["JUPYTERHUB_API_TOKEN"], "the-token")
        self.assertEqual(shown("git clone\n https://t@h/x"), "git clone https://***@h/x")

    def test_a_log_that_cannot_be_written_stops_nothing(self):
        outside = self.folder / "outside"
        outside.write_text("kept")
        (self.home / "profile-commands.log").symlink_to(outside)
        events, _ = self.run_it(commands=["echo one > here"])
        self.assertEqual(events[-1]["event"], "server")
        self.assertEqual(outside.read_text(), "kept")
        self.assertEqual((self.home / "here").read_text(), "one\n")

    def test_stopping_ends_the_running_command(self):
        process, pipe = self.start(commands=["echo $$ > child; sleep 60"])
        wait_until(lambda: (self.home / "child").exists() and (self.home / "child").read_text().strip(), what="the command")
        child = int((self.home / "child").read_text())
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), 128 + signal.SIGTERM)
        self.assertFalse(os.path.exists(f"/proc/{child}"))
        pipe.close()

    def test_a_hub_that_went_away_is_no_reason_to_stop(self):
        process, pipe = self.start(commands=["sleep 0.3", "echo two"])
        pipe.close()
        self.assertEqual(process.wait(20), 0)
        self.assertIn("two", self.command_log())


class Materials(LaunchTest):
    def need_mounts(self):
        possible, why = capabilities.try_mount()
        if not possible:
            self.skipTest(why)

    def test_mounted_read_only_with_what_is_mounted_inside(self):
        self.need_mounts()
        if os.geteuid() != 0:
            self.skipTest("needs root to mount something inside the materials")
        inner = self.folder / "materials/inner"
        inner.mkdir()
        # In a namespace that goes with its process: nothing is left of it on this machine.
        prefix = ["unshare", "-m", "sh", "-c", f'mount -t tmpfs -o nosuid,nodev,noexec tmpfs {inner} && exec "$@"', "sh"]
        _, seen = self.run_it(prefix=prefix, materials=self.materials("mount"))
        self.assertEqual((seen["write"], seen["inner"]), ("Read-only file system", "Read-only file system"))

    def test_mounted_for_this_server_alone(self):
        self.need_mounts()
        self.run_it(materials=self.materials("mount"), commands=["cat materials/lesson.txt; echo x > materials/lesson.txt"])
        self.assertIn("the lesson", self.command_log())
        self.assertIn("Read-only file system", self.command_log())
        self.assertEqual(list((self.home / "materials").iterdir()), [])
        self.assertEqual((self.folder / "materials/lesson.txt").read_text(), "the lesson")

    def test_a_folder_name_with_spaces(self):
        self.need_mounts()
        wanted = {**self.materials("mount"), "name": "the materials ü"}
        self.run_it(materials=wanted, commands=["cat 'the materials ü/lesson.txt'; touch 'the materials ü/x'"])
        self.assertIn("the lesson", self.command_log())
        self.assertFalse((self.folder / "materials/x").exists())

    def test_linked(self):
        for _ in range(2):  # the second start finds the first one's link
            self.run_it(materials=self.materials("link"))
            self.assertEqual((self.home / "materials/lesson.txt").read_text(), "the lesson")

    def test_the_persons_own_folder_is_left_alone(self):
        for mode in ("mount", "link"):
            if mode == "mount":
                self.need_mounts()
            (self.home / "materials").mkdir(exist_ok=True)
            (self.home / "materials/own").write_text("mine")
            events, _ = self.run_it(materials=self.materials(mode), commands=["cat materials-shared/lesson.txt"])
            self.assertEqual((self.home / "materials/own").read_text(), "mine")
            self.assertIn("the lesson", self.command_log())
            self.assertIn("in “materials-shared”", self.command_log())
            self.assertEqual(events[-1]["event"], "server")

    def test_from_link_to_mount_and_back(self):
        self.need_mounts()
        for mode in ("link", "mount", "link"):
            self.run_it(materials=self.materials(mode), commands=["cat materials/lesson.txt"])
            self.assertIn("the lesson", self.command_log())
            (self.home / "profile-commands.log").unlink()

    def test_missing_materials_stop_nothing(self):
        wanted = {**self.materials("mount"), "folder": str(self.folder / "gone")}
        events, _ = self.run_it(materials=wanted)
        self.assertEqual(events[-1]["event"], "server")
        self.assertIn("could not be opened", self.command_log())


class Limits(LaunchTest):
    def fake_base(self):
        """A folder with the files of a control group that may be divided up. Real ones need another machine."""
        base = self.folder / "cgroup"
        base.mkdir()
        (base / "cgroup.subtree_control").write_text("cpu memory")
        (base / "cgroup.procs").write_text("")
        return base

    def test_enters_a_group_with_the_limits(self):
        base = self.fake_base()
        wanted = {"mode": "cgroup", "base": str(base), "name": "one", "cpu": 1.5, "memory": 1000}
        self.run_it(limits=wanted)
        files = {name: (base / "one" / name).read_text() for name in ("memory.max", "cpu.max", "cgroup.procs")}
        self.assertEqual(files, {"memory.max": "1000", "cpu.max": "150000 100000", "cgroup.procs": "0"})

    def test_finds_the_prepared_base_only_if_it_can_be_divided(self):
        base = self.fake_base()
        os.environ[limits.BASE_VARIABLE] = str(base)
        self.addCleanup(os.environ.pop, limits.BASE_VARIABLE)
        self.assertEqual(limits.find_base(), str(base))
        (base / "cgroup.subtree_control").write_text("memory")
        (base / "cgroup.controllers").write_text("memory pids")
        self.assertIsNone(limits.find_base())

    def test_the_systemd_command_keeps_the_process_id(self):
        command = limits.systemd_command("a-unit", cpu=0.5, memory=1024)
        for part in ("--user", "--scope", "--collect", "--unit=a-unit", "MemoryMax=1024", "MemorySwapMax=0", "CPUQuota=50%"):
            self.assertIn(part, command)
        # Without it systemd ends the whole server when the kernel kills one notebook for its memory.
        self.assertIn("Delegate=yes", command)
        self.assertEqual(command[-1], "--")

    def test_systemd_is_looked_for_where_it_is(self):
        given = {"XDG_RUNTIME_DIR": str(self.folder), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
        # Nobody has the user number: there is no /run/user of it.
        with mock.patch.dict(os.environ, given), mock.patch("os.getuid", return_value=4_000_000_000):
            self.assertEqual(limits.systemd_environment(), {})
            bus = listen_at(self.folder / "bus")
            expected = {**given, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/bus"}
            self.assertEqual(limits.systemd_environment(), expected)
            bus.close()
            # What is left of a systemd that has ended.
            self.assertEqual(limits.systemd_environment(), {})

    def test_a_scope_of_a_systemd_that_has_gone_is_no_trouble(self):
        with mock.patch.dict(os.environ, {"PATH": str(self.folder)}):
            limits.stop_scope("a-unit")

    def test_room_is_made_in_a_group_of_our_own_alone(self):
        base = self.fake_base()
        (base / "cgroup.controllers").write_text("cpu memory")
        self.assertTrue(limits._make_room(str(base)))
        self.assertTrue((base / "hubwright-others").is_dir())
        self.assertFalse(limits._make_room(limits.CGROUP_ROOT))
        with mock.patch("os.geteuid", return_value=os.geteuid() + 1):
            self.assertFalse(limits._make_room(str(base)))

    def test_what_runs_in_a_group_ends_with_it_also_on_an_older_linux(self):
        group = self.folder / "group"
        (group / "sub").mkdir(parents=True)
        process = subprocess.Popen(["sleep", "60"])
        self.addCleanup(process.kill)
        # 0: a process that is not visible from here. To signal that number would end ourselves.
        (group / "sub/cgroup.procs").write_text(f"0\n{process.pid}\n")
        limits.remove_group(str(group), patience=0)
        self.assertEqual(process.wait(10), -signal.SIGKILL)
        (group / "sub/cgroup.procs").unlink()
        self.assertTrue(limits.remove_group(str(group)))
        self.assertFalse(group.exists())

    def test_what_servers_left_behind_is_ended_where_no_hub_runs(self):
        group = self.folder / "group"
        group.mkdir()
        systemctl = self.folder / "systemctl"
        systemctl.write_text(f'#!/bin/sh\necho "$@" >{self.folder}/asked\n')
        systemctl.chmod(0o755)
        states = [{"mode": "cgroup", "group": str(group)}, {"mode": "systemd", "unit": "a-unit"}]
        command = [sys.executable, "-E", str(RUNTIME / "hubwright_hub/limits.py"), *map(json.dumps, states)]
        subprocess.run(command, env={"PATH": f"{self.folder}:{os.defpath}"}, check=True)
        self.assertFalse(group.exists())
        self.assertIn("stop a-unit.scope", (self.folder / "asked").read_text())

    def test_a_server_starts_without_limits_when_the_users_systemd_has_ended(self):
        from hubwright_hub.spawner import ProfileSpawner

        spawner = mock.Mock(_profiles={"limits": "systemd"}, _profile={"python": "p"}, environment_name="local")
        spawner.user.name = "a"
        spawner.cpu_limit, spawner.mem_limit = 1, 1024
        for found, prefix in (({}, []), ({"XDG_RUNTIME_DIR": "/there"}, ["systemd-run"])):
            env = {}
            with mock.patch.object(limits, "systemd_environment", return_value=found):
                plan, command = ProfileSpawner._plan(spawner, "/home", env)
            self.assertEqual((command[:1], env), (prefix, found))
            self.assertEqual("unit" in spawner.limits_state, bool(prefix))


class Capabilities(FolderTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(listen_at(self.folder / "bus").close)

    def test_answers_fast_and_in_the_agreed_form(self):
        began = time.monotonic()
        script = str(RUNTIME / "hubwright_hub/capabilities.py")
        out = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout
        self.assertLess(time.monotonic() - began, 2)
        found = json.loads(out)
        self.assertEqual(set(found), {"limits", "limitsReason", "readOnlyMounts", "mountsReason"})
        self.assertIn(found["limits"], ("systemd", "cgroup", "none"))
        self.assertIsInstance(found["readOnlyMounts"], bool)

    def with_fake_systemd(self, script):
        tool = self.write("bin/systemd-run", f"#!/bin/sh\n{script}\n", mode=0o700)
        environment = {"PATH": f"{tool.parent}:{os.environ['PATH']}", "XDG_RUNTIME_DIR": str(self.folder)}
        command = [sys.executable, str(RUNTIME / "hubwright_hub/capabilities.py")]
        return json.loads(subprocess.run(command, capture_output=True, env=environment, check=True).stdout)

    def test_believes_systemd_only_what_it_sees(self):
        self.assertEqual(self.with_fake_systemd("echo 268435456; echo 100000")["limits"], "systemd")
        self.assertIn("may not limit memory and CPU", self.with_fake_systemd("echo max; echo max")["limitsReason"])
        self.assertIn("may not limit CPU;", self.with_fake_systemd("echo 268435456; echo max")["limitsReason"])
        refused = self.with_fake_systemd("echo 'Failed to connect to bus' >&2; exit 1")
        self.assertNotEqual(refused["limits"], "systemd")
        self.assertIn("Failed to connect to bus", refused["limitsReason"])

    def test_says_in_plain_words_why_there_are_no_mounts(self):
        refused = OSError(errno.ENOSPC, "unshare: No space left on device")
        with mock.patch("hubwright_hub.materials._unshare", side_effect=refused):
            possible, why = capabilities.try_mount()
        self.assertFalse(possible)
        self.assertIn("may not have mounts of his own here", why)

    def test_a_systemd_that_hangs_does_not_hold_it_up(self):
        began = time.monotonic()
        self.assertIn("does not answer", self.with_fake_systemd("exec sleep 60")["limitsReason"])
        self.assertLess(time.monotonic() - began, 10)


if __name__ == "__main__":
    unittest.main()
