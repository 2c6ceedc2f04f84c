"""Calls to addresses that clients named: nobody is led inside, and nobody keeps the service waiting."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config import BadSetting
from services.outbound import Allowed, Outbound, Refused, TooLarge, Unreachable
from services.outbound.addresses import is_public
from services.outbound.target import parse
from tests.support.receiver import Receiver, drips, pours, receiving, says

PUBLIC = "93.184.216.34"
MOST = 100_000


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


def outbound(*allow: str, names: Mapping[str, Sequence[str]] | None = None, **more: Any) -> Outbound:
    """With these hosts allowed; `names` is all that there is in the world."""

    def resolve(host: str, port: int) -> Sequence[str]:
        if host not in (names or {}):
            raise OSError("no such name")
        return (names or {})[host]

    return Outbound(Allowed.parse(allow), "tests", resolve, **more)


def fetched(calls: Outbound, url: str, seconds: float = 10) -> bytes:
    file = BytesIO()
    calls.fetch(url, file, MOST, seconds)
    return file.read()


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
        *("172.16.0.1", "172.31.255.255", "192.0.0.192", "192.168.1.1", "198.18.0.1", "203.0.113.7", "224.0.0.1"),
        *("240.0.0.1", "255.255.255.255", "168.63.129.16", "192.88.99.1"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b:1::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:7f00:1::", "fe80::1", "fe80::1%eth0"),
        *("fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1"),
    ],
)
def test_no_address_with_a_meaning_of_its_own_is_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", [PUBLIC, "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_others_are(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "//example.com", "ftp://example.com", "file:///etc/passwd", "gopher://example.com", "javascript:1"),
        *("http://", "http:///path", "http://user@example.com", "http://user:pw@example.com", "http://@example.com"),
        *("http://example.com:22", "http://example.com:25", "http://example.com:0", "http://example.com:99999"),
        *("http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.0.1.5/"),
        *("http://0x7f.1/", "http://1.2.3.0x4/", "http://[fe80::1%25eth0]/", "http://[::1", "http://[127.0.0.1]/"),
        *("http://%31%32%37.0.0.1/", "http://exa mple.com/", "http://example.com\\@127.0.0.1/", "http://a..b/"),
        *("http://example.com/\n", "http://exam\tple.com/", "http://example.com/\r\nX: y", "http://\ud800.com/"),
        *("http://127。1/", f"http://example.com/{'x' * 3000}", f"http://{'a' * 64}.com", "http://-a.com"),
    ],
)
def test_odd_urls_are_refused(url: str) -> None:
    with pytest.raises(Refused):
        outbound(names={"example.com": [PUBLIC]}).check(url)


@pytest.mark.parametrize(
    ("url", "usual"),
    [
        ("HTTPS://Example.COM.:443/A?b=c#d", "https://example.com/A?b=c"),
        ("https://bücher.example/ü?q=ß", "https://xn--bcher-kva.example/%C3%BC?q=%C3%9F"),
        ("https://[2606:4700::1111]:8443", "https://[2606:4700::1111]:8443/"),
        ("https://１２７.0.0.1/", "https://127.0.0.1/"),
    ],
)
def test_a_url_has_one_usual_spelling(url: str, usual: str) -> None:
    assert parse(url).url == usual
    assert parse(usual).url == usual


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://127.0.0.1/",
            "https://127.0.0.1./",
            "https://１２７.0.0.1/",
            "https://169.254.169.254/latest/meta-data",
        ),
        *("http://[::ffff:127.0.0.1]:8080/", "https://[::1]/", "https://0.0.0.0/", "https://inside.example/"),
        *("https://mixed.example/", "https://nowhere.example/", "https://silent.example/", "https://Inside.Example./"),
    ],
)
def test_inside_is_refused_and_all_refusals_are_alike(url: str) -> None:
    names = {"inside.example": ["10.0.0.1"], "mixed.example": [PUBLIC, "127.0.0.1"], "silent.example": []}
    with pytest.raises(Refused) as refused:
        outbound(names=names).check(url)
    assert str(refused.value) == ""


def test_localhost_is_refused_as_this_machine_resolves_it() -> None:
    with pytest.raises(Refused):
        Outbound(Allowed(), "tests").check("https://localhost:8443/")


@pytest.mark.parametrize(
    ("allow", "url"),
    [
        ("127.0.0.1", "https://127.0.0.1/"),
        ("127.0.0.1", "https://[::ffff:127.0.0.1]/"),
        ("127.0.0.0/8", "http://127.1.2.3:8080/"),
        ("fd00::/8", "http://[fd00::1]/"),
        ("10.0.0.0/8", "http://inside.example/"),
        ("inside.example", "http://inside.example/"),
        ("INSIDE.example.", "http://inside.example/"),
        ("*.example", "http://inside.example/"),
        ("cafe.de", "http://cafe.de/"),
    ],
)
def test_what_is_allowed_is_called_and_over_http_too(allow: str, url: str) -> None:
    outbound(allow, names={"inside.example": ["10.0.0.1"], "cafe.de": ["10.0.0.1"]}).check(url)


@pytest.mark.parametrize("allow", ["inside.example", "*.inside.example", "10.0.0.2", "example", "*.nside.example"])
def test_what_is_not_named_is_not_allowed(allow: str) -> None:
    names = {"inside.example": ["10.0.0.1"], "notinside.example": ["10.0.0.1"]}
    with pytest.raises(Refused):
        outbound(allow, names=names).check("https://notinside.example/")


def test_a_public_host_is_sent_nothing_over_http() -> None:
    calls = outbound(names={"example.com": [PUBLIC]})
    calls.check("https://example.com/")
    for attempt in (calls.check, partial(calls.post, headers={}, body=b"", seconds=1)):
        with pytest.raises(Refused):
            attempt("http://example.com/")


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "http://a", "a b", "*.", "127.1", "10.0.0.0/40"])
def test_a_wrong_entry_of_the_list_is_named(entry: str) -> None:
    with pytest.raises(BadSetting, match="OUTBOUND_ALLOW"):
        Allowed.parse([entry])


def test_a_name_that_changes_its_mind_is_called_where_it_was_looked_at(receiver: Receiver) -> None:
    """At every look-up another answer: the first passes, and is the one that is called."""
    answers = iter((["127.0.0.1"], ["127.0.0.2"]))
    calls = Outbound(Allowed.parse(["127.0.0.1/32"]), "tests", lambda host, port: next(answers))
    receiver.plans["/rebind"] = [says(200, b"first")]
    assert fetched(calls, f"http://changing.example:{receiver.port}/rebind") == b"first"
    assert next(answers) == ["127.0.0.2"]
    assert receiver.at("/rebind")[0].headers["host"] == f"changing.example:{receiver.port}"


def test_what_passed_once_is_looked_at_again(receiver: Receiver) -> None:
    answers = iter(([PUBLIC], ["127.0.0.1"]))
    calls = Outbound(Allowed(), "tests", lambda host, port: next(answers))
    url = calls.check(f"https://changing.example:{receiver.port}/again").url
    with pytest.raises(Refused):
        calls.post(url, {}, b"", 5)
    assert not receiver.at("/again")


def test_redirects_are_followed_and_each_is_looked_at(receiver: Receiver) -> None:
    calls = outbound("127.0.0.1")
    receiver.plans["/from"] = [says(302, Location="/to")]
    receiver.plans["/to"] = [says(200, b"there")]
    assert fetched(calls, f"{receiver.url}/from") == b"there"
    inside = ("http://169.254.169.254/", f"http://127.0.0.2:{receiver.port}/to", "file:///etc/passwd", "http://127.1/")
    for where in inside:
        receiver.plans["/inside"] = [says(307, b"not this", Location=where)]
        with pytest.raises(Refused):
            fetched(calls, f"{receiver.url}/inside")


def test_redirects_have_an_end(receiver: Receiver) -> None:
    receiver.plans["/round"] = [says(301, Location="/round")]
    with pytest.raises(Unreachable, match="redirects"):
        fetched(outbound("127.0.0.1"), f"{receiver.url}/round")
    assert len(receiver.at("/round")) == 4


def test_a_post_is_not_redirected(receiver: Receiver) -> None:
    receiver.plans["/post"] = [says(308, Location="/elsewhere")]
    assert outbound("127.0.0.1").post(f"{receiver.url}/post", {}, b"body", 5).status == 308
    assert not receiver.at("/elsewhere")


@pytest.mark.parametrize("act", [drips, lambda handler: handler.receiver.over.wait(30)])
def test_who_is_slow_costs_what_it_was_given_and_no_more(receiver: Receiver, act: Any) -> None:
    receiver.plans["/slow"] = [act]
    began = time.monotonic()
    with pytest.raises(Unreachable, match="timeout"):
        outbound("127.0.0.1").post(f"{receiver.url}/slow", {}, b"", 1)
    assert time.monotonic() - began < 20


def test_a_look_up_that_takes_for_ever_is_left(receiver: Receiver) -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        receiver.over.wait()
        return [PUBLIC]

    with pytest.raises(Refused):
        fetched(Outbound(Allowed(), "tests", resolve), "https://slow.example/", 0.5)


def test_of_an_endless_answer_only_so_much_is_read(receiver: Receiver) -> None:
    receiver.plans["/endless"] = [pours]
    with pytest.raises(TooLarge):
        fetched(outbound("127.0.0.1"), f"{receiver.url}/endless")
    assert outbound("127.0.0.1").post(f"{receiver.url}/endless", {}, b"", 5).status == 200


def test_an_error_is_no_file(receiver: Receiver) -> None:
    receiver.plans["/gone"] = [says(404, b"secret inside")]
    with pytest.raises(Unreachable, match="^status 404$"):
        fetched(outbound("127.0.0.1"), f"{receiver.url}/gone")


def test_nothing_of_the_environment_is_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    receiver.plans["/plain"] = [says(200, b"plain", Set_Cookie="a=b")]
    calls = outbound("127.0.0.1")
    assert [fetched(calls, f"{receiver.url}/plain") for _ in range(2)] == [b"plain"] * 2
    assert all("cookie" not in call.headers for call in receiver.at("/plain"))


def certificate(folder: Path, name: str) -> Path:
    """A certificate for this name, signed by itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    parts = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{name}.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*parts))
    return path


def test_the_certificate_has_to_be_for_the_name(tmp_path: Path) -> None:
    """Although the connection goes to a number."""
    path = certificate(tmp_path, "hooks.example")
    served, trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(path))
    served.load_cert_chain(path)
    names: list[str | None] = []
    served.sni_callback = lambda connection, name, context: names.append(name)
    everybody = {"hooks.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]}
    with receiving(lambda listening: served.wrap_socket(listening, server_side=True)) as receiver:
        calls = outbound("127.0.0.1", names=everybody, trust=lambda: trusted)
        assert calls.post(f"https://hooks.example:{receiver.port}/", {}, b"{}", 5).status == 204
        with pytest.raises(Unreachable, match="certificate"):
            calls.post(f"https://other.example:{receiver.port}/", {}, b"{}", 5)
    assert names == ["hooks.example", "other.example"] and len(receiver.received) == 1
