"""How an identity is named."""

from flink_workspace_operator.core.facts.identity import SignedBy


def test_a_key_is_named_by_its_first_characters() -> None:
    """They are no secret, and a person finds the key by them. The operator's own key has none
    here."""
    assert (
        SignedBy("Secret team/mine", "LTAI5tAb").access_key
        == "access key LTAI5tAb… of Secret team/mine"
    )
    assert (
        SignedBy("the operator's own identity").access_key
        == "the access key of the operator's own identity"
    )
