"""Until when the certificate is good that the hub's proxy shows.

Looked at from outside, as browsers do: what counts is what they are shown, and a proxy that was not restarted shows an old
one. traefik, which gets certificates from Let's Encrypt, tells it by itself; a certificate of people's own nobody else tells.

This file needs nothing but JupyterHub and what that needs: keep it so, because it is mounted on the hub of a cluster.
"""

import logging
import socket
import ssl
import threading
import time

from cryptography import x509
from prometheus_client import Gauge

ENDS = Gauge(
    "hubwright_certificate_not_after_seconds", "When the certificate that the proxy shows ends, in seconds since 1970", ["name"]
)

EVERY = 600
PATIENCE = 10

log = logging.getLogger("hubwright.certificate")


def shown_by(host, port):
    """The certificate that a server shows, whoever has signed it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Also one that is refused by browsers has an end.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection((host, port), timeout=PATIENCE) as plain:
        with context.wrap_socket(plain, server_hostname=host) as secure:
            return x509.load_der_x509_certificate(secure.getpeercert(binary_form=True))


def look(name, host, port):
    """Takes down until when it is good; nothing where nobody shows one, so that an old answer does not stand for it."""
    try:
        ENDS.labels(name=name).set(shown_by(host, port).not_valid_after_utc.timestamp())
    except (OSError, ValueError) as error:
        ENDS.clear()
        log.warning("The certificate of %s:%s cannot be looked at: %s", host, port, error)


def watch(name, host, port=443):
    """Looks every ten minutes, beside the hub: a proxy that does not answer must not keep it waiting."""

    def go_on():
        while True:
            look(name, host, port)
            time.sleep(EVERY)

    threading.Thread(target=go_on, name="certificate", daemon=True).start()
