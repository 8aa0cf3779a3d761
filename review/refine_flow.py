"""The conversation around a refinement: what is sent, cancelling it, judging what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..authoring.plan import outline, plan_refinement
from .dialogs import ConfirmDialog, TextDialog
from .proposals_screen import ProposalsScreen
from .refining import for_system
from .taking import take

if TYPE_CHECKING:
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
    feedback = await screen.ask(TextDialog("refine: what do you want, in your words?", told=told))
    if feedback is None:
        return
    if session.system != plan.system:
        screen.tell("the system has changed meanwhile: press r again")
        return
    plan = await screen.background.aside(
        lambda: plan_refinement(
            session.system,
            path=session.path,
            evaluation=measured,
            feedback=feedback,
            findings=screen.review.insight.findings or None,
        )
    )
    refining.begin(llm, plan, screen.workshop.encode if screen.workshop.has_encoder else None)
    screen.tell(f"sent to {llm.name}; go on meanwhile, r cancels")


async def judge(screen: MainScreen) -> None:
    """Show the proposals, and take what is accepted."""
    refining, session = screen.refining, screen.review.session
    if refining.proposals is None:
        return
    evaluation = session.evaluation if not session.measuring else None
    encode = screen.workshop.encode if screen.workshop.has_encoder else None
    waiting = refining.proposals
    refining.proposals = await screen.background.aside(lambda: for_system(waiting, session.system, evaluation, encode))
    shown = ProposalsScreen(refining.proposals)
    done = await screen.app.push_screen_wait(shown)
    refining.proposals = shown.proposals
    if not done:
        screen.tell("the proposals wait: r goes on")
        return
    made = take(session, shown.proposals)
    refining.proposals = None
    if made is None:
        screen.tell("nothing was taken")
    else:
        screen.review.followed(made.edits)
        screen.changed()
