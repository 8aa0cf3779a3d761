"""An encoder of the user's own: ``package.module:factory``."""

from __future__ import annotations

import importlib
import inspect
import math
import os
import sys
from collections.abc import Mapping
from typing import Any

from ..errors import EncoderError, UsageError
from ..systems.text import did_you_mean, plain
from .encoder import Encoder

_PROTOCOL = (
    "An encoder has encode_images(list of PIL images) and encode_texts(list of str), which return (N, D) float32 NumPy "
    "arrays, logit_scale (a positive number) and key (a text that names it for caches)."
)


def load_factory_encoder(spec: str, options: Mapping[str, str | None]) -> Encoder:
    """What the factory in ``spec`` makes. It may be a function, a class, or an encoder that is there already.

    The module is looked for in the environment, then in the current folder. Those of ``options`` that are set (device,
    dtype, revision) are passed by name.

    Raises:
        EncoderError: no such module or attribute, the factory fails, or what it makes is no encoder.
        UsageError: an option is set that the factory does not take.
    """
    where = plain(spec)
    module_name, _, attribute = spec.partition(":")
    module = _module(module_name, where)
    thing: Any = module
    for name in attribute.split("."):
        if not hasattr(thing, name):
            close = did_you_mean(name, [known for known in dir(thing) if not known.startswith("_")])
            raise EncoderError(f'"{plain(module_name)}" has no "{plain(attribute)}"{close}', where=where)
        thing = getattr(thing, name)
    if callable(thing) and (inspect.isclass(thing) or not hasattr(thing, "encode_images")):
        thing = _made(thing, {name: value for name, value in options.items() if value is not None}, where)
    return _checked_interface(thing, where)


def _module(name: str, where: str) -> Any:
    # A command line tool, unlike `python -m`, does not look into the folder it is called from. Last: nothing in it may
    # stand in for an installed package.
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            hint = f"Modules are looked for in this environment and in {plain(os.getcwd())}."
            raise EncoderError(f'no module "{plain(error.name)}"', where=where, hint=hint) from error
        raise EncoderError(f'"{plain(name)}" needs a module that is not installed: {error}', where=where) from error
    except (Exception, SystemExit) as error:
        raise EncoderError(f'"{plain(name)}" fails on import: {plain(repr(error))}', where=where) from error


def _made(factory: Any, options: Mapping[str, str], where: str) -> Any:
    try:
        parameters = dict(inspect.signature(factory).parameters)
    except (TypeError, ValueError):  # some built in to C have none
        parameters = {}
    takes_any = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values())
    refused = [] if takes_any else [name for name in options if name not in parameters]
    if refused:
        raise UsageError(
            f"the factory takes no {' and no '.join(refused)}",
            where=where,
            hint=f"Leave --{refused[0]} out, or give the factory a parameter {refused[0]}.",
        )
    try:
        return factory(**options)
    except (Exception, SystemExit) as error:  # other people's code, which may even try to end the program
        raise EncoderError(f"the factory fails: {plain(repr(error))}", where=where) from error


def _checked_interface(thing: Any, where: str) -> Encoder:
    missing = [name for name in ("encode_images", "encode_texts") if not callable(getattr(thing, name, None))]
    missing += [name for name in ("logit_scale", "key") if not hasattr(thing, name)]
    kind = plain(type(thing).__name__)
    if missing:
        raise EncoderError(f"{kind} is no encoder: it lacks {', '.join(missing)}", where=where, hint=_PROTOCOL)
    if not isinstance(thing.key, str) or not thing.key:
        raise EncoderError(f"the key of {kind} is {plain(repr(thing.key))}, not a text", where=where, hint=_PROTOCOL)
    try:
        scale = float(thing.logit_scale)
    except (TypeError, ValueError):
        scale = math.nan
    if not (math.isfinite(scale) and scale > 0):
        message = f"the logit_scale of {kind} is {plain(repr(thing.logit_scale))}, not a positive number"
        raise EncoderError(message, where=where, hint=_PROTOCOL)
    encoder: Encoder = thing
    return encoder
