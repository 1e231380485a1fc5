"""The coverage of the cases does not shrink."""

from __future__ import annotations

from conformance import model
from conformance.generated import constraints, samples
from conformance.language import recordings
from conformance.reports import coverage


def test_uncovered_is_what_is_accepted() -> None:
    accepted, uncovered = coverage.accepted(), coverage.uncovered()
    missing = "\n".join(item for item in uncovered if item not in accepted)
    assert not missing, f"add cases to conformance/cases:\n{missing}"
    assert sorted(uncovered) == sorted(accepted)
    assert all(accepted.values()), "each accepted gap has a reason"


def test_covered_names_exist() -> None:
    known = set(coverage.wanted())
    foreign = {
        item
        for item in coverage.covered() - known
        if not item.startswith(("constraint/", "rule/", "throttled/"))
        and not item.endswith(("ValidationException", "SerializationException"))
    }
    # Refusals that the model does not list for the operation, expected as inferred.
    assert foreign == {
        "op/RegisterWorkflowType/DomainDeprecatedFault",
        "op/RegisterActivityType/DomainDeprecatedFault",
        "op/StartWorkflowExecution/DomainDeprecatedFault",
    }


def test_every_constraint_of_the_model_has_a_case() -> None:
    covered = coverage.covered()
    for operation in model.operations():
        for member in samples.members(operation):
            name = f"constraint/{operation}.{member.dotted}"
            metadata = member.shape.metadata
            wanted = {"required"} if member.required else set()
            if member.shape.type_name != "timestamp" and "max" in metadata:
                wanted.add("max")
            if metadata.get("min"):
                wanted.add("min")
            if "enum" in metadata:
                wanted.add("enum")
            assert {f"{name}/{kind}" for kind in wanted} <= covered


def test_messages_are_those_recorded() -> None:
    found = {
        (c.member.path, c.kind): c.message for c in constraints.constraints("RegisterWorkflowType")
    }
    assert found["name", "required"] == (
        "1 validation error detected: Value null at 'name' failed to satisfy constraint: "
        "Member must not be null"
    )
    assert found["version", "max"] == (
        f"1 validation error detected: Value '{'x' * 65}' at 'version' failed to satisfy "
        "constraint: Member must have length less than or equal to 64"
    )


def test_paths_count_list_elements_from_one() -> None:
    paths = {m.path for m in samples.members("RespondDecisionTaskCompleted")}
    assert "decisions.1.member.recordMarkerDecisionAttributes.markerName" in paths


def test_the_recordings_are_complete() -> None:
    assert len(recordings.names()) == 78
    for name in recordings.names():
        assert recordings.recording(name)["source"]
