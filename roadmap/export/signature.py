"""Who exported a report or a review: Ed25519 signatures over its canonical JSON, where an organisation sets a key.

`ROADMAP_SIGNING_KEY` holds the private key (base64 of its 32 bytes): exports then carry a signature. What is signed
with it, or with a key whose public half `ROADMAP_TRUSTED_KEYS` lists (base64, separated by commas), counts as ours; so
a key is rotated by moving the old public key there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from roadmap import report
from roadmap.report import Report, Signature
from roadmap.report import review as reviews
from roadmap.report.review import Review

Signable = TypeVar("Signable", Report, Review)

OWN, TRUSTED = "ROADMAP_SIGNING_KEY", "ROADMAP_TRUSTED_KEYS"
MAKE_ONE = "`python -m roadmap key` makes one"


class Seal(Enum):
    """What can be said of where a report comes from: a sentence, and the limits of it in another."""

    SIGNED = (
        "Signed by your server.",
        "A signature shows that your organisation's server exported this file and that nothing was changed since, "
        "not that what it says is true.",
    )
    UNKNOWN = (
        "Signed with an unknown key.",
        "This server does not know that key, so the signature shows nothing here. Another organisation may have made "
        "the file, or an older key is not among the trusted ones.",
    )
    UNSIGNED = (
        "Unsigned.",
        "Its checksum shows damage and careless edits. A checksum is no signature: whoever edits a file on purpose "
        "can make a new one.",
    )
    ALTERED = (
        "Altered.",
        "What it says is not what was exported, by damage or by editing; so it is not opened.",
    )

    @property
    def sentence(self) -> str:
        """What is known: one of four."""
        return self.value[0]

    @property
    def limits(self) -> str:
        """What this does and does not show."""
        return self.value[1]


class MalformedKey(ValueError):
    """A key in the environment that is none, in a sentence for whoever set it."""


class Keys(NamedTuple):
    """The key that signs, if any, and every public key that counts as ours, by its short name."""

    own: Ed25519PrivateKey | None
    trusted: Mapping[str, Ed25519PublicKey]


def keys() -> Keys:
    """The keys of the environment. Raises MalformedKey where one of them is no key."""
    return _keys(os.environ.get(OWN, ""), os.environ.get(TRUSTED, ""))


@lru_cache(maxsize=4)
def _keys(own: str, trusted: str) -> Keys:
    signs = Ed25519PrivateKey.from_private_bytes(_bytes(OWN, own)) if own.strip() else None
    listed = [Ed25519PublicKey.from_public_bytes(_bytes(TRUSTED, one)) for one in trusted.split(",") if one.strip()]
    every = [signs.public_key(), *listed] if signs else listed
    return Keys(signs, {short_name(key): key for key in every})


def _bytes(variable: str, text: str) -> bytes:
    """The 32 bytes of a key; what was set is never repeated, since it may be a secret."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise MalformedKey(f"{variable} holds a key that is not base64; {MAKE_ONE}.") from None
    if len(key) != 32:
        raise MalformedKey(f"{variable} holds a key of {len(key)} bytes where an Ed25519 key has 32; {MAKE_ONE}.")
    return key


def short_name(key: Ed25519PublicKey) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def new_key() -> tuple[str, str]:
    """A new private key and its public half, both as they are set in the environment."""
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes_raw(), private.public_key().public_bytes_raw()
    return base64.b64encode(raw[0]).decode(), base64.b64encode(raw[1]).decode()


def payload(of: Report | Review) -> dict[str, Any]:
    """Either as plain JSON values, as it is written to a file."""
    return report.payload(of) if isinstance(of, Report) else reviews.payload(of)


def signed(of: Signable) -> Signable:
    """The same as this server exports it: with its signature where there is a key, else without any."""
    own = keys().own
    if own is None:
        return of.model_copy(update={"signature": None})
    value = base64.b64encode(own.sign(report.canonical(payload(of)))).decode()
    return of.model_copy(update={"signature": Signature(key=short_name(own.public_key()), value=value)})


def judged(of: Report | Review) -> Seal:
    """Where a report or review comes from, as far as its signature shows."""
    if of.signature is None:
        return Seal.UNSIGNED
    key = keys().trusted.get(of.signature.key)
    if key is None:
        return Seal.UNKNOWN
    try:
        key.verify(base64.b64decode(of.signature.value), report.canonical(payload(of)))
    except InvalidSignature:
        return Seal.ALTERED
    return Seal.SIGNED
