"""What JupyterHub's own metrics do not tell: log-ins by result, who is in which group, and how long servers have been idle.

Whatever is in prometheus_client's registry appears at the hub's `/hub/metrics`, beside the metrics of JupyterHub.

This file needs nothing but JupyterHub and what that needs: keep it so, because the same file is mounted on the hub of a
cluster, under the same name.
"""

from datetime import timedelta

from jupyterhub import orm
from jupyterhub.app import JupyterHub
from jupyterhub.utils import utcnow
from prometheus_client import REGISTRY, Counter
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import or_

LOG_INS = Counter("hubwright_logins", "Log-ins, by how they ended", ["result"])
# Both from the start: a series that begins with its first event hides that event from `increase`.
SUCCESS, FAILURE = (LOG_INS.labels(result=result) for result in ("success", "failure"))

# Groups of those who were here this recently, or have a server. Everybody who ever was would be too many.
REMEMBERED = timedelta(days=1)


class CountedLogIns:
    """Counts an authenticator's log-ins. To be named before the authenticator among the base classes."""

    async def get_authenticated_user(self, handler, data):
        """JupyterHub's one way in, whatever the authenticator is: also groups and blocked names have been looked at."""
        try:
            person = await super().get_authenticated_user(handler, data)
        except Exception:
            # The refusals that say why.
            FAILURE.inc()
            raise
        (SUCCESS if person else FAILURE).inc()
        return person


def running_servers():
    """The servers that people can use now, as JupyterHub's objects. None where no hub runs."""
    if not JupyterHub.initialized():
        return []
    users = JupyterHub.instance().users.values()
    return [spawner for user in users for spawner in list(user.spawners.values()) if spawner.ready]


class PeopleCollector:
    """Looked up in the hub's own process and thread each time that somebody asks for the metrics."""

    def describe(self):
        return [self._groups(), self._idle()]

    def collect(self):
        groups, idle = self._groups(), self._idle()
        servers = running_servers()
        for user, group in self._memberships([spawner.user.id for spawner in servers]):
            groups.add_metric([user, group], 1)
        now = utcnow(with_tz=False)
        for spawner in servers:
            # A server that nobody has touched yet is idle since its start.
            last = spawner.orm_spawner.last_activity or spawner.orm_spawner.started
            if last is not None:
                idle.add_metric([spawner.user.name, spawner.name], max(0, (now - last).total_seconds()))
        return [groups, idle]

    @staticmethod
    def _groups():
        return GaugeMetricFamily(
            "hubwright_user_group_info", "1 for each group that a person is in", labels=["user", "group"]
        )

    @staticmethod
    def _idle():
        return GaugeMetricFamily(
            "hubwright_server_idle_seconds", "Seconds since a running server was last used", labels=["user", "server"]
        )

    @staticmethod
    def _memberships(at_work):
        if not JupyterHub.initialized():
            return []
        recently = utcnow(with_tz=False) - REMEMBERED
        query = JupyterHub.instance().db.query(orm.User.name, orm.Group.name).join(orm.User.groups)
        return [tuple(row) for row in query.filter(or_(orm.User.last_activity > recently, orm.User.id.in_(at_work)))]


REGISTRY.register(PeopleCollector())
