"""Certificates for a test: an authority, a broker's and a client's, made with openssl."""

from __future__ import annotations

import subprocess
from pathlib import Path


class Authority:
    """Signs certificates; its own is in `<name>.pem`, all files in one directory."""

    def __init__(self, directory: Path, name: str = "ca") -> None:
        self._directory = directory
        self._name = name
        self.file = directory / f"{name}.pem"
        key = directory / f"{name}.key"
        make = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
        _openssl(*make, "-subj", f"/CN={name}", "-keyout", key, "-out", self.file)

    def sign(self, name: str, host: str | None = None) -> tuple[Path, Path]:
        """Make a certificate for a name, good for a host; gives the paths of it and its key."""
        key, certificate, request, more = (
            self._directory / f"{name}.{kind}" for kind in ("key", "pem", "csr", "ext")
        )
        make = ("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}")
        _openssl(*make, "-keyout", key, "-out", request)
        more.write_text(f"subjectAltName=IP:{host}\n" if host else "basicConstraints=CA:false\n")
        signer = ("-CA", self.file, "-CAkey", self._directory / f"{self._name}.key")
        made = ("-out", certificate, "-extfile", more, "-days", "2", "-CAcreateserial")
        _openssl("x509", "-req", "-in", request, *signer, *made)
        return certificate, key


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
