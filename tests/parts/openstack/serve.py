"""Serves one OpenStack API on loopback until it is killed: serve.py keystone|neutron|octavia PORT CONFIG

Octavia's worker runs in the process of its API, because their message bus is in memory (`fake://`). It is paused with
`PUT /test/worker` and the body `pause`, and goes on with `run`: what is asked for meanwhile stays PENDING.
"""

import os
import sys
import threading

service, port, config = sys.argv[1:]
# The services read their own command line.
sys.argv = [service, "--config-file", config]
os.environ["OS_KEYSTONE_CONFIG_FILES"] = config
if service == "keystone":
    sys.argv = [service]
    from keystone.wsgi.api import application
elif service == "neutron":
    from neutron.wsgi.api import application
    from sqlalchemy.orm import configure_mappers

    # Else it depends on the first request whether ports can be listed ("'Port' has no attribute 'port_forwardings'").
    configure_mappers()
else:
    from octavia.wsgi.api import application

from cheroot.wsgi import PathInfoDispatcher, Server


class Worker:
    """Octavia's ConsumerService, in a thread of its own."""

    def __init__(self):
        import no_nova
        from octavia.controller.queue.v2 import endpoints

        no_nova.stand_in()
        self.endpoints = [endpoints.Endpoints()]
        self.lock = threading.Lock()
        self.server = None
        self.run()

    def run(self):
        from octavia.common import constants, rpc
        from oslo_config import cfg
        from oslo_messaging import Target

        if self.server is None:
            target = Target(topic=constants.TOPIC_AMPHORA_V2, server=cfg.CONF.host, fanout=False)
            self.server = rpc.get_server(target, self.endpoints)
            self.server.start()

    def pause(self):
        if self.server is not None:
            self.server.stop()
            self.server.wait()
            self.server = None

    def __call__(self, environ, start_response):
        wanted = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        with self.lock:
            {b"pause": self.pause, b"run": self.run}[wanted]()
        start_response("204 No Content", [])
        return [b""]


applications = {"/": application}
if service == "octavia":
    applications["/test/worker"] = Worker()
server = Server(("127.0.0.1", int(port)), PathInfoDispatcher(applications), numthreads=8)
print(f"{service} listens on port {port}", flush=True)
server.start()
