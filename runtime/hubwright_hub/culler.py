"""The idle culler as a service of the hub, which ends when the hub does.

JupyterHub starts a service in a session of its own. When the hub is killed, the service would stay, with a token that no later
hub knows, beside the later hub's own.
"""

import os
import threading
import time


def end_with_hub():
    # Told, not asked for with getppid(): the hub may have been killed before this line.
    hub = int(os.environ["HUBWRIGHT_HUB_PID"])

    def watch():
        while os.getppid() == hub:
            time.sleep(1)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    end_with_hub()
    # After the watch has begun: it is the longest part of starting.
    from jupyterhub_idle_culler import main

    main()
