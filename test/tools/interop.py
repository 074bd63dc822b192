#!/usr/bin/python3
"""Signs or verifies a model with the Python reference, run from its source.

    interop.py REFERENCE sign key MODEL BUNDLE PRIVATE_KEY
    interop.py REFERENCE sign certificate MODEL BUNDLE PRIVATE_KEY CERTIFICATE [CHAIN...]
    interop.py REFERENCE verify key MODEL BUNDLE PUBLIC_KEY
    interop.py REFERENCE verify certificate MODEL BUNDLE CHAIN...

The reference needs packages that Debian does not have (sigstore, sigstore-models, in-toto-attestation,
blake3). Key and certificate methods use little of them: plain classes for the bundle, a protobuf for the
statement. These stand in here; everything that hashes, signs and verifies is the reference's own code.
"""

import base64
import datetime
import json
import pathlib
import re
import sys
import types

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import types as key_types
from google.protobuf import json_format, struct_pb2
from OpenSSL import crypto

BYTES = {"sig", "payload", "raw_bytes"}
camel = lambda name: re.sub(r"_(\w)", lambda match: match[1].upper(), name)
snake = lambda name: re.sub(r"([A-Z])", lambda match: "_" + match[1].lower(), name.replace("X509", "x509") if name.startswith("X509") else name)


class Message:
    """Fields by keyword; bytes are given in base64 and stay so in JSON, as in sigstore-models."""

    AUTO = 0

    def __init__(self, **fields):
        self.__dict__.update(fields)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None

    def to_json(self):
        def plain(value):
            if isinstance(value, Message):
                return {camel(key): plain(item) for key, item in value.__dict__.items() if item is not None}
            if isinstance(value, list):
                return [plain(item) for item in value]
            return value.decode() if isinstance(value, bytes) else value

        return json.dumps(plain(self))

    @classmethod
    def from_dict(cls, data):
        def build(key, value):
            if isinstance(value, dict):
                return Message(**{snake(name): build(snake(name), item) for name, item in value.items()})
            if isinstance(value, list):
                return [build(key, item) for item in value]
            return base64.b64decode(value) if key in BYTES and isinstance(value, str) else value

        return build("", data)


class Struct:
    def __init__(self, data):
        self.data = data
        self.pb = struct_pb2.Struct()
        self.pb.update(data)


def descriptor(name, digest):
    return Struct({"name": name, "digest": digest})


def statement(subjects, predicate_type, predicate):
    subject = [json_format.MessageToDict(item) for item in subjects]
    return Struct({"_type": "https://in-toto.io/Statement/v1", "subject": subject, "predicateType": predicate_type, "predicate": predicate})


class Stub(types.ModuleType):
    """A package that is imported and, on these paths, not used."""

    __path__: list = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Message


def stub(name, **members):
    module = Stub(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)


for name in ("sigstore", "sigstore.models", "sigstore.dsse", "sigstore.oidc", "sigstore.sign", "sigstore.verify", "sigstore.verify.policy", "blake3"):
    stub(name)
for name in ("sigstore_models", "sigstore_models.intoto", "sigstore_models.bundle", "sigstore_models.bundle.v1", "sigstore_models.common", "sigstore_models.common.v1"):
    stub(name)
stub("in_toto_attestation")
stub("in_toto_attestation.v1")
stub("in_toto_attestation.v1.statement", ResourceDescriptor=descriptor, Statement=statement)

# Names that came after the cryptography of Debian 12.
for name in ("PublicKeyTypes", "PrivateKeyTypes", "CertificatePublicKeyTypes"):
    if not hasattr(key_types, name):
        setattr(key_types, name, object)
try:
    from cryptography.hazmat.backends.openssl.ec import _EllipticCurvePublicKey as PublicKey

    PublicKey.__eq__ = lambda self, other: self.public_numbers() == other.public_numbers()
except ImportError:
    pass  # A newer one compares keys itself.


class Certificate:
    """A certificate with the aware dates of cryptography 42."""

    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        if name in ("not_valid_before_utc", "not_valid_after_utc"):
            return getattr(self.inner, name[:-4]).replace(tzinfo=datetime.timezone.utc)
        return getattr(self.inner, name)


if not hasattr(x509.Certificate, "not_valid_before_utc"):
    load, from_cryptography = x509.load_der_x509_certificate, crypto.X509.from_cryptography
    x509.load_der_x509_certificate = lambda data: Certificate(load(data))
    crypto.X509.from_cryptography = staticmethod(lambda item: from_cryptography(item.inner if isinstance(item, Certificate) else item))
if not hasattr(x509, "load_pem_x509_certificates"):
    x509.load_pem_x509_certificates = lambda data: [x509.load_pem_x509_certificate(block) for block in re.findall(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", data, re.S)]

reference, action, method, model, bundle, *files = sys.argv[1:]
sys.path.insert(0, str(pathlib.Path(reference, "src")))
import model_signing  # noqa: E402

paths = [pathlib.Path(file) for file in files]
hashing = model_signing.hashing.Config().set_ignored_paths(paths=[pathlib.Path(bundle)], ignore_git_paths=True)
if action == "sign":
    config = model_signing.signing.Config().set_hashing_config(hashing)
    if method == "key":
        config.use_elliptic_key_signer(private_key=paths[0])
    else:
        config.use_certificate_signer(private_key=paths[0], signing_certificate=paths[1], certificate_chain=paths[2:])
    config.sign(pathlib.Path(model), pathlib.Path(bundle))
else:
    config = model_signing.verifying.Config()
    if method == "key":
        config.use_elliptic_key_verifier(public_key=paths[0])
    else:
        config.use_certificate_verifier(certificate_chain=paths)
    config.verify(pathlib.Path(model), pathlib.Path(bundle))
print("ok")
