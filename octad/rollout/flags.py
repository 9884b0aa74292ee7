"""Switches through OpenFeature: from a file in the folder of a server, from a flagd, or from any provider.

The flags are `AGENT.enabled`, `AGENT.evidence` and `AGENT.rollout`, all true where nothing is said of them.
They stand in `flags.json`, in the layout of flagd; OCTAD_FLAGD names a flagd as `host:port` instead. Whoever
has another provider gives it to OpenFeature for the domain `octad`, before the server is made.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import FlagResolutionDetails, FlagValueType, Reason
from openfeature.provider import AbstractProvider, FeatureProvider, Metadata

from octad.errors import InputError, MissingExtra, UnreadableInput
from octad.host.files import read_text
from octad.host.terminal import say
from octad.rollout.switches import Switch, Switches

FILE = "flags.json"
DOMAIN = "octad"
FLAGD = "OCTAD_FLAGD"
_FLAGD = "openfeature.contrib.provider.flagd"
Object = Sequence[FlagValueType] | Mapping[str, FlagValueType]
Flags = Mapping[str, Mapping[str, Any]]
Kind = type | tuple[type, ...]


class FileProvider(AbstractProvider):
    """Flags of a file in the layout of flagd, without its rules; the file is read again when it changes.

    Of a file that cannot be read the flags that were read last stay, which is said once.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._flags: Flags = {}

    def get_metadata(self) -> Metadata:
        """The name of the provider."""
        return Metadata(name="octad-file")

    def flags(self) -> Flags:
        """The flags as the file has them now."""
        try:
            held = os.stat(self.path)
        except OSError:
            self._seen, self._flags = None, {}
            return self._flags
        identity = (held.st_ino, held.st_mtime_ns, held.st_size)
        if identity != self._seen:
            self._seen = identity
            try:
                self._flags = parsed(read_text(self.path))
            except (InputError, UnreadableInput, UnicodeDecodeError) as error:
                say(f"{self.path} is left as it was: {error}")
        return self._flags

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        """A flag that is true or false."""
        return self._resolved(flag_key, default_value, bool)

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        """A flag that is a text."""
        return self._resolved(flag_key, default_value, str)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        """A flag that is a whole number."""
        return self._resolved(flag_key, default_value, int)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[float]:
        """A flag that is a number."""
        return self._resolved(flag_key, default_value, float)

    def resolve_object_details(
        self, flag_key: str, default_value: Object, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[Object]:
        """A flag that is a list or an object."""
        return self._resolved(flag_key, default_value, (list, dict))

    def _resolved(self, key: str, default: Any, kind: Kind) -> FlagResolutionDetails[Any]:
        flag = self.flags().get(key)
        if flag is None:
            return FlagResolutionDetails(default, error_code=ErrorCode.FLAG_NOT_FOUND, reason=Reason.DEFAULT)
        if flag["state"] == "DISABLED":
            return FlagResolutionDetails(default, reason=Reason.DISABLED)
        value = flag["variants"][flag["defaultVariant"]]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            return FlagResolutionDetails(default, error_code=ErrorCode.TYPE_MISMATCH, reason=Reason.ERROR)
        return FlagResolutionDetails(value, variant=flag["defaultVariant"], reason=Reason.STATIC)


def parsed(text: str) -> Flags:
    """The flags of a file; raises InputError for what is none, and for rules, which only flagd has."""
    hint = 'write {"flags": {"NAME": {"state", "variants", "defaultVariant"}}}'
    try:
        flags = json.loads(text)["flags"]
        for name, flag in flags.items():
            if flag.get("targeting"):
                raise InputError(f"flag {name!r} has rules", hint=f"only a flagd follows them: {FLAGD}")
            flag["variants"][flag["defaultVariant"]]
            if flag["state"] not in ("ENABLED", "DISABLED"):
                raise InputError(f"flag {name!r} is neither ENABLED nor DISABLED", hint=hint)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise InputError("no flags in the layout of flagd", hint=hint) from error
    found: Flags = flags
    return found


def switches(folder: Path) -> Switches:
    """The switches of a server whose folder this is; raises InputError or MissingExtra for a bad flagd."""
    if api.get_provider_metadata(DOMAIN).name == "No-op Provider":
        api.set_provider(_provider(folder), DOMAIN)
    client = api.get_client(DOMAIN)

    def is_on(agent: str, switch: Switch) -> bool:
        context = EvaluationContext(targeting_key=agent, attributes={"agent": agent, "switch": switch})
        return client.get_boolean_value(f"{agent}.{switch}", True, context)

    return Switches(is_on)


def _provider(folder: Path) -> FeatureProvider:
    named = os.environ.get(FLAGD, "")
    if not named:
        return FileProvider(folder / FILE)
    host, _, port = named.rpartition(":")
    if not host or not port.isdigit():
        raise InputError(f"{FLAGD}={named} is no address", hint="host:port, such as localhost:8013")
    if find_spec("openfeature.contrib") is None or find_spec(_FLAGD) is None:
        raise MissingExtra(f"{FLAGD} needs flagd's provider", hint="pip install openfeature-provider-flagd")
    provider: FeatureProvider = import_module(_FLAGD).FlagdProvider(host=host, port=int(port))
    return provider
