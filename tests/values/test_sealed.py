"""Files under SOPS: an edit never breaks what SOPS checks or encrypts."""

from __future__ import annotations

import pytest

from rea_xcom_tui.values import AddKey, AppendItem, Edit, RefusedEdit, Remove, RenameKey, SetText, edit

CIPHER = "ENC[AES256_GCM,data:Zm9v,iv:aXY=,tag:dGFn,type:str]"
CLEAR = ("env", ("name", "SIZE"), "value")


def sealed(*settings: str) -> bytes:
    lines = "".join(f"  {line}\n" for line in ("mac: " + CIPHER, "version: 3.10.2", *settings))
    return f'token: {CIPHER}\nenv:\n  - name: SIZE\n    value: "1"\nlabels:\n  a: b\nsops:\n{lines}'.encode()


def refusal(data: bytes, *edits: Edit) -> str:
    with pytest.raises(RefusedEdit) as caught:
        edit(data, edits)
    assert caught.value.code == "sealed"
    return str(caught.value)


@pytest.mark.parametrize("settings", [(), ("mac_only_encrypted: false",), ("encrypted_regex: ^token$",)])
def test_a_checksum_over_clear_values_refuses_every_edit(settings: tuple[str, ...]) -> None:
    assert "edit it with `sops`" in refusal(sealed(*settings), SetText(CLEAR, "2"))
    assert "undecryptable" in refusal(sealed(*settings), AddKey((), "new", "x"))


RULES = [
    "encrypted_regex: ^(token|password)$",
    "encrypted_suffix: ken",
    "unencrypted_regex: ^(env|labels|new|name)",
    "unencrypted_suffix: s",
]


@pytest.mark.parametrize("rule", RULES[:3])
def test_clear_values_can_be_edited_where_the_checksum_leaves_them_out(rule: str) -> None:
    data = sealed("mac_only_encrypted: true", rule)
    assert edit(data, [SetText(CLEAR, "2")]) == data.replace(b'"1"', b'"2"')
    assert edit(data, [AddKey(("labels",), "c", "d")]) == data.replace(b"  a: b\n", b"  a: b\n  c: d\n")
    assert b"MORE" in edit(data, [AppendItem(("env",), (("name", "MORE"), ("value", "x")))])


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        (RULES[0], SetText(("token",), "x")),
        (RULES[0], Remove(("token",))),
        (RULES[0], RenameKey(("token",), "clear")),
        (RULES[0], RenameKey(("labels",), "password")),
        (RULES[0], AddKey((), "password", "x")),
        (RULES[1], AddKey(("labels",), "a.token", "x")),
        (RULES[2], AddKey((), "other", "x")),
        (RULES[3], SetText(CLEAR, "2")),
        ("lastmodified: '2026-09-01T10:00:00Z'", SetText(CLEAR, "2")),
    ],
)
def test_what_is_or_has_to_be_encrypted_cannot_be_edited(rule: str, change: Edit) -> None:
    assert "would have to be" in refusal(sealed("mac_only_encrypted: true", rule), change)


@pytest.mark.parametrize("rule", ["encrypted_comment_regex: x", "encrypted_regex: (to|ken)+x", "encrypted_regex: '['"])
def test_a_rule_that_is_not_followed_refuses(rule: str) -> None:
    assert "not followed here" in refusal(sealed("mac_only_encrypted: true", rule), SetText(CLEAR, "2"))


def test_a_key_called_sops_alone_is_no_seal() -> None:
    data = b"sops:\n  enabled: true\na: old\n"
    assert edit(data, [SetText(("a",), "new")]) == data.replace(b"old", b"new")
