"""The engine with an LLM: a DSPy program proposes edits from feedback, GEPA improves the program's instructions."""

from __future__ import annotations

import importlib.util
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import CotsmithError, Interrupted, LLMError, UsageError
from ..systems.json_form import Json
from .asking import ask
from .climb import Climb, Move, joined
from .failures import ReplyError
from .feedback import FIELDS, Feedback
from .groups import Group, confused_groups
from .judging import Verdict, judge
from .llm import Message, Request, Streaming
from .memo import RememberingLLM
from .optimizing import Cost
from .plan import MAX_OUTPUT_TOKENS, proposals_schema
from .prompt import load_prompt

if TYPE_CHECKING:
    from ..scoring.evaluation import Evaluation

MOST_GROUPS = 6
MINIBATCH = 2
"""How many examples GEPA reflects on at a time."""

GEPA_SHARE = 0.6
"""The share of the calls that may go into better instructions; the rest is for proposals with them."""

FRUITLESS = 2
"""So many rounds over the groups in a row that bring nothing end the climb: the LLM is told once what did not help."""

UNUSABLE = 3
"""So many replies in a row that cannot be used end it, too."""

_REFLECTION: dict[str, Json] = {
    "type": "object",
    "properties": {"new_instruction": {"type": "string"}},
    "required": ["new_instruction"],
    "additionalProperties": False,
}


class DSPyEngine:
    """Climbs by what ``llm`` proposes for groups of confused classes.

    A DSPy program is given the system, a group, and what train images, checks and earlier moves say, and proposes
    edits. GEPA rewrites its instructions from the textual feedback of each proposal's measured effect, on train, and
    keeps those that score best on dev. Every edit proposed on the way is a move of the climb. Then the best program
    proposes again, from where the climb stands, until nothing more is taken or the calls are used up.
    """

    def __init__(self, llm: RememberingLLM, *, seed: int = 0, watch: Callable[[Streaming], None] | None = None) -> None:
        check_dspy()
        self._llm = llm
        self._seed = seed
        self._watch = watch

    def __call__(self, climb: Climb, *, cancelled: Callable[[], bool] | None = None) -> Cost:
        """Climb. Raises ``LLMError`` when the first call fails already; later, what was found counts."""
        session = _Session(self._llm, climb, cancelled or (lambda: False), self._watch)
        interrupted = False
        with _quiet_dspy():
            import dspy

            student = _lm(session, "optimize", proposals_schema())
            try:
                with dspy.context(lm=student, adapter=dspy.JSONAdapter(), disable_history=True):
                    self._climb(session)
            except (KeyboardInterrupt, Interrupted):
                interrupted = True
        if session.broken is not None:
            raise session.broken
        failure = session.failure
        if failure is not None and not self._llm.calls:
            raise failure
        return Cost(
            self._llm.name,
            self._llm.usage,
            self._llm.calls,
            failure.message if failure else self._llm.ended,
            failure,
            interrupted,
            tuple(exchange.to_json() for exchange in self._llm.exchanges),
        )

    def _climb(self, session: _Session) -> None:
        groups = session.groups()
        if not groups:
            return
        program, most = _program(), int(self._llm.most * GEPA_SHARE)
        if most > 2 * len(groups) + MINIBATCH:
            program = _improved(program, session, groups, self._seed, most)
        fruitless = 0
        while groups and not session.over and fruitless < FRUITLESS:
            before = len(session.climb.candidates)
            for group in groups:
                session.run(program, group)
            fruitless = 0 if len(session.climb.candidates) > before else fruitless + 1
            groups = session.groups()


@dataclass(eq=False)
class _Session:
    """One climb with an LLM: the bridge between DSPy's calls and ours.

    ``failure`` is why the LLM cannot be asked any further, ``broken`` an error of our own, which DSPy would swallow.
    """

    llm: RememberingLLM
    climb: Climb
    cancelled: Callable[[], bool]
    watch: Callable[[Streaming], None] | None
    failure: LLMError | None = None
    broken: Exception | None = None

    def __post_init__(self) -> None:
        self.feedback = Feedback(self.climb)
        self._unusable = 0

    @property
    def over(self) -> bool:
        """Whether to stop asking."""
        return bool(self.failure or self.broken or self.climb.stopped or self.llm.ended or self.cancelled())

    def groups(self) -> tuple[Group, ...]:
        """The classes to improve where the climb stands."""
        return confused_groups(self.climb.train, MOST_GROUPS)

    def run(self, program: Any, group: Group) -> None:
        """Let the program propose for a group, and try that; a reply that cannot be used brings nothing."""
        if self.over:
            return
        try:
            prediction = program(**self.feedback.inputs(group))
        except CotsmithError:
            raise
        except Exception:  # DSPy wraps every error of a call in its own; `failure` has what it was
            return
        self.judged(prediction.proposals, group, self.climb.train)

    def judged(self, value: Json, group: Group, evaluation: Evaluation) -> Verdict:
        """Measure proposals on ``evaluation``, and try them where the climb stands, the largest gain first.

        Those whose gain may be chance are then tried together: with few images only that can be told from it.
        """
        verdict = judge(evaluation, value, group, locked=self.climb.locked, encode=self.climb.encode)
        unsure = []
        for move in sorted(verdict.moves, key=lambda move: -_gain(self.climb, move)):
            if self.climb.stopped:
                return verdict
            tried = self.climb.consider(self.climb.remaining(move))
            if not tried.taken and tried.gained > tried.lost:
                unsure.append(move)
        if len(unsure) > 1 and not self.climb.stopped:
            self.climb.consider(self.climb.remaining(joined(unsure)))
        return verdict

    def ask(self, task: str, instructions: str, text: str, schema: dict[str, Json]) -> str:
        """One call of ours for one of DSPy's: the reply, read and validated, as JSON."""
        version = load_prompt("optimize").version
        request = Request(task, version, instructions, (Message("user", text),), schema, MAX_OUTPUT_TOKENS)
        try:
            answer = ask(self.llm, request, watch=self.watch, cancelled=self.cancelled)
        except Interrupted:
            raise KeyboardInterrupt from None
        except ReplyError as error:
            self._unusable += 1
            if self._unusable >= UNUSABLE:
                self.failure = error
            raise
        except LLMError as error:
            if not self.llm.ended:
                self.failure = error
            raise
        self._unusable = 0
        return json.dumps(answer.value, ensure_ascii=False)


def check_dspy() -> None:
    """Raise ``UsageError``, which names the extra, unless DSPy and GEPA are installed. Imports neither."""
    if not all(importlib.util.find_spec(name) for name in ("dspy", "gepa")):
        raise UsageError(
            "the engine dspy needs packages that are not installed",
            hint='Install them: pip install "cotsmith[dspy]"; or use --engine greedy, which needs no LLM.',
        )


def _gain(climb: Climb, move: Move) -> int:
    try:
        effect = climb.train.effect(move.edits, climb.encode)
    except CotsmithError:
        return 0
    return int(effect.gained.size - effect.lost.size)


def _program() -> Any:
    """The program: one prediction, from the ``FIELDS`` of the feedback to proposals."""
    import dspy

    fields: dict[str, Any] = {name: (str, dspy.InputField(desc=desc)) for name, desc in FIELDS.items()}
    fields["proposals"] = list[dict[str, Any]], dspy.OutputField(desc='each {"rationale": ..., "edit": {...}}')
    signature = dspy.make_signature(fields, load_prompt("optimize").instructions)
    return dspy.Predict(signature)


def _improved(program: Any, session: _Session, groups: Sequence[Group], seed: int, most: int) -> Any:
    """``program`` with the instructions that GEPA finds best on dev, with at most ``most`` calls of the program."""
    import dspy

    climb = session.climb
    sides = {"train": climb.train, "dev": climb.dev}

    def metric(gold: Any, pred: Any, trace: Any = None, name: Any = None, pred_trace: Any = None) -> Any:
        del trace, name, pred_trace  # DSPy's signature
        try:
            verdict = session.judged(pred.proposals, gold.members, sides[gold.side])
        except Exception as error:
            session.broken = error
            raise
        return dspy.Prediction(score=verdict.score, feedback=verdict.feedback)

    def examples(side: str) -> list[Any]:
        inputs = session.feedback.inputs
        return [dspy.Example(side=side, members=g, **inputs(g)).with_inputs(*FIELDS) for g in groups]

    gepa = dspy.GEPA(
        metric=metric,
        max_metric_calls=most,
        reflection_lm=_lm(session, "optimize-instructions", _REFLECTION),
        reflection_minibatch_size=min(MINIBATCH, len(groups)),
        num_threads=1,
        use_merge=False,
        seed=seed,
        gepa_kwargs={"stop_callbacks": [lambda _: session.over]},
    )
    return gepa.compile(program, trainset=examples("train"), valset=examples("dev"))


def _lm(session: _Session, task: str, schema: dict[str, Json]) -> Any:
    """A DSPy language model that asks through our client: one place for keys, retries, budget and recording."""
    import dspy
    from dspy import lm15

    class Bridge:
        def complete(self, request: Any) -> Any:
            text = "\n\n".join(part.text for message in request.messages for part in message.parts)
            reply = session.ask(task, str(request.system or ""), text, schema)
            return lm15.Response(
                id=None,
                model=session.llm.name,
                message=lm15.Message.assistant(reply),
                finish_reason="stop",
                usage=lm15.Usage(),
            )

    return dspy.LM(session.llm.name, engine=Bridge(), cache=False, num_retries=0)


@contextmanager
def _quiet_dspy() -> Iterator[None]:
    """DSPy without caches, without a price list from the network, without log lines and bars of its own."""
    with tempfile.TemporaryDirectory() as folder:
        before = dict(os.environ)
        os.environ.update(LITELLM_LOCAL_MODEL_COST_MAP="true", DSPY_CACHEDIR=folder)
        try:
            import dspy
            from tqdm.std import tqdm

            dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=False)
            dspy.disable_logging()
            begin = tqdm.__init__

            def hidden(self: Any, *args: Any, **options: Any) -> None:
                begin(self, *args, **{**options, "disable": True})

            # DSPy and GEPA draw bars on stdout, which is for data, and have no switch for that.
            tqdm.__init__ = hidden
            try:
                yield
            finally:
                tqdm.__init__ = begin
        finally:
            for name in ("LITELLM_LOCAL_MODEL_COST_MAP", "DSPY_CACHEDIR"):
                if name in before:
                    os.environ[name] = before[name]
                else:
                    os.environ.pop(name, None)
