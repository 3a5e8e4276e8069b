"""A passkey in software: what a phone answers to the options of a registration and a log-in."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestedCredentialData, AuthenticatorData

_HERE = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV  # present, and verified


@dataclass
class Passkey:
    """One key pair for one account of one site."""

    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def register(self, options: Any, origin: str = "https://localhost") -> dict[str, Any]:
        """Return the new credential."""
        self.user_handle = websafe_decode(options["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        credential = AttestedCredentialData.create(Aaguid.NONE, self.credential_id, public)
        data = AuthenticatorData.create(
            _rp_hash(options["rp"]["id"]), _HERE | AuthenticatorData.FLAG.AT, 0, credential
        )
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(data)})
        response = {
            "clientDataJSON": _client_data("webauthn.create", options["challenge"], origin),
            "attestationObject": websafe_encode(attestation),
        }
        return self._credential(response) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def authenticate(self, options: Any, origin: str = "https://localhost") -> dict[str, Any]:
        """Return the signed answer to a challenge."""
        data = AuthenticatorData.create(_rp_hash(options["rpId"]), _HERE, 1)
        client_data = _client_data("webauthn.get", options["challenge"], origin)
        signed = bytes(data) + sha256(websafe_decode(client_data)).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": client_data,
            "authenticatorData": websafe_encode(bytes(data)),
            "signature": websafe_encode(signature),
            "userHandle": websafe_encode(self.user_handle),
        }
        return self._credential(response) | {"clientExtensionResults": {}}

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        name = websafe_encode(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}


def _rp_hash(rp_id: str) -> bytes:
    return sha256(rp_id.encode()).digest()


def _client_data(kind: str, challenge: str, origin: str) -> str:
    data = {"type": kind, "challenge": challenge, "origin": origin}
    return websafe_encode(json.dumps(data).encode())
