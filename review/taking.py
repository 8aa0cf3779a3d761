"""Taking proposals: the person's own steps are saved first, then what was accepted, with where it came from."""

from __future__ import annotations

from dataclasses import replace

from ..authoring.keeping import keep_decisions
from ..authoring.proposals import Proposals
from ..errors import CotsmithError, UsageError
from ..systems.text import counted
from .session import Made, Session


def take(session: Session, decided: Proposals) -> Made | None:
    """Make the accepted proposals one step, and save it as revisions that name their author; remember the refused.

    What a person did before and had not saved becomes a revision of its own, so that history tells the two apart.
    None when nothing was accepted.

    Raises:
        UsageError: the session has gone on since the proposals were made for it.
        InputError: the file cannot be written.
    """
    assert session.path is not None
    if decided.system != session.system:
        raise UsageError("the system has changed since", hint="Open the proposals again.")
    if not decided.taken:
        keep_decisions(decided, session.path, by="person")
        return None
    if session.unsaved:
        session.save("before a refinement")
    made = session.edit(decided.edits, f"took {counted(len(decided.taken), 'proposal')} of {decided.origin.model}")
    current = session.evaluation if session.evaluation is not None and not session.measuring else None
    try:
        saved = keep_decisions(replace(decided, current=current), session.path, by="person")
    except CotsmithError as error:
        session.notices.append(error.message)
        raise
    session.saved_by(saved[-1])
    return made
