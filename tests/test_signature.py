"""Who exported a report: signed by us, by someone unknown, by nobody, or altered; and no key is ever repeated."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_export import checked, full

from roadmap import export
from roadmap import report as reports
from roadmap.export import MalformedKey, Refused, Seal, signature
from roadmap.report import Report

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(signature.OWN, raising=False)
    monkeypatch.delenv(signature.TRUSTED, raising=False)


def exported(of: Report, key: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The JSON that a server with this key exports; the key is gone afterwards."""
    with monkeypatch.context() as there:
        there.setenv(signature.OWN, key)
        return export.to_json(of)


def test_a_server_without_a_key_exports_unsigned() -> None:
    assert "signature" not in json.loads(export.to_json(full()))
    assert export.judged(export.read("a", export.to_json(full()))) is Seal.UNSIGNED


@pytest.mark.parametrize("of", [full(), checked()], ids=["ticks", "answers"])
@pytest.mark.parametrize("written", [export.to_json, export.to_html], ids=["JSON", "HTML"])
def test_what_a_server_signs_it_knows_again(of: Report, written: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(signature.OWN, signature.new_key()[0])
    again = export.read("a", written(of))  # type: ignore[operator]
    assert export.judged(again) is Seal.SIGNED
    assert again.model_copy(update={"signature": None}) == of
    assert written(of) == written(of)  # type: ignore[operator]


def test_another_server_does_not_know_the_key_until_it_trusts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    private, public = signature.new_key()
    data = exported(full(), private, monkeypatch)
    assert export.judged(export.read("a", data)) is Seal.UNKNOWN
    monkeypatch.setenv(signature.OWN, signature.new_key()[0])
    assert export.judged(export.read("a", data)) is Seal.UNKNOWN
    monkeypatch.setenv(signature.TRUSTED, f" {signature.new_key()[1]} , {public},")
    assert export.judged(export.read("a", data)) is Seal.SIGNED


def test_a_key_is_rotated_by_trusting_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    (old, old_public), (new, _) = signature.new_key(), signature.new_key()
    before, after = (exported(full(), key, monkeypatch) for key in (old, new))
    monkeypatch.setenv(signature.OWN, new)
    monkeypatch.setenv(signature.TRUSTED, old_public)
    assert {export.judged(export.read("a", data)) for data in (before, after)} == {Seal.SIGNED}


def test_a_report_that_was_edited_and_summed_again_is_altered_where_the_key_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    private, public = signature.new_key()
    content = {**json.loads(exported(full(), private, monkeypatch)), "name": "Eve"}
    forged = json.dumps({**content, "checksum": reports.checksum(content)}).encode()
    assert export.judged(export.read("a", forged)) is Seal.UNKNOWN  # nothing can be said without the key
    monkeypatch.setenv(signature.TRUSTED, public)
    with pytest.raises(Refused, match="altered"):
        export.read("a", forged)


def test_a_signature_of_another_report_is_altered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(signature.OWN, signature.new_key()[0])
    one, other = (json.loads(export.to_json(full(name=name))) for name in ("Ada", "Eve"))
    with pytest.raises(Refused, match="altered"):
        export.read("a", json.dumps({**one, "signature": other["signature"]}).encode())


def test_an_edited_report_is_altered() -> None:
    with pytest.raises(Refused, match="altered"):
        export.read("a", export.to_json(full()).replace(b'"name": "Ada"', b'"name": "Eve"'))


@given(st.text(max_size=90) | st.binary(min_size=64, max_size=64).map(lambda raw: base64.b64encode(raw).decode()))
def test_any_signature_is_a_report_with_an_unknown_key_or_refused(value: str) -> None:
    content = {**json.loads(export.to_json(full())), "signature": {"key": "0" * 16, "value": value}}
    try:
        assert export.judged(export.read("a", json.dumps(content).encode())) is Seal.UNKNOWN
    except Refused as refused:
        assert "signature" in str(refused) or "text" in str(refused)


def test_every_seal_says_what_it_shows_and_what_it_does_not() -> None:
    assert [seal.sentence for seal in Seal] == [
        "Signed by your server.",
        "Signed with an unknown key.",
        "Unsigned.",
        "Altered.",
    ]
    assert all(seal.limits.endswith(".") for seal in Seal)


@pytest.mark.parametrize("variable", [signature.OWN, signature.TRUSTED])
@pytest.mark.parametrize("key", ["not base64!", "c2VjcmV0", base64.b64encode(b"x" * 64).decode(), "שלום", "a"])
def test_a_malformed_key_is_named_by_its_variable_and_never_repeated(
    variable: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, key)
    with pytest.raises(MalformedKey) as problem:
        signature.keys()
    assert variable in str(problem.value)
    assert key not in str(problem.value) or len(key) == 1


@pytest.mark.parametrize(
    "start",
    [["roadmap", "run", "--no-browser", "--port", "1"], ["streamlit", "run", "app.py", "--server.headless=true"]],
)
def test_a_start_with_a_malformed_key_ends_in_a_sentence(start: list[str]) -> None:
    environment = {**os.environ, signature.OWN: "c2VjcmV0"}
    ended = subprocess.run(
        [sys.executable, "-m", *start], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1] == (
        "ROADMAP_SIGNING_KEY holds a key of 6 bytes where an Ed25519 key has 32; `python -m roadmap key` makes one."
    )


def test_the_command_makes_a_key_that_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "roadmap", "key"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    name, private = said.splitlines()[0].split("=", 1)
    public = said.split()[-1]
    monkeypatch.setenv(name, private)
    monkeypatch.setenv(signature.TRUSTED, public)
    [known] = signature.keys().trusted
    assert export.read("a", export.to_json(full())).signature.key == known
