#!/bin/sh
# What a person types to get the same parts without Hubwright: `by-hand.sh install`, then `by-hand.sh start`.
# In the folder that it is called in. The same locked packages, the same installer, the same proxy.
set -eu
repository=$(cd "$(dirname "$0")/.." && pwd)

case $1 in
  install)
    npm install --silent --no-audit --no-fund configurable-http-proxy@5.3.0
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target uv --require-hashes -r "$repository/runtime/uv.lock.txt"
    uv/bin/uv venv --quiet hub
    VIRTUAL_ENV=$PWD/hub uv/bin/uv pip install --quiet --no-deps --require-hashes -r "$repository/runtime/requirements.lock"
    cat >jupyterhub_config.py <<END
c.JupyterHub.bind_url = "http://127.0.0.1:$2"
c.JupyterHub.hub_port = $3
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:$4"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "by-hand"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "$PWD/homes/{username}"
c.Spawner.default_url = "/lab"
c.Spawner.args = ["--allow-root"]
END
    ;;
  start)
    PATH=$PWD/hub/bin:$PWD/node_modules/.bin:$PATH exec hub/bin/jupyterhub --config jupyterhub_config.py
    ;;
esac
