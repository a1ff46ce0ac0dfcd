"""The default method: language first, then linear models and lexicons, on this machine alone.

The model is trained once from the packaged examples and the taxonomies, and kept by version in a folder that the
caller names. Does not live here: the fit (``training``), the safety rules (``safety``).
"""

import hashlib
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy import sparse

from analytics_platform.enrichment.labels import UNKNOWN, Label, Labels, unsure
from analytics_platform.enrichment.learning import examples
from analytics_platform.enrichment.learning.corrections import own_version, read_own
from analytics_platform.enrichment.learning.examples import MODELLED, NONE
from analytics_platform.enrichment.learning.model import LinearModel, TaskModel, softmax, trust_inputs
from analytics_platform.enrichment.learning.risk import chances, with_risk
from analytics_platform.enrichment.safety.rules import SafetyRules, packaged_rules
from analytics_platform.enrichment.taxonomy import Taxonomy
from analytics_platform.enrichment.texts import language, lexicon
from analytics_platform.enrichment.texts.text_features import Numbers, Reader, Reading

BUILD = "9"
"""Raise this when the meaning of a stored model changes."""
BATCH = 2000
SURELY_FOREIGN = 0.75
"""A text that is in an untaught language with at least this confidence is not judged by word models."""
NEIGHBOUR = {"ms": "id", "jv": "id"}
ALSO = 0.3
"""A further topic is given from this share of the model's belief."""


class LocalMethod:
    """Labels texts with packaged knowledge only."""

    name = "local"

    def __init__(
        self, taxonomies: Mapping[str, Taxonomy], folder: Path | None = None, rules: SafetyRules | None = None
    ) -> None:
        self._taxonomies = taxonomies
        self._folder = folder
        self._rules = rules

    @cached_property
    def packaged_version(self) -> str:
        parts = [BUILD, examples.packaged_version(), lexicon.packaged_version()]
        parts += [self._taxonomies[task].version for task in MODELLED]
        return "local-" + hashlib.sha256(" ".join(parts).encode()).hexdigest()[:10]

    @cached_property
    def version(self) -> str:
        """The packaged model's, and that of the corrections by which it was moved."""
        own = own_version(self._folder)
        return f"{self.packaged_version}+{own}" if own else self.packaged_version

    @cached_property
    def reader(self) -> Reader:
        return Reader(self._taxonomies)

    @cached_property
    def packaged_model(self) -> LinearModel:
        """The model of this version: from the folder when it is there, else trained (some seconds) and stored."""
        file = self._folder / f"{self.packaged_version}.npz" if self._folder else None
        if file and file.exists():
            return LinearModel.load(file, self.packaged_version)
        from analytics_platform.enrichment.learning.training import train

        logging.getLogger(__name__).warning("Training the label models once, for some seconds; they are kept.")
        model = train(self._taxonomies, self.packaged_version)
        if file:
            model.save(file)
        return model

    @cached_property
    def model(self) -> LinearModel:
        """The packaged model, moved by the corrections in use; a moved one is kept as well."""
        if self.version == self.packaged_version:
            return self.packaged_model
        file = self._folder / f"{self.version}.npz" if self._folder else None
        if file and file.exists():
            return LinearModel.load(file, self.version)
        from analytics_platform.enrichment.learning.adapting import refit

        base = self.packaged_model
        moved = {
            task: refit(base, task, self.read([item.text for item in items]), [item.label for item in items], choice)
            for task, (items, choice) in read_own(self._folder).items()
        }
        model = replace(base, version=self.version, tasks={**base.tasks, **moved})
        if file:
            model.save(file)
        return model

    def read(self, texts: Sequence[str]) -> Reading:
        """The texts as the models see them, each judged as of its own language."""
        return self.reader.read(texts, [judged_as(label) for label in language.label_languages(texts)])

    def label(
        self, texts: Sequence[str], tasks: Sequence[str], among: Mapping[str, Collection[str]] | None = None
    ) -> list[Labels]:
        """The labels of each text. ``among`` narrows the answers of a task, for sources that know fewer labels."""
        answers: list[Labels] = []
        for start in range(0, len(texts), BATCH):
            answers += self._label_batch(texts[start : start + BATCH], tasks, among or {})
        return answers

    def _label_batch(
        self, texts: Sequence[str], tasks: Sequence[str], among: Mapping[str, Collection[str]]
    ) -> list[Labels]:
        answers: list[Labels] = [{} for _ in texts]
        languages = language.label_languages(texts)
        if "language" in tasks:
            for answer, label in zip(answers, languages, strict=True):
                answer["language"] = label
        modelled = [task for task in tasks if task in MODELLED]
        if modelled or "safety" in tasks:
            reading = self.reader.read(texts, [judged_as(label) for label in languages])
            rows, known = self.model.vocabulary.rows(reading.features)
            self._model_batch(rows, known, reading, languages, modelled, among, answers)
            if "safety" in tasks:
                self._safety_batch(texts, rows, reading, languages, answers)
        return answers

    def _safety_batch(
        self,
        texts: Sequence[str],
        rows: sparse.csr_matrix,
        reading: Reading,
        languages: Sequence[Label],
        answers: list[Labels],
    ) -> None:
        rules = self._rules or packaged_rules()
        chance, tiers = chances(self.model, rows, reading)
        for place, (text, answer) in enumerate(zip(texts, answers, strict=True)):
            said = rules.label(text)
            judged = reading.lengths[place] and not is_foreign(languages[place])
            answer["safety"] = said
            if judged:
                answer["safety"] = with_risk(
                    said, float(chance[place]), tiers[place], reading.languages[place], self.version
                )

    def _model_batch(
        self,
        rows: sparse.csr_matrix,
        known: Numbers,
        reading: Reading,
        languages: Sequence[Label],
        tasks: Sequence[str],
        among: Mapping[str, Collection[str]],
        answers: list[Labels],
    ) -> None:
        for task in tasks:
            model = self.model.tasks[task]
            scores = model.scores(rows, reading.dense)
            allowed = among.get(task)
            if allowed:
                scores = np.where([name in allowed or name == NONE for name in model.names], scores, np.float32(-30))
            shares = softmax(scores)
            sure = model.confidence(trust_inputs(shares, known, reading))
            self._answer(model, shares, sure, reading, languages, answers)

    def _answer(
        self,
        model: TaskModel,
        shares: Numbers,
        sure: Numbers,
        reading: Reading,
        languages: Sequence[Label],
        answers: list[Labels],
    ) -> None:
        task, version = model.task, self.version
        threshold = self._taxonomies[task].unknown_below
        best, rounded = shares.argmax(axis=1).tolist(), np.round(sure.astype(float), 4).tolist()
        has_words, felt = (reading.lengths > 0).tolist(), (reading.dense[:, 0] != 0).tolist()
        for place, answer in enumerate(answers):
            confidence, name, found = rounded[place], model.names[best[place]], languages[place]
            if not has_words[place]:
                answer[task] = unsure(task, "local", version, 0.0, "no words")
            elif is_foreign(found) and not (task == "sentiment" and felt[place]):
                answer[task] = unsure(task, "local", version, 0.0, f"language {found.label} is not taught")
            elif name == NONE:
                answer[task] = unsure(task, "local", version, confidence, "outside the taxonomy")
            elif confidence < threshold:
                answer[task] = unsure(task, "local", version, confidence, f"perhaps {name}")
            else:
                also = _also(model.names, shares[place], name) if task == "topic" else ()
                answer[task] = Label(task, name, confidence, "local", version, (name, *also))


def judged_as(label: Label) -> str:
    """The language whose lexicon and spellings serve a text: its own, a neighbour's, or English."""
    name = NEIGHBOUR.get(label.label, label.label)
    if name in language.SUPPORTED:
        return name
    return "emoji" if is_foreign(label) else "en"


def is_foreign(label: Label) -> bool:
    return label.label not in (*language.SUPPORTED, *NEIGHBOUR, UNKNOWN) and label.confidence >= SURELY_FOREIGN


def _also(names: Sequence[str], shares: Numbers, first: str) -> tuple[str, ...]:
    ranked = sorted(zip(shares.tolist(), names, strict=True), reverse=True)
    return tuple(name for share, name in ranked if share >= ALSO and name not in (first, NONE))
