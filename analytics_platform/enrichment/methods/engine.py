"""The entry to all methods: chooses the method, and adds the safety rules' and people's decisions to its labels.

``Engine.label`` is what an asset calls. Does not live here: how a method works, where texts come from.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from analytics_platform.enrichment.labels import TASKS, Labels, Method
from analytics_platform.enrichment.methods.deciding import Decisions
from analytics_platform.enrichment.methods.local import LocalMethod
from analytics_platform.enrichment.safety.rules import SafetyRules, packaged_rules, read_rules, with_model
from analytics_platform.enrichment.taxonomy import PACKAGED, read_taxonomies


class Engine:
    """Labels batches of texts with the local method, or with another one and the rules beside it."""

    def __init__(
        self,
        taxonomy_folder: Path = PACKAGED,
        model_folder: Path | None = None,
        method: Method | None = None,
        rules: SafetyRules | None = None,
    ) -> None:
        own_rules = taxonomy_folder / "safety.yaml"
        self.rules = rules or (read_rules(own_rules) if own_rules.exists() else packaged_rules())
        self.taxonomies = read_taxonomies(taxonomy_folder)
        self.local = LocalMethod(self.taxonomies, model_folder, self.rules)
        self.method = method
        self._home = model_folder.parent if model_folder else None

    @cached_property
    def decisions(self) -> Decisions:
        """What people decided about alarms, as it stood when the first text was labelled."""
        return Decisions.of(self._home)

    def label(
        self,
        texts: Sequence[str],
        tasks: Sequence[str] = TASKS,
        among: Mapping[str, Collection[str]] | None = None,
    ) -> list[Labels]:
        """One set of labels per text, in order. Safety is always asked of the rules, whatever the method says."""
        answers = self.method.label(texts, tasks) if self.method else self.local.label(texts, tasks, among)
        if "safety" in tasks and (self.method or self.decisions.tiers):
            for answer, text in zip(answers, texts, strict=True):
                rules, said = self.rules.label(text), answer["safety"]
                said = with_model(rules, said) if self.method else said
                answer["safety"] = self.decisions.judge(text, said, rules.label)
        return answers

    def names(self, task: str) -> tuple[str, ...]:
        """The labels that a task may answer, as far as they are a closed list."""
        if task == "safety":
            return ("none", "medium", "high", "critical")
        return self.taxonomies[task].names if task in self.taxonomies else ()
