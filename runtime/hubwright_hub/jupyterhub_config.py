"""JupyterHub's configuration. Nothing here depends on one hub: what does is read from the state folder.

HUBWRIGHT_STATE names that folder:

    settings/hub.json         what the operator's file says
    settings/profiles.json    the profiles (read by the spawner whenever it changes)
    secrets/accounts.json     the accounts (read by the authenticator whenever it changes)
    secrets/proxy_token, cookie_secret, service_token, metrics_token
    hub/jupyterhub.sqlite, logs/servers/
"""

import json
import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
# Not the folder that the hub was started in (`python -m` adds it): what lies around there is no module of ours.
sys.path[:] = [str(PACKAGE.parent), str(PACKAGE.parent / "stand_ins"), *(p for p in sys.path if p not in ("", os.getcwd()))]

from hubwright_hub import server_metrics  # noqa: E402

c = get_config()  # noqa: F821

STATE = Path(os.environ["HUBWRIGHT_STATE"])
SETTINGS = json.loads((STATE / "settings/hub.json").read_text(encoding="utf-8"))
TUNING = SETTINGS.get("hub") or {}
CONTACT = SETTINGS.get("contactEmail") or ""


def secret(name):
    return (STATE / "secrets" / name).read_text(encoding="ascii").strip()


def main():
    configure_addresses()
    configure_hub()
    configure_login(SETTINGS["auth"])
    configure_servers()
    configure_pages()
    configure_services(SETTINGS.get("culling"))


def configure_addresses():
    """Everything listens on this machine alone: it is one operating-system user's hub."""
    c.JupyterHub.bind_url = SETTINGS["publicUrl"]
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{SETTINGS['hubPort']}"
    # Started and stopped by the operator's tool, and left alone by the hub: so a hub's restart cuts nobody off.
    c.JupyterHub.proxy_class = "jupyterhub.proxy.ConfigurableHTTPProxy"
    c.ConfigurableHTTPProxy.should_start = False
    c.ConfigurableHTTPProxy.api_url = SETTINGS["proxyApiUrl"]
    c.ConfigurableHTTPProxy.auth_token = secret("proxy_token")
    c.JupyterHub.cleanup_proxy = False
    c.JupyterHub.cleanup_servers = False


def configure_hub():
    c.JupyterHub.db_url = f"sqlite:///{STATE}/hub/jupyterhub.sqlite"
    # As on the cluster: a newer hub takes over an older one's database.
    c.JupyterHub.upgrade_db = True
    c.JupyterHub.cookie_secret_file = str(STATE / "secrets/cookie_secret")
    c.JupyterHub.allow_named_servers = False
    # No service of ours has pages.
    c.JupyterHub.service_check_interval = 0
    for setting, trait in {
        "concurrentSpawnLimit": "concurrent_spawn_limit",
        "activityResolution": "activity_resolution",
        "lastActivityInterval": "last_activity_interval",
        "initSpawnersTimeout": "init_spawners_timeout",
    }.items():
        if TUNING.get(setting) is not None:
            setattr(c.JupyterHub, trait, TUNING[setting])
    c.JupyterHub.tornado_settings = {
        # As on the cluster: people wait on the page that shows the progress. With a wait before it, a failed start would count
        # twice in the hub's metrics.
        "slow_spawn_timeout": 0,
        # JupyterHub itself forbids other sites to show its pages in a frame.
        "headers": {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"},
    }


def configure_login(auth):
    if auth["kind"] == "oidc":
        from hubwright_hub import oidc

        callback = {"callbackUrl": f"{SETTINGS['publicUrl'].rstrip('/')}/hub/oauth_callback"}
        oidc.configure(c, callback | auth | {"contactEmail": auth.get("contactEmail") or CONTACT})
        return
    c.JupyterHub.authenticator_class = "hubwright_hub.accounts.ListedAccountsAuthenticator"
    c.ListedAccountsAuthenticator.accounts_file = str(STATE / "secrets/accounts.json")
    c.ListedAccountsAuthenticator.minimum_password_length = auth.get("minimumPasswordLength") or 8


def configure_servers():
    c.JupyterHub.spawner_class = "hubwright_hub.spawner.ProfileSpawner"
    c.ProfileSpawner.profiles_path = str(STATE / "settings/profiles.json")
    c.ProfileSpawner.logs_dir = str(STATE / "logs/servers")
    c.ProfileSpawner.environment_name = SETTINGS["environment"]
    c.Spawner.start_timeout = TUNING.get("startTimeout") or 3600
    c.Spawner.http_timeout = TUNING.get("httpTimeout") or 60
    # Looking after a process of one's own costs nothing: a server that died is seen soon.
    c.Spawner.poll_interval = 5
    c.Spawner.consecutive_failure_limit = TUNING.get("consecutiveFailureLimit") or 0
    if TUNING.get("activityInterval") is not None:
        c.Spawner.environment = {"JUPYTERHUB_ACTIVITY_INTERVAL": str(TUNING["activityInterval"])}


def configure_pages():
    c.JupyterHub.template_paths = [str(PACKAGE / "templates")]
    c.JupyterHub.template_vars = {
        "hubwright_title": SETTINGS.get("title") or "JupyterHub",
        "hubwright_contact": CONTACT,
        "hubwright_can_change_password": SETTINGS["auth"]["kind"] == "accounts",
    }


def configure_services(culling):
    c.JupyterHub.services = [{"name": "hubwright", "display": False, "api_token": secret("service_token")}]
    c.JupyterHub.load_roles = [
        {
            "name": "hubwright",
            "description": "The operator's tool",
            "services": ["hubwright"],
            "scopes": [
                "admin:users",
                "admin:servers",
                "admin:server_state",
                "list:users",
                "tokens",
                "access:servers",
                "proxy",
                "read:hub",
                "read:metrics",
                "shutdown",
            ],
        }
    ]
    add_metrics()
    if culling:
        add_culler(culling)


def add_metrics():
    """A token that opens the metrics alone, and what is in them beside JupyterHub's own (accounts.py and oidc.py add more)."""
    name = "hubwright-metrics"
    c.JupyterHub.services.append({"name": name, "display": False, "api_token": secret("metrics_token")})
    c.JupyterHub.load_roles.append(
        {"name": name, "description": "Prometheus", "services": [name], "scopes": ["read:metrics"]}
    )
    server_metrics.register()


def add_culler(culling):
    command = [sys.executable, str(PACKAGE / "culler.py")]
    command += [f"--timeout={culling['timeout']}", f"--cull-every={culling['every']}"]
    command += [f"--concurrency={culling.get('concurrency') or 10}"]
    if culling.get("maxAge"):
        command += [f"--max-age={culling['maxAge']}"]
    environment = {"HUBWRIGHT_HUB_PID": str(os.getpid())}
    c.JupyterHub.services.append({"name": "idle-culler", "display": False, "command": command, "environment": environment})
    c.JupyterHub.load_roles.append(
        {
            "name": "idle-culler",
            "description": "Stops servers that nobody uses",
            "services": ["idle-culler"],
            # The four that its own documentation names.
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        }
    )


main()
