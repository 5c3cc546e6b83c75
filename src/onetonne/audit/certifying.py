"""What the events of programmes, projects and verifications mean."""

from collections.abc import Iterator
from typing import Any

from onetonne.audit import monitoring
from onetonne.audit.layout import PARTS
from onetonne.audit.story import Story
from onetonne.chain.keccak import keccak
from onetonne.index.columns import code_word

OPERATOR, VVB = 1, 2
ACTIVE = 1
CONSENTED, JOINED = 1, 2
PROPOSED, ACCEPTED, WITHDRAWN, SUPERSEDED = 1, 2, 3, 4
SECONDS_A_DAY = 86_400

VERIFICATION_TYPEHASH = keccak(
    b"Verification(uint32 project,bytes32 programmeCode,bytes32 projectCode,bytes2 country,bytes32 site,"
    b"uint32 component,bytes32 componentName,uint32 methodology,"
    b"bytes32 methodologyCode,bytes32 methodologyVersion,uint32 periodStart,"
    b"uint32 periodEnd,uint48 verified,bytes32 evidenceHash,bytes32 dataRoot,string source,"
    b"uint32 supersedes,uint48 deadline,bytes32 salt)"
)


def programme(story: Story, row: Any, time: int) -> None:
    account, code = int(row.operator, 16), code_word(row.code)
    figures = story.figures
    _take_key(story, account, OPERATOR, f"programme {row.programme}")
    figures.put("programme", (row.programme,), {"operator": account, "standing": ACTIVE, "since": time})
    figures.set("programme code", (row.programme,), int.from_bytes(code))
    figures.set("programme by code", (code,), row.programme)
    figures.set("operator's programme", (account,), row.programme)
    figures.set("roots of programme", (row.programme,), 0)
    figures.set("programme count", (), row.programme)
    story.operators[row.programme].append(account)


def programme_standing(story: Story, row: Any, time: int) -> None:
    story.figures.get("programme", row.programme).update(standing=row.standing, since=time)
    _copy_to_roots(story, row.programme)


def operator_rotation(story: Story, row: Any, _time: int) -> None:
    account, previous = int(row.operator, 16), int(row.previous, 16)
    _take_key(story, account, OPERATOR, f"programme {row.programme}")
    story.figures.get("programme", row.programme)["operator"] = account
    story.figures.set("operator's programme", (previous,), 0)
    story.figures.set("operator's programme", (account,), row.programme)
    story.operators[row.programme].append(account)
    _copy_to_roots(story, row.programme)


def root(story: Story, row: Any, _time: int) -> None:
    word = code_word(row.root)
    owner = story.figures.get("programme", row.programme)
    if word in story.root_shapes:
        story.wrong("I2", f"root {row.root}", (), f"root {row.root} was registered twice")
    story.root_shapes[word] = (row.root, row.programme, row.segments, row.numeric_segments)
    story.figures.put(
        "root",
        (word,),
        {
            "operator": owner.get("operator", 0),
            "standing": owner.get("standing", 0),
            "programme": row.programme,
            "segments": row.segments,
            "numericSegments": row.numeric_segments,
            "rootSegments": row.root.count("-") + 1,
            "rootLength": len(row.root),
        },
    )
    number = story.figures.value("roots of programme", row.programme)
    story.figures.set("root of programme", (row.programme, number), int.from_bytes(word))
    story.figures.set("roots of programme", (row.programme,), number + 1)


def methodology(story: Story, row: Any, time: int) -> None:
    code, version = code_word(row.code), code_word(row.version)
    fields = {
        "programme": row.programme,
        "standing": ACTIVE,
        "bufferBasisPoints": row.buffer_basis_points,
        "monitoringYears": row.monitoring_years,
        "since": time,
        "parts": 0,
        "code": int.from_bytes(code),
        "version": int.from_bytes(version),
    }
    story.figures.set("part count", (row.methodology,), 0)
    story.figures.put("methodology", (row.methodology,), fields)
    story.figures.set("methodology by code", (row.programme, code, version), row.methodology)
    story.figures.set("methodology count", (), row.methodology)


def methodology_part(story: Story, row: Any, _time: int) -> None:
    fields, part = (
        story.figures.get("methodology", row.methodology),
        story.figures.get("methodology", row.part),
    )
    number = fields["parts"]
    fields["parts"] = number + 1
    story.figures.set("part count", (row.methodology,), number + 1)
    parts = story.figures.get("methodology parts", row.methodology)
    story.figures.put("methodology parts", (row.methodology,), {**parts, f"part {number}": row.part})
    if not part or part["parts"] or part["programme"] != fields["programme"] or number >= len(PARTS.fields):
        problem = f"methodology {row.methodology} was composed of {row.part}, which it can't be"
        story.wrong("I6", f"methodology {row.methodology}", _issued_under(story, row.methodology), problem)


def _issued_under(story: Story, methodology: int) -> list[int]:
    return story.batches_of["methodology", methodology]


def follow(story: Story) -> None:
    """A composed methodology demands the most years, and withholds the greatest share, of its parts."""
    for number, fields in list(story.figures.numbered("methodology")):
        parts = list(story.figures.get("methodology parts", number).values())
        rules = [story.figures.get("methodology", part) for part in parts]
        for total in ("monitoringYears", "bufferBasisPoints") if rules else ():
            if fields[total] != max(rule.get(total, 0) for rule in rules):
                problem = (
                    f"`{total}` of methodology {number} is {fields[total]}, and not the most of its parts"
                )
                story.wrong("I6", f"methodology {number}", _issued_under(story, number), problem)


def methodology_standing(story: Story, row: Any, time: int) -> None:
    story.figures.get("methodology", row.methodology).update(standing=row.standing, since=time)


def vvb(story: Story, row: Any, time: int) -> None:
    account, code = int(row.account, 16), code_word(row.code)
    _take_key(story, account, VVB, f"verifier {row.vvb}")
    story.figures.put("vvb", (row.vvb,), {"account": account, "standing": ACTIVE, "since": time})
    story.figures.set("vvb by code", (code,), row.vvb)
    story.figures.set("verifier's body", (account,), row.vvb)
    story.figures.set("vvb count", (), row.vvb)
    story.verifiers[row.vvb].append(account)


def vvb_standing(story: Story, row: Any, time: int) -> None:
    story.figures.get("vvb", row.vvb).update(standing=row.standing, since=time)


def vvb_rotation(story: Story, row: Any, _time: int) -> None:
    account, previous = int(row.account, 16), int(row.previous, 16)
    _take_key(story, account, VVB, f"verifier {row.vvb}")
    story.figures.get("vvb", row.vvb)["account"] = account
    story.figures.set("verifier's body", (previous,), 0)
    story.figures.set("verifier's body", (account,), row.vvb)
    story.verifiers[row.vvb].append(account)


def activity(story: Story, row: Any, _time: int) -> None:
    country, site = row.country.encode("ascii"), code_word(row.site)
    fields = {"country": int.from_bytes(country), "programmes": 1, "site": int.from_bytes(site)}
    story.figures.put("activity", (row.activity,), fields)
    story.figures.set("activity by site", (country, site), row.activity)
    story.figures.set("share of activity", (row.activity, row.programme), JOINED)
    story.figures.set("activity count", (), row.activity)


def activity_consent(story: Story, row: Any, _time: int) -> None:
    story.figures.set("share of activity", (row.activity, row.joining), CONSENTED)


def activity_join(story: Story, row: Any, _time: int) -> None:
    story.figures.set("share of activity", (row.activity, row.programme), JOINED)
    story.figures.get("activity", row.activity)["programmes"] += 1


def component(story: Story, row: Any, _time: int) -> None:
    fields = {
        "activity": row.activity,
        "approvals": 0,
        "active": 0,
        "name": int.from_bytes(code_word(row.name)),
    }
    story.figures.put("component", (row.component,), fields)
    story.figures.set("component count", (), row.component)
    if not story.figures.value("first component", row.activity):
        story.figures.set("first component", (row.activity,), row.component)


def component_approval(story: Story, row: Any, _time: int) -> None:
    story.figures.get("component", row.component)["approvals"] += 1
    story.figures.set("approval of component", (row.component, row.programme), 1)


def component_activation(story: Story, row: Any, _time: int) -> None:
    story.figures.get("component", row.component)["active"] = 1


def project(story: Story, row: Any, time: int) -> None:
    code = code_word(row.code)
    fields = {
        "activity": row.activity,
        "programme": row.programme,
        "creditingStart": row.crediting_start,
        "registeredAt": time,
        "outstanding": 0,
        "code": int.from_bytes(code),
        "activityType": int.from_bytes(code_word(row.activity_type)),
    }
    story.figures.put("project", (row.project,), fields)
    story.figures.set("project by code", (row.programme, code), row.project)
    story.figures.set("project count", (), row.project)
    story.project_names[row.project] = row.name


def verification(story: Story, row: Any, time: int) -> None:
    fields = {
        "project": row.project,
        "programme": story.figures.get("project", row.project).get("programme", 0),
        "methodology": row.methodology,
        "periodStart": row.period_start,
        "periodEnd": row.period_end,
        "cap": row.verified,
        "issued": 0,
        "status": PROPOSED,
        "component": row.component,
        "vvb": row.vvb,
        "proposedAt": time,
        "acceptedAt": 0,
        "withdrawnAt": 0,
        "carried": 0,
        "evidenceHash": int.from_bytes(row.evidence_hash),
        "dataRoot": int.from_bytes(row.data_root),
        "supersedes": row.supersedes,
    }
    story.figures.put("verification", (row.verification,), fields)
    story.figures.set("verification count", (), row.verification)
    story.verified[row.verification] = row.verified
    story.signed_by[row.verification] = (story.verifiers[row.vvb] or [0])[-1]
    story.statements[row.verification] = (_statement(row, row.component), _statement(row, 0))
    for problem in _misstated(story, row, time):
        story.wrong("I6", *_verification(story, row), f"verification {row.verification} {problem}")


def _misstated(story: Story, row: Any, time: int) -> Iterator[str]:
    """What of a statement the contract would have refused."""
    project = story.figures.get("project", row.project)
    rule = story.figures.get("methodology", row.methodology)
    activity = story.figures.get("activity", project.get("activity", 0))
    component = story.figures.get("component", row.component)
    programme = story.figures.value("programme code", project.get("programme", 0))
    codes = {
        "programme": (row.programme_code, programme),
        "project": (row.project_code, project.get("code")),
        "site": (row.site, activity.get("site")),
        "component": (row.component_name, component.get("name")),
        "methodology": (row.methodology_code, rule.get("code")),
        "methodology's version": (row.methodology_version, rule.get("version")),
    }
    for what, (said, stands) in codes.items():
        if int.from_bytes(code_word(said)) != stands:
            yield f"names the {what} {said}, which is not its id's"
    if int.from_bytes(row.country.encode()) != activity.get("country"):
        yield f"names the country {row.country}, which is not its site's"
    if row.period_start < project.get("creditingStart", 0):
        yield "begins before its project's first crediting day"
    if (row.period_end + 1) * SECONDS_A_DAY > time:
        yield "was proposed before its period was over"


def acceptance(story: Story, row: Any, time: int) -> None:
    fields = story.figures.get("verification", row.verification)
    if fields.get("status") != PROPOSED:
        story.wrong(
            "I6", *_verification(story, row), f"verification {row.verification} was accepted unproposed"
        )
        return
    if before := fields["supersedes"] and story.figures.get("verification", fields["supersedes"]):
        # the successor takes over the claim, and what was issued in it comes off its cap
        carried = before.get("carried", 0)
        before["status"] = SUPERSEDED
        fields.update(carried=carried, cap=max(fields["cap"] - carried, 0))
        story.figures.set("last successor", (monitoring.claim_of(story, row.verification),), row.verification)
    else:
        story.claims[fields["component"]].append(row.verification)
    for problem in monitoring.missing(story, row.verification):
        story.wrong("I6", *_verification(story, row), problem)
    fields.update(status=ACCEPTED, acceptedAt=time)
    story.accepted_by[row.verification] = (story.operators[fields["programme"]] or [0])[-1]
    if row.cap != fields["cap"]:
        problem = (
            f"verification {row.verification} was accepted with a cap of {row.cap:,} kg, not "
            f"{fields['cap']:,} kg"
        )
        story.wrong("I6", *_verification(story, row), problem)


def withdrawal(story: Story, row: Any, time: int) -> None:
    fields = story.figures.get("verification", row.verification)
    if fields.get("status") not in (PROPOSED, ACCEPTED):
        problem = f"verification {row.verification} was withdrawn when it was neither proposed nor accepted"
        story.wrong("I6", *_verification(story, row), problem)
        return
    fields.update(status=WITHDRAWN, withdrawnAt=time, carried=fields["carried"] + fields["issued"])


def _verification(story: Story, row: Any) -> tuple[str, list[int]]:
    return f"verification {row.verification}", story.batches_of["verification", row.verification]


def _take_key(story: Story, account: int, kind: int, holder: str) -> None:
    before = story.figures.value("key kind", account)
    if before:
        names = {OPERATOR: "an operator's", VVB: "a verifier's"}
        name = f"account 0x{account:040x}"
        story.wrong(
            "I7", name, (), f"{name} became the key of {holder}, and had been {names[before]} key before"
        )
    story.figures.set("key kind", (account,), kind)


def _copy_to_roots(story: Story, programme_id: int) -> None:
    owner = story.figures.get("programme", programme_id)
    for word, (_, holder, _, _) in story.root_shapes.items():
        if holder == programme_id:
            story.figures.get("root", word).update(operator=owner["operator"], standing=owner["standing"])


def _statement(row: Any, component_id: int) -> bytes:
    """The hash of its struct by EIP-712: every member is a word."""
    words = [row.project.to_bytes(32), code_word(row.programme_code), code_word(row.project_code)]
    words += [row.country.encode().ljust(32, b"\0"), code_word(row.site)]
    words += [component_id.to_bytes(32), code_word(row.component_name), row.methodology.to_bytes(32)]
    words += [code_word(row.methodology_code), code_word(row.methodology_version)]
    words += [number.to_bytes(32) for number in (row.period_start, row.period_end, row.verified)]
    words += [row.evidence_hash, row.data_root, row.source_hash]
    words += [row.supersedes.to_bytes(32), row.deadline.to_bytes(32), row.salt]
    return keccak(b"".join((VERIFICATION_TYPEHASH, *words)))


HANDLERS = {
    "programmes": programme,
    "programme_standings": programme_standing,
    "operator_rotations": operator_rotation,
    "roots": root,
    "methodologies": methodology,
    "methodology_parts": methodology_part,
    "methodology_standings": methodology_standing,
    "vvbs": vvb,
    "vvb_standings": vvb_standing,
    "vvb_rotations": vvb_rotation,
    "activities": activity,
    "activity_consents": activity_consent,
    "activity_joins": activity_join,
    "components": component,
    "component_approvals": component_approval,
    "component_activations": component_activation,
    "projects": project,
    "verifications": verification,
    "verification_acceptances": acceptance,
    "verification_withdrawals": withdrawal,
}
