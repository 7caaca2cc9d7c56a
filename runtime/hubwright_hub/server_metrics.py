"""Memory and CPU time of the servers on this machine. On a cluster the kubelets tell of it."""

import os

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from .metrics import running_servers

_LABELS = ["user", "server", "profile"]


class ServersCollector:
    def __init__(self):
        # Highest CPU time that was seen of each server. What a process that left the family had used is not in the sum any
        # more, and Prometheus takes a counter that goes down for one that began anew.
        self._cpu = {}

    def describe(self):
        return list(self._families().values())

    def collect(self):
        families = self._families()
        servers = running_servers()
        processes = Processes() if servers else None
        seen = {}
        for spawner in servers:
            labels = [spawner.user.name, spawner.name, spawner.profile_slug]
            families["info"].add_metric(labels, 1)
            if spawner.mem_limit:
                families["limit"].add_metric(labels, spawner.mem_limit)
            usage = processes.usage(spawner.pid)
            if usage is None:
                continue
            memory, cpu = usage
            key = (spawner.pid, spawner.started_at)
            seen[key] = max(cpu, self._cpu.get(key, 0))
            families["memory"].add_metric(labels, memory)
            families["cpu"].add_metric(labels, seen[key])
        self._cpu = seen
        return list(families.values())

    @staticmethod
    def _families():
        def gauge(name, text):
            return GaugeMetricFamily(f"hubwright_server_{name}", text, labels=_LABELS)

        return {
            "info": gauge("info", "1 for each running server"),
            "limit": gauge("memory_limit_bytes", "Memory that the server may use"),
            "memory": gauge("memory_bytes", "Resident memory of the server and everything it started"),
            "cpu": CounterMetricFamily("hubwright_server_cpu_seconds", "CPU time of the same", labels=_LABELS),
        }


def register():
    REGISTRY.register(ServersCollector())


class Processes:
    """All processes of this machine as they are now, by proc(5). None where there is no /proc."""

    def __init__(self):
        self._used = {}
        self._children = {}
        page, tick = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
        for pid in self._ids():
            try:
                with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                    # The second field is the command in brackets, and may hold spaces and brackets itself.
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended
            # Its own time, and that of children that have ended and were waited for.
            cpu = sum(int(field) for field in fields[11:15]) / tick
            self._used[pid] = (int(fields[21]) * page, cpu)
            self._children.setdefault(int(fields[1]), []).append(pid)

    @staticmethod
    def _ids():
        try:
            return [int(name) for name in os.listdir("/proc") if name.isdigit()]
        except OSError:
            return []

    def usage(self, pid):
        """Bytes and CPU seconds of a process and of all that descend from it. None where it is not there."""
        if pid not in self._used:
            return None
        waiting, memory, cpu = [pid], 0, 0
        while waiting:
            one = waiting.pop()
            memory, cpu = memory + self._used[one][0], cpu + self._used[one][1]
            waiting += self._children.get(one, [])
        return memory, cpu
