"""Everything that can be done on the main screen, once: keys, footer, palette and help follow from this table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..systems.text import did_you_mean, plain

if TYPE_CHECKING:
    from textual.binding import Binding

TAKEN = ("ctrl+a", "ctrl+b", "ctrl+j", "ctrl+o", "ctrl+s")
"""Keys that terminals and multiplexers want for themselves: bound to nothing, and refused."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do. ``id`` names it in the configuration; ``key`` may be several, by commas.

    ``title`` stands in the palette, ``help`` in the help. ``footer`` is its word in the footer, ``""`` for none;
    ``edits`` says that it changes the system, so that a read-only review does not offer it.
    """

    id: str
    key: str
    title: str
    help: str
    group: str
    footer: str = ""
    edits: bool = False


LOOK, EDIT, STRUCTURE, JUDGE, KEEP, SCREEN, DECIDE = (
    "Look",
    "Change a rule",
    "Change the questions",
    "Work through",
    "Keep",
    "Screen",
    "Decide",
)

ACTIONS = (
    Action(
        "change", "enter", "Change the rule", "Pick what this class should get here, by evidence.", EDIT, "Change", True
    ),
    Action(
        "next",
        "n",
        "Next in the queue",
        "Go to the cell where a change gains most, then to what checks found.",
        JUDGE,
        "Next",
    ),
    Action("previous", "N", "Previous in the queue", "Go back in the queue.", JUDGE),
    Action(
        "fix",
        "f",
        "Fix a finding",
        "Apply the fix of the finding here, after showing what it would change.",
        JUDGE,
        "Fix",
        True,
    ),
    Action("fix-safe", "F", "Apply all safe fixes", "Mend all that can be mended without judging.", JUDGE, "", True),
    Action("seen", "space", "Mark as seen", "Mark this cell as looked at, or take the mark away.", JUDGE),
    Action("seen-class", "M", "Mark the class as seen", "Mark all cells of this class as looked at.", JUDGE),
    Action("next-finding", "right_square_bracket", "Next finding", "Go to the place of the next finding.", JUDGE),
    Action(
        "previous-finding", "left_square_bracket", "Previous finding", "Go to the place of the finding before.", JUDGE
    ),
    Action(
        "allow",
        "a",
        "Allow a finding",
        "Accept the finding here, with a reason that is kept in the file.",
        JUDGE,
        "",
        True,
    ),
    Action("silent", "delete,backspace", "Say nothing here", "Let the rule say nothing.", EDIT, "", True),
    Action(
        "bulk",
        "B",
        "Set the rule of all classes in view",
        "One rule for every class that the filter leaves.",
        EDIT,
        "",
        True,
    ),
    Action("note", "c", "Note", "Write a note on this cell: for the next reader, and for the LLM.", EDIT, "", True),
    Action("lock", "x", "Lock or unlock", "Lock this cell against the LLM, or unlock it.", EDIT, "", True),
    Action(
        "option",
        "o",
        "Options",
        "Reword, add, remove, merge, split or move the options of this attribute.",
        STRUCTURE,
        "",
        True,
    ),
    Action("prompt", "p", "Prompts", "Say the question in other words.", STRUCTURE, "", True),
    Action("weight", "w", "Weight", "Let this attribute count more or less.", STRUCTURE, "", True),
    Action("attribute", "A", "Attribute", "Add, rename, move or remove an attribute.", STRUCTURE, "", True),
    Action("class", "C", "Class", "Add, rename, move or remove a class.", STRUCTURE, "", True),
    Action("describe", "E", "Name and description", "Name and describe the system.", STRUCTURE, "", True),
    Action("undo", "u", "Undo", "Undo the last step; also those of earlier sessions.", KEEP, "Undo", True),
    Action("redo", "U", "Redo", "Do again what was undone.", KEEP, "", True),
    Action("save", "s", "Save", "Write the file, as a revision with a reason.", KEEP, "Save", True),
    Action("diff", "equals_sign", "What changed", "Show what changed since the file was last saved.", KEEP),
    Action("log", "L", "History", "List the revisions; compare any two, restore one.", KEEP),
    Action(
        "refine",
        "r",
        "Refine with an LLM",
        "Send what you found to an LLM, and judge what it proposes.",
        KEEP,
        "",
        True,
    ),
    Action("filter", "slash", "Filter", "Show only classes with a text in their name or rules.", LOOK, "Filter"),
    Action("only", "v", "Show only ...", "All classes, or those with gains, findings, unseen or locked cells.", LOOK),
    Action("sort", "t", "Sort", "Order the classes: file, accuracy, gain, name.", LOOK),
    Action("go-class", "g", "Go to a class", "Pick a class by typing.", LOOK),
    Action("attributes", "1", "Attributes", "Go to the attributes with their figures.", SCREEN),
    Action("matrix", "2,escape", "Matrix", "Go back to the matrix.", SCREEN),
    Action("evidence", "3", "Evidence", "Go to the evidence, to scroll it.", SCREEN),
    Action("findings", "4", "Findings", "Go to the findings.", SCREEN),
    Action("images", "i", "Images", "Next way to show images: best that the terminal can, half blocks, off.", SCREEN),
    Action("theme", "T", "Theme", "Next theme: dark, light, high contrast.", SCREEN),
    Action("help", "question_mark,f1", "Help", "All keys and marks.", SCREEN, "Help"),
    Action("palette", "ctrl+p", "Palette", "Find an action by typing, and do it.", SCREEN),
    Action("quit", "q", "Quit", "Leave; nothing is lost, saved or not.", SCREEN),
)
"""What the main screen can do, in the order in which help and palette list it within each group."""

PROPOSAL_ACTIONS = (
    Action("accept", "a", "Accept", "Take this proposal; one that touches a locked cell asks first.", DECIDE, "Accept"),
    Action("accept-all", "A", "Accept all left", "Take all that are open; conflicts stay.", DECIDE, "All left"),
    Action("refuse", "r", "Refuse", "Refuse it, with a reason that the LLM is told.", DECIDE, "Refuse"),
    Action("edit-first", "e", "Edit first", "Change the proposal before you take it.", DECIDE, "Edit"),
    Action("reopen", "u", "Take the decision back", "Neither accepted nor refused, as at first.", DECIDE, "Undo"),
    Action("finish", "s", "Done", "Save what was accepted, and leave.", KEEP, "Done"),
    Action("later", "escape,q", "Later", "Go back to the review; the proposals wait, decided so far.", KEEP, "Later"),
    *(action for action in ACTIONS if action.id in ("help", "palette", "theme")),
)
"""What the screen of an LLM's proposals can do."""

MOST_IN_FOOTER = 7

MOVES = {
    "up": ("up,k", "Up"),
    "down": ("down,j", "Down"),
    "left": ("left,h", "Left"),
    "right": ("right,l", "Right"),
    "page-up": ("pageup", "A page up"),
    "page-down": ("pagedown", "A page down"),
    "first": ("ctrl+home", "First class"),
    "last": ("ctrl+end,G", "Last class"),
    "first-column": ("home", "First attribute"),
    "last-column": ("end", "Last attribute"),
}
"""How to move in the matrix and in lists: keys and title by id."""


def moves(methods: Mapping[str, str]) -> list[Binding]:
    """Bindings of movements to a widget's own actions, by the movements' ids."""
    from textual.binding import Binding

    return [Binding(MOVES[name][0], method, MOVES[name][1], show=False, id=name) for name, method in methods.items()]


def bindings(actions: Iterable[Action]) -> list[Binding]:
    """A key binding for each action, with the action's id, so that it can be remapped."""
    from textual.binding import Binding

    return [
        Binding(action.key, f"do('{action.id}')", action.footer or action.title, show=bool(action.footer), id=action.id)
        for action in actions
    ]


def available(*, read_only: bool) -> tuple[Action, ...]:
    """The actions of a review that may edit, or may only look."""
    return tuple(action for action in ACTIONS if not (read_only and action.edits))


def keymap(settings: Iterable[str]) -> dict[str, str]:
    """What ``ACTION=KEYS`` settings say, as a map from action to keys.

    Keys are Textual's names, or what they type, by commas.

    Raises:
        UsageError: no such action, no key or no such key, one that is ``TAKEN``, or one that two actions would have.
    """
    ids = {action.id for action in (*ACTIONS, *PROPOSAL_ACTIONS)} | set(MOVES)
    found: dict[str, str] = {}
    for setting in settings:
        name, _, keys = setting.partition("=")
        name, wanted = name.strip(), [key.strip() for key in keys.split(",") if key.strip()]
        if name not in ids:
            raise UsageError(
                f'"{plain(name)}" is no action{did_you_mean(name, ids)}', hint=f"Actions: {', '.join(sorted(ids))}."
            )
        if not wanted:
            raise UsageError(f'the action "{name}" needs a key', hint="Write it as save=S or save=f2.")
        for key in wanted:
            if key in TAKEN:
                raise UsageError(f"{key} belongs to terminals and multiplexers", hint="Choose another key.")
            if not _is_key(key):
                raise UsageError(f'"{plain(key)}" is no key', hint="Write a key as S, ?, f2, ctrl+r or pagedown.")
        found[name] = ",".join(wanted)
    _refuse_twice(found)
    return found


def keys_of(action: Action, changed: Mapping[str, str]) -> list[str]:
    """The keys of an action, as people read them."""
    return [shown(key) for key in changed.get(action.id, action.key).split(",")]


def shown(key: str) -> str:
    """A key as people read it: ``=`` for ``equals_sign``."""
    return _NAMES.get(key.strip(), key.strip())


def _is_key(key: str) -> bool:
    """Whether a terminal can send ``key``; a letter with shift comes as the capital, and with ctrl as the small one."""
    from textual.keys import Keys

    *modifiers, name = key.split("+") if len(key) > 1 else [key]
    if not set(modifiers) <= set(_MODIFIERS):
        return False
    if len(name) == 1:
        return name.isprintable() and not (modifiers and (name.isupper() or modifiers == ["shift"]))
    return _character(name) is not None or name in {known.value for known in Keys}


def _character(key: str) -> str | None:
    """What a key types: ``?`` for ``question_mark``; None for one that types nothing."""
    from textual.keys import KEY_NAME_REPLACEMENTS, key_to_character

    full = {short: name for name, short in KEY_NAME_REPLACEMENTS.items()}
    return key_to_character(full.get(key, key))


def _refuse_twice(changed: Mapping[str, str]) -> None:
    for actions in (ACTIONS, PROPOSAL_ACTIONS):
        owners: dict[str, str] = {}
        known = {action.id: action.key for action in actions} | {name: keys for name, (keys, _) in MOVES.items()}
        for name, keys in known.items():
            for key in changed.get(name, keys).split(","):
                other = owners.setdefault(_character(key.strip()) or key.strip(), name)
                if other != name:
                    raise UsageError(f"{shown(key)} would be the key of {other} and of {name}")


_MODIFIERS = ("alt", "ctrl", "hyper", "meta", "shift", "super")

_NAMES = {
    "enter": "⏎",
    "space": "space",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "equals_sign": "=",
    "slash": "/",
    "question_mark": "?",
    "backspace": "⌫",
    "delete": "del",
    "escape": "esc",
}
