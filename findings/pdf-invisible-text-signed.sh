#!/usr/bin/env bash
# What one would guess: an ordinary (approval) signature forbids nothing, so text that is never drawn, added behind all
#   signed bytes, leaves the file as trusted as it was; only certifying signatures complain.
# What happens: pyHanko finds the signature intact and valid, calls the change one that no policy allows (OTHER), and its
#   bottom line is False, of an ordinary signature just as of a certifying one.
# Version: pyHanko 0.38.0, pikepdf 10.18.0 for the file (PyPI). Seen on 2026-11-30.
# Where it matters: services/ocr/signatures.py warns of every signature, and `?signed=refuse` adds nothing to such files.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyhanko==0.38.0 pikepdf==10.18.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import datetime
from io import BytesIO

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

key = rsa.generate_private_key(65537, 2048)
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sample")])
today = datetime.datetime.now(datetime.timezone.utc)
made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
made = made.not_valid_before(today - datetime.timedelta(1)).not_valid_after(today + datetime.timedelta(1))
usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
certificate = made.add_extension(usage, True).sign(key, hashes.SHA256())
none = serialization.NoEncryption()
open("key.pem", "wb").write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none))
open("cert.pem", "wb").write(certificate.public_bytes(serialization.Encoding.PEM))
signer = signers.SimpleSigner.load("key.pem", "cert.pem")
trusted = ValidationContext(trust_roots=[load_cert_from_pemder("cert.pem")])


def verdict(file):
    status = validate_pdf_signature(PdfFileReader(file).embedded_signatures[0], trusted)
    return status.intact, status.valid, status.modification_level.name, status.bottom_line


for certify in (False, True):
    page, signed = BytesIO(), BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(page)
    about = signers.PdfSignatureMetadata(field_name="S", certify=certify)
    signers.sign_pdf(IncrementalPdfFileWriter(page), about, signer=signer, output=signed)
    assert verdict(signed) == (True, True, "NONE", True), verdict(signed)
    writer = IncrementalPdfFileWriter(signed)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = generic.DictionaryObject({generic.pdf_name(k): generic.pdf_name(v) for k, v in font.items()})
    fonts = generic.DictionaryObject({generic.pdf_name("/F"): font})
    resources = generic.DictionaryObject({generic.pdf_name("/Font"): fonts})
    text = generic.StreamObject(stream_data=b"BT 3 Tr /F 12 Tf 72 700 Td (never drawn) Tj ET")
    writer.add_stream_to_page(0, writer.add_object(text), resources)
    added = BytesIO()
    writer.write(added)
    assert added.getvalue().startswith(signed.getvalue())
    found = verdict(added)
    assert found == (True, True, "OTHER", False), f"another verdict now: {found}"
    print("As found:", "certifying" if certify else "ordinary", found)
PYTHON
