"""How openstacksdk itself reads clouds.yaml, to compare with: a question a line (JSON) on standard input, an answer a line.

A question: {"files": {PATH: TEXT}, "env": {NAME: VALUE}, "cloud": NAME, "region": NAME}; paths below the folder that is
the argument, which is the home, and has the working directory `work`. An answer: what is sent to Keystone and what is
known of each service, or {"error": TEXT}.
"""

import importlib
import json
import os
import pathlib
import shutil
import sys
import warnings

from openstack.config import loader

warnings.simplefilter("ignore")
services = ("network", "load-balancer", "compute")


class Sent(Exception):
    """In place of the request to Keystone."""


class Session:
    def post(self, url, json, **_):
        raise Sent(url, json)


def request_of(plugin):
    # The plugins for no certain version would ask Keystone for its versions first.
    if hasattr(plugin, "create_plugin"):
        url = plugin.auth_url.rstrip("/")
        plugin = plugin.create_plugin(None, (3, 0), url)
    try:
        plugin.get_auth_ref(Session())
    except Sent as sent:
        return sent.args[1]["auth"]


def as_list(value):
    return value if isinstance(value, list) else [value]


def read(question):
    region = importlib.reload(loader).OpenStackConfig().get_one(
        cloud=question.get("cloud"), region_name=question.get("region")
    )
    verify, certificate = region.get_requests_verify_args()
    certificate = certificate if isinstance(certificate, (list, tuple)) else (certificate, None)
    return {
        "name": region.name,
        "region": region.region_name,
        "authUrl": region.get_auth().auth_url.rstrip("/"),
        "scope": None,
        **request_of(region.get_auth()),
        "verify": bool(verify),
        "ca": verify if isinstance(verify, str) else None,
        "certificate": certificate[0],
        "key": certificate[1],
        "timeout": float(region.config.get("api_timeout") or 0),
        "services": {
            name: {
                "endpoint": region.get_endpoint(name),
                "interface": as_list(region.get_interface(name)),
                "region": region.get_region_name(name) or None,
                "type": region.get_service_type(name),
                "name": region.get_service_name(name) or None,
            }
            for name in services
        },
    }


def answer(question, home):
    shutil.rmtree(home, ignore_errors=True)
    (home / "work").mkdir(parents=True)
    for name, text in question["files"].items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    os.environ.clear()
    os.environ.update({"HOME": str(home), **question["env"]})
    os.chdir(home / "work")
    try:
        return read(question)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    home = pathlib.Path(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), home)), flush=True)


main()
