"""Until when the certificate is good that a real TLS server shows."""

import datetime
import ssl
import tempfile
import threading
import unittest
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from prometheus_client import REGISTRY
from support import free_port

from hubwright_hub.certificate import look

ENDS = datetime.datetime(2031, 5, 17, 8, 30, tzinfo=datetime.timezone.utc)


def certificate(folder):
    """Signed by itself, and for another name: whether browsers would take it is not what is asked."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "elsewhere.example.org")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ENDS - datetime.timedelta(days=3650))
        .not_valid_after(ENDS)
        .sign(key, hashes.SHA256())
    )
    path = Path(folder, "both.pem")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def told():
    return REGISTRY.get_sample_value("hubwright_certificate_not_after_seconds", {"name": "hub.example.org"})


class Certificate(unittest.TestCase):
    def serve(self):
        """@returns the port of a server that shows it, until the test ends."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(folder.name))
        server = HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1]

    def test_its_end_is_told_to_the_second(self):
        look("hub.example.org", "127.0.0.1", self.serve())
        self.assertEqual(told(), ENDS.timestamp())

    def test_what_cannot_be_looked_at_any_more_is_not_told_of_as_it_was(self):
        look("hub.example.org", "127.0.0.1", self.serve())
        with self.assertLogs("hubwright.certificate", "WARNING"):
            look("hub.example.org", "127.0.0.1", free_port())
        self.assertIsNone(told())
