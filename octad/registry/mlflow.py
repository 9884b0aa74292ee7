"""The same registry in MLflow's, for teams that run one: its models, versions and aliases, its own files.

Each agent is a registered model, each version one of its, whose run holds the artefact with figures and
recipe. What MLflow gives back is no more believed than any folder: it is copied, compared with its digest,
and kept here under that. Two steps of an alias are two requests: who dies between leaves `previous` set and
`stable` as it was.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, cast

from octad.audit import AuditLog, actor_here
from octad.errors import ArtefactError, OctadError, StoreError, first_line
from octad.host.whole_file import temporary_folder
from octad.registry.base import PREVIOUS, STABLE, Problem, Version
from octad.registry.blobs import Blob, Blobs
from octad.registry.local import LARGEST_NOTE, nobody
from octad.registry.references import (
    all_aliases,
    checked_alias,
    resolved,
    shipped_version,
    shipped_versions,
    version_of,
)
from octad.registry.upkeep import superfluous

PREFIX = "octad."
"""The beginning of the names of models, and of tags, that are ours."""
ARTEFACT = "artefact"
"""Where the files lie among those of a run."""
_QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_LOGGING_LEVEL": "ERROR"}
"""It reports to its makers unless told otherwise."""
_NAME = re.compile(r"[A-Za-z0-9_\-. /]{1,200}")
_LONGEST = 500


class Held(NamedTuple):
    """A version, and what MLflow calls it."""

    version: Version
    number: str
    run: str


class MlflowRegistry:
    """The registry at a tracking address such as `http://host:5000` or `sqlite:////path/mlflow.db`.

    What is fetched is kept in a folder, as is the audit log; `actor` and `needed` are those of LocalRegistry.
    """

    def __init__(
        self, address: str, folder: Path, *, actor: str = "", needed: Callable[[], Collection[str]] = nobody
    ) -> None:
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
        self.actor = actor or actor_here()
        self.audit = AuditLog(folder / "audit.jsonl")
        self._address = address
        self._needed = needed
        self._fetched = Blobs(folder / "fetched")
        with _errors():
            self._client: Any = import_module("mlflow.tracking").MlflowClient(address, address)

    def put(self, folder: Path, *, parent: str = "", note: str = "") -> Version:
        """Take the artefact of a folder in, as a copy; what is in it already stays. Raises ArtefactError."""
        with self._fetched.taken(folder) as (part, blob), _errors():
            agent = blob.manifest.agent
            known = [one.version for one in self._held(agent) if one.version.digest == blob.digest]
            if known:
                return known[0]
            made = version_of(blob.digest, blob.manifest, size=blob.size, created=time.time())
            named = self._parent(agent, parent) or made.parent
            version = made.model_copy(update={"parent": named, "note": note[:LARGEST_NOTE]})
            self.audit.record(self.actor, "put", f"{agent}/{blob.digest}", version=version.version, note=note)
            self._upload(part, blob, version)
        return version

    def get(self, agent: str, reference: str) -> tuple[Path | None, Version]:
        """The folder of a version, whose files are checked when they are loaded; None for the shipped one."""
        digest, held = self._resolved(agent, reference)
        if digest in held:
            return self._fetch(held[digest]), held[digest].version
        return None, cast(Version, shipped_version(agent))

    def versions(self, agent: str = "") -> Sequence[Version]:
        """All versions, of one agent where it is named, the newest first, the shipped ones last."""
        with _errors():
            held = [one.version for one in self._held(agent)]
        known = {one.digest for one in held}
        return [*held, *(one for one in shipped_versions(agent) if one.digest not in known)]

    def aliases(self, agent: str) -> Mapping[str, str]:
        """Digests by alias; `stable` is the shipped version where nothing else was said."""
        with _errors():
            found = all_aliases(
                agent, self._aliases(agent, {one.version.digest: one for one in self._held(agent)})
            )
        found.pop("shipped", None)
        return found

    def point(self, agent: str, alias: str, reference: str, *, actor: str) -> None:
        """Let an alias name a version; `stable` leaves what it named as `previous`. Audited."""
        checked_alias(alias)
        digest, _ = self._resolved(agent, reference)
        before = self.aliases(agent).get(STABLE, "") if alias == STABLE else ""
        self.audit.record(actor, "promote", f"{agent}/{digest}", alias=alias)
        with _errors():
            if before not in ("", digest):
                self._name(agent, PREVIOUS, before)
            self._name(agent, alias, digest)

    def unpoint(self, agent: str, alias: str, *, actor: str) -> None:
        """Let an alias name nothing, `stable` the shipped version again. Audited."""
        self.audit.record(actor, "unpoint", agent, alias=checked_alias(alias))
        with _errors():
            self._name(agent, alias, "")

    def verify(self, agent: str = "") -> Sequence[Problem]:
        """Fetch every file again and compare its digest, and those that are kept here."""
        with _errors():
            held = self._held(agent)
        found = []
        for one in held:
            try:
                with self._downloaded(one) as folder, self._fetched.taken(folder) as (_, blob):
                    _check(one, blob)
                if self._fetched.path(one.version.digest).exists():
                    self._fetched.read(one.version.digest)
            except OctadError as error:
                found.append(Problem(f"{one.version.agent} {one.version.digest}", error.message))
        if (line := self.audit.verify()) is not None:
            found.append(Problem("audit.jsonl", f"line {line} does not fit in the chain"))
        return found

    def collect(self, *, keep: int = 3, dry_run: bool = False) -> Sequence[str]:
        """Remove what no alias, no rollout and no child names, but for the newest `keep` of each agent."""
        with _errors():
            held = {one.version.digest: one for one in self._held()}
            agents = {one.version.agent for one in held.values()}
            needed = {one for agent in agents for one in self._aliases(agent, held).values()}
            removed = superfluous([one.version for one in held.values()], keep, needed | set(self._needed()))
            for digest in () if dry_run else removed:
                self.audit.record(self.actor, "remove", digest)
                one = held[digest]
                self._client.delete_model_version(PREFIX + one.version.agent, one.number)
                self._client.delete_run(one.run)
                self._fetched.remove(digest)
        return removed

    def _resolved(self, agent: str, reference: str) -> tuple[str, dict[str, Held]]:
        """The digest of a reference, and what there is of an agent; nothing is fetched."""
        with _errors():
            held = {one.version.digest: one for one in self._held(agent)}
            came = shipped_version(agent)
            known = [*held, *([came.digest] if came else [])]
            digest = resolved(agent, reference, known, all_aliases(agent, self._aliases(agent, held)))
        if digest not in known:
            raise StoreError(f"{reference} names a version of {agent} that is gone", kind="damaged")
        return digest, held

    def _parent(self, agent: str, reference: str) -> str:
        whole = not reference or len(reference) == 64
        return reference if whole else self._resolved(agent, reference)[0]

    def _held(self, agent: str = "") -> list[Held]:
        """What MLflow holds, the newest first; what is not ours is passed over, and what is there twice."""
        if agent and not _NAME.fullmatch(agent):
            return []
        wanted = f"name = '{PREFIX}{agent}'" if agent else f"name LIKE '{PREFIX}%'"
        found: dict[str, Held] = {}
        token = None
        while True:
            page = self._client.search_model_versions(wanted, page_token=token)
            for one in page:
                with suppress(ValueError):
                    version = Version.model_validate_json(one.tags.get(f"{PREFIX}version", ""))
                    if one.name == PREFIX + version.agent:
                        found.setdefault(version.digest, Held(version, str(one.version), one.run_id))
            token = page.token
            if not token:
                return sorted(found.values(), key=lambda one: (-one.version.created, one.version.digest))

    def _aliases(self, agent: str, held: Mapping[str, Held]) -> dict[str, str]:
        """Aliases of MLflow, and those of the shipped version, which it does not have: a tag says so."""
        model = self._model(agent)
        if model is None:
            return {}
        numbers = {one.number: digest for digest, one in held.items() if one.version.agent == agent}
        own = {alias: numbers.get(str(number), "") for alias, number in model.aliases.items()}
        tag = f"{PREFIX}alias."
        came = {name.removeprefix(tag): value for name, value in model.tags.items() if name.startswith(tag)}
        return {alias: digest for alias, digest in (came | own).items() if digest}

    def _model(self, agent: str) -> Any:
        """The registered model of an agent, None where there is none."""
        if not _NAME.fullmatch(agent):
            return None
        found = self._client.search_registered_models(f"name = '{PREFIX}{agent}'")
        return found[0] if found else None

    def _name(self, agent: str, alias: str, digest: str) -> None:
        """Let an alias name a digest, or nothing."""
        name, tag = PREFIX + agent, f"{PREFIX}alias.{alias}"
        number = next((one.number for one in self._held(agent) if one.version.digest == digest), "")
        model = self._model(agent)
        if model is None:
            if not digest:
                return
            model = self._client.create_registered_model(name)
        if number:
            self._client.set_registered_model_alias(name, alias, number)
        elif digest:
            self._client.set_registered_model_tag(name, tag, digest)
        if not number and alias in model.aliases:
            self._client.delete_registered_model_alias(name, alias)
        if (number or not digest) and tag in model.tags:
            self._client.delete_registered_model_tag(name, tag)

    def _upload(self, part: Path, blob: Blob, version: Version) -> None:
        """Log the files, figures and recipe of a version, and register it."""
        client = self._client
        run = client.create_run(self._experiment(), run_name=f"{version.agent} {version.digest[:12]}").info
        client.log_artifacts(run.run_id, str(part), ARTEFACT)
        for name, value in version.metrics.items():
            if _NAME.fullmatch(name):
                client.log_metric(run.run_id, name, value)
        for name, text in version.recipe.items():
            if _NAME.fullmatch(name):
                client.log_param(run.run_id, name, text[:_LONGEST])
        client.set_terminated(run.run_id)
        name = PREFIX + version.agent
        if self._model(version.agent) is None:
            client.create_registered_model(name)
        tags = {f"{PREFIX}version": version.model_dump_json(), f"{PREFIX}digest": blob.digest}
        client.create_model_version(
            name, f"{run.artifact_uri}/{ARTEFACT}", run.run_id, tags=tags, description=version.note
        )

    def _experiment(self) -> str:
        """The experiment that runs belong to; of a database on this machine its files lie beside it."""
        found = self._client.get_experiment_by_name("octad")
        if found is not None:
            return str(found.experiment_id)
        kind, _, place = self._address.partition("sqlite:///")
        beside = (
            None if kind or not place else Path(place).absolute().parent.joinpath("octad-artefacts").as_uri()
        )
        return str(self._client.create_experiment("octad", artifact_location=beside))

    def _fetch(self, one: Held) -> Path:
        """The folder of a version, fetched where it is not here."""
        path = self._fetched.path(one.version.digest)
        if not path.is_dir():
            with self._downloaded(one) as folder, self._fetched.taken(folder) as (part, blob):
                _check(one, blob)
                self._fetched.place(part, blob.digest)
        return path

    @contextmanager
    def _downloaded(self, one: Held) -> Iterator[Path]:
        """The files of a version as MLflow gives them."""
        with temporary_folder() as folder:
            with _errors():
                place = self._client.download_artifacts(one.run, ARTEFACT, str(folder))
            yield Path(place)


def _check(one: Held, blob: Blob) -> None:
    """Raise ArtefactError where what was fetched is not what was put."""
    if blob.digest != one.version.digest:
        raise ArtefactError(
            f"MLflow gives another artefact than {one.version.agent} {one.version.digest[:12]}"
        )


@contextmanager
def _errors() -> Iterator[None]:
    """Whatever goes wrong in MLflow, as one StoreError."""
    try:
        yield
    except (OctadError, OSError):
        raise
    except Exception as error:
        raise StoreError(
            f"MLflow does not answer as it should: {first_line(error)}", kind="refused"
        ) from error
