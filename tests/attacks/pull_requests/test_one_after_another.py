"""Pull requests of which each is right alone, and what becomes of merged mistakes."""

from dataclasses import dataclass
from datetime import timedelta

from tests.attacks.pull_requests.case import at, denying
from tests.attacks.pull_requests.merged import (
    AT,
    DAY,
    Outcome,
    Reviewed,
    merge,
    publish,
    review,
    verdicts,
)
from tests.attacks.pull_requests.play import Stage
from tests.attacks.pull_requests.scene import (
    DENY,
    EVE,
    FERN_ACCOUNT,
    FERNWOOD,
    HOME,
    LAPSED,
    MARA,
    NOOR,
    YES,
    Change,
    Made,
    verification,
)
from tests.declared import Published, decided, declaration, owner
from tests.vouched import ADA, BEN, key_of, line_of, signed

CODE = "XXE012600001"
NEW = "noor, new"


@dataclass
class Line:
    """What is merged one after the other, and published from time to time."""

    stage: Stage
    base: str
    release: Published
    number: int = 900

    def review(
        self, change: Change, author: str, *, parent: str | None = None
    ) -> Reviewed:
        """Review a pull request against what is merged now."""
        head = self.stage.world.commit(change, Made(parent=parent or self.base))
        return review(self.stage.world, head, author, base=self.base)

    def merge(self, change: Change, author: str) -> None:
        """Merge one, whatever its review says."""
        self.number += 10
        self.base = merge(
            self.stage.world, change, author, number=self.number, onto=self.base
        )

    def publish(self, at_time: timedelta) -> Outcome:
        """Make the next release."""
        outcome = publish(self.stage.world, self.base, after=self.release, at=at_time)
        self.release = outcome.made
        return outcome

    def answer(self, code: str = CODE, use: str = "prompt") -> str:
        """Return what the newest release answers."""
        return verdicts(self.stage.world, self.release)[code, use]


def line(stage: Stage) -> Line:
    """Begin with the base, and the release that was made of it."""
    return Line(stage, stage.world.base, stage.release)


def test_two_manifests_that_go_on_from_the_same_one(registry: Stage) -> None:
    world, queue = registry.world, line(registry)
    first = world.signing(FERNWOOD, {"more.yaml": denying(CODE)})
    second = world.signing(FERNWOOD, {"open.yaml": denying("XXF012600001", uses=YES)})
    for change in (first, second):
        assert queue.review(change, EVE).exit_code == 0
    queue.merge(first, EVE)
    reviewed = queue.review(second, EVE, parent=world.base)
    assert reviewed.codes == {"SAY708", "SAY712"}
    queue.merge(second, EVE)
    assert set(queue.publish(AT).left_out.values()) == {"sequence", "signed-file"}
    assert queue.answer() == "deny"
    assert queue.answer("XXF012600002", "search") == "allow"


def test_one_catalogue_in_two_pull_requests(registry: Stage) -> None:
    world, queue = registry.world, line(registry)
    said = declaration(DENY, "catalogue: {file: new.csv, rows: 1}")
    first, second = (
        world.signing(
            FERNWOOD,
            {"new.yaml": said, "new.csv": f"isrc,title,artist\n{code},A,B\n"},
        )
        for code in (CODE, "XXH019900001")
    )
    queue.merge(first, FERN_ACCOUNT)
    reviewed = queue.review(second, FERN_ACCOUNT, parent=world.base)
    assert reviewed.codes == {"SAY708", "SAY712"}
    queue.merge(second, FERN_ACCOUNT)
    assert queue.publish(AT).left_out
    assert (queue.answer(), queue.answer("XXH019900001")) == ("deny", "undeclared")


def test_manifests_out_of_order(registry: Stage) -> None:
    world, queue = registry.world, line(registry)
    first = world.signing(FERNWOOD, {"more.yaml": denying(CODE)})
    manifest = first[f"{HOME[FERNWOOD]}/manifest.json"]
    assert isinstance(manifest, bytes)
    names = {"more.yaml": denying(CODE), "last.yaml": denying("XXH019900001")}
    second = world.signing(FERNWOOD, names, previous=manifest)
    assert queue.review(second, FERN_ACCOUNT).codes == {"SAY709"}
    queue.merge(second, FERN_ACCOUNT)
    assert queue.review(first, EVE, parent=world.base).codes == {"SAY708"}
    queue.merge(first, EVE)
    assert set(queue.publish(AT).left_out.values()) == {"sequence"}
    assert queue.answer("XXH019900001") == "deny"


def test_a_second_pull_request_after_a_mistake(registry: Stage) -> None:
    queue = line(registry)
    accounts = f'accounts: ["{MARA}", "{EVE}"]'
    said = owner("Mara Lindqvist", accounts, role="artist")
    queue.merge(at(MARA, owner=said), EVE)
    second = at(MARA, songs=denying("XXM012600001", uses=YES))
    reviewed = queue.review(second, EVE)
    assert reviewed.verdict == "accept", "the review believes its base"
    queue.merge(second, EVE)
    for time in (AT, AT + 10 * DAY, AT + 31 * DAY):
        outcome = queue.publish(time)
        assert set(outcome.left_out.values()) == {"not-yours"}
        assert queue.answer("XXM012600001") == "deny"
    third = at(MARA, more=denying(CODE))
    assert queue.review(third, MARA).exit_code == 0
    queue.merge(third, MARA)
    queue.publish(AT + 32 * DAY)
    assert queue.answer() == "deny"


def test_an_owner_of_whom_nothing_is_left(registry: Stage) -> None:
    """Whose dispute is on record."""
    world, queue = registry.world, line(registry)
    gone: Change = dict.fromkeys(p for p in world.files if p.startswith(HOME[MARA]))
    assert queue.review(gone, MARA).codes == {"SAY704"}
    queue.merge(gone, MARA)
    queue.publish(AT)
    assert queue.answer("XXM012600001") == "deny"
    for days in (8, 31):
        queue.publish(AT + days * DAY)
        assert queue.answer("XXM012600001") == "undeclared"
        assert queue.answer("XXF012600003", "search") == "deny"


def _recovery(registry: Stage, key: str) -> Change:
    said = owner("Noor", f'accounts: ["{NOOR}"]', f'keys: ["{line_of(key)}"]')
    files = {"owner.yaml": said, "more.yaml": declaration(DENY, "prefix: XXE01")}
    return registry.world.signing(NOOR, files, by=(key,), epoch=1)


def test_new_keys_of_the_owner_in_due_form(registry: Stage) -> None:
    queue = line(registry)
    change = _recovery(registry, NEW)
    reviewed = queue.review(change, NOOR)
    assert reviewed.exit_code == 0
    assert {one["code"] for one in reviewed.report["problems"]} == {"SAY717"}
    queue.merge(change, NOOR)
    for time in (AT, AT + 29 * DAY):
        assert set(queue.publish(time).left_out.values()) == {"recovery"}
        assert queue.answer() == "undeclared"
    assert not queue.publish(AT + 30 * DAY).left_out
    assert queue.answer() == "deny"


def test_new_keys_that_the_old_one_forbids(registry: Stage) -> None:
    world, queue = registry.world, line(registry)
    queue.merge(_recovery(registry, EVE), NOOR)
    assert set(queue.publish(AT).left_out.values()) == {"recovery"}
    home = HOME[NOOR]
    forbidden = {
        "owner.yaml": world.files[f"{home}/owner.yaml"],
        "more.yaml": None,
    }
    change = world.signing(NOOR, forbidden)
    # The base holds the new key, and what counts is not known from Git alone.
    assert queue.review(change, NOOR).codes == {"SAY707", "SAY712"}
    queue.merge(change, NOOR)
    for time in (AT + DAY, AT + 31 * DAY):
        assert not queue.publish(time).left_out
        assert queue.answer() == "undeclared"
    keys = queue.release.state.held[NOOR].keys
    assert keys == {key_of(NOOR).public.fingerprint}


def test_new_keys_of_a_lapsed_domain_that_operators_decided_on(registry: Stage) -> None:
    world, queue = registry.world, line(registry)
    new = "lapsed, new"
    text = decided(
        "recovered",
        f"owner: {LAPSED}",
        f"key: {key_of(new).public.fingerprint}",
        day="2026-12-01",
    )
    path = f"{HOME['registry']}/decisions/2026/20261201-lapsed.yaml"
    decision: Change = {path: text, f"{path}.sig": signed(text.encode(), ADA, BEN)}
    queue.merge({**decision, **verification(LAPSED, new)}, ADA)
    change = world.signing(
        LAPSED,
        {
            "owner.yaml": owner("Lapsed", f'keys: ["{line_of(new)}"]'),
            "songs.yaml": denying("XXL012600001", CODE),
        },
        by=(new,),
        epoch=1,
    )
    assert queue.review(change, EVE).codes == {"SAY702", "SAY712"}
    queue.merge(change, EVE)
    assert set(queue.publish(AT).left_out.values()) == {"recovery"}
    assert queue.answer("XXL012600001") == "deny"
    assert not queue.publish(AT + 30 * DAY).left_out
    assert queue.answer() == "deny"


def test_a_branch_into_which_the_base_was_merged(registry: Stage) -> None:
    world = registry.world
    branch = world.commit(at(MARA, more=denying(CODE)))
    others = world.signing(FERNWOOD, {"more.yaml": denying("XXF012600099")})
    base = world.commit(others)
    head = world.commit(others, Made(parent=branch, merges=base))
    reviewed = review(world, head, MARA, base=base)
    assert reviewed.exit_code == 0
    assert reviewed.report["files"] == 1
