"""Hubwright's part of the JupyterHub that runs on one machine.

Each file stands for itself; `jupyterhub_config.py` puts them together:

- `accounts.py`      log-in with listed accounts (also mounted on a cluster's hub, hence self-contained)
- `oidc.py`          log-in with an OpenID Connect provider, by group
- `metrics.py`       what the hub tells Prometheus beside JupyterHub's own metrics (on a cluster's hub too)
- `server_metrics.py` memory and CPU time of the servers here, for the same
- `profiles.py`      the profiles file, the chooser's form
- `choice.py`        which profile a server gets (also mounted on a cluster's hub, hence self-contained)
- `cluster_spawner.py`  the spawner of a cluster's hub; not used on this machine
- `spawner.py`       starts a person's server with the chosen profile, and knows it again after a hub restart
- `identity.py`      which process is meant by a process id
- `launch.py`        what runs in a server's process before JupyterLab: limits, materials, the profile's commands
- `limits.py`        memory and CPU limits by systemd or a delegated cgroup
- `materials.py`     the read-only materials folder in a home
- `capabilities.py`  what of that this machine lets us do
"""
