"""The conversation around a refinement: what is sent, cancelling it, judging what comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..authoring.locks import locked_cells
from ..authoring.plan import outline, plan_refinement
from .deciding import for_system
from .dialogs import ConfirmDialog
from .keep_flows import settled
from .proposals_screen import ProposalsScreen
from .refine_screen import RefineScreen
from .taking import take

if TYPE_CHECKING:
    from ..authoring.proposals import Proposals
    from .main_screen import MainScreen


async def refine(screen: MainScreen) -> None:
    """Ask an LLM; cancel one that is being asked; or go on judging what it proposed."""
    refining, session = screen.refining, screen.review.session
    if refining.running:
        if await screen.ask(ConfirmDialog("the LLM is still answering", [], yes="cancels it")):
            refining.cancel()
        return
    if refining.proposals is not None:
        await judge(screen)
        return
    if refining.source is None:
        screen.tell("no LLM: open the review with --model, as openai/NAME, anthropic/NAME or replay:FILE")
        return
    llm = await screen.background.aside(refining.source.load)
    measured = session.evaluation if not session.measuring and not session.problem else None
    plan = await screen.background.aside(
        lambda: plan_refinement(
            session.system, path=session.path, evaluation=measured, findings=screen.review.insight.findings or None
        )
    )
    told = f"{llm.name} gets: {'; '.join(outline(plan))}."
    if refining.failure:  # as long as it may be: elsewhere there is one line for it
        told = f"It failed: {refining.failure.rstrip('.')}. {told}"
    shown = RefineScreen(plan, told, refining.feedback, screen.background.aside)
    feedback = await screen.ask(shown)
    refining.feedback = shown.feedback
    if feedback is None:
        return
    if session.system != plan.system:
        screen.tell("the system has changed meanwhile: press r again")
        return
    encode = screen.workshop.encode if screen.workshop.has_encoder else None
    refining.begin(llm, replace(plan, feedback=feedback), encode)
    screen.ongoing(f"sent to {llm.name}")


async def judge(screen: MainScreen) -> None:
    """Show the proposals, and take what is accepted."""
    refining, session = screen.refining, screen.review.session
    if refining.proposals is None:
        return
    evaluation = session.evaluation if not session.measuring and not session.problem else None
    encode = screen.workshop.encode if screen.workshop.has_encoder else None
    waiting, system = refining.proposals, session.system

    def prepared() -> tuple[Proposals, str]:
        locked = locked_cells(session.path, system)  # not those that the checks last found: they may be on their way
        return for_system(waiting, system, evaluation, encode, locked)

    ready, problem = await screen.background.aside(prepared)
    refining.proposals = ready
    shown = ProposalsScreen(ready, keep=refining.settle, keys=screen.keys, problem=problem, memory=screen.memory)
    done = await screen.app.push_screen_wait(shown)
    screen.ongoing()
    if not done:
        return
    if not await settled(screen) or session.system != shown.proposals.system:
        screen.tell("the file was changed outside: press r to go on with the proposals, as they are decided")
        return
    made = take(session, shown.proposals)
    refining.settle(None)
    screen.ongoing()
    if made is None:
        screen.tell("nothing was taken")
    else:
        screen.review.followed(made.edits)
        screen.changed()
