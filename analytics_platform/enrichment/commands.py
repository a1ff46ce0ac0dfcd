"""``analytics-platform labels …``: measure a method on a labelled file, and ask why a text got its labels.

A Typer app that the command line mounts. Nothing heavy is imported before a command runs. Does not live here: the
measures (``evaluation``), the reasons (``explaining``).
"""

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analytics_platform.enrichment import chat_commands
from analytics_platform.enrichment.measuring import correcting

if TYPE_CHECKING:
    from analytics_platform.enrichment.learning.evaluation import Evaluation
    from analytics_platform.enrichment.methods.engine import Engine

labels = typer.Typer(help="Labels on free text: measure them, ask why.", no_args_is_help=True)


class TaskName(StrEnum):
    sentiment = "sentiment"
    topic = "topic"
    intent = "intent"
    safety = "safety"
    language = "language"


class MethodName(StrEnum):
    local = "local"
    llm = "llm"
    embedding = "embedding"


Taxonomies = Annotated[Path | None, typer.Option(help="Folder of your own taxonomy files; packaged ones otherwise.")]


@labels.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="CSV with the columns text and label.", exists=True, dir_okay=False)],
    task: Annotated[TaskName, typer.Option(help="What to label.")],
    method: Annotated[MethodName, typer.Option(help="How to label.")] = MethodName.local,
    map: Annotated[Path | None, typer.Option(help="YAML or JSON: foreign label name to ours; null leaves out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    taxonomies: Taxonomies = None,
) -> None:
    """Accuracy, Cohen's kappa, macro F1, precision and recall per class, share unknown, calibration error, texts/s.

    Once with every label allowed, as the marts get it, and once with only the labels that the file holds.
    """
    from analytics_platform.enrichment.learning.evaluation import check_labels, read_labelled, read_mapping
    from analytics_platform.enrichment.learning.evaluation import evaluate as measure

    engine = _engine(method, taxonomies)
    items = read_labelled(file, read_mapping(map) if map else None)
    if names := engine.names(task):
        check_labels(items, names, task)
    if method is MethodName.local:
        engine.label(["warm up"], [task])  # loading the model is not part of texts/s
    every = measure(items, lambda texts: [answer[task] for answer in engine.label(texts, [task])])
    held = {item.label for item in items}
    narrows = method is MethodName.local and task in (TaskName.sentiment, TaskName.topic, TaskName.intent)
    among = {task.value: held} if narrows else None
    only = measure(items, lambda texts: [answer[task] for answer in engine.label(texts, [task], among)])
    if as_json:
        extra = {"task": task.value, "method": method.value, "among": sorted(held) if among else None}
        document = {
            **extra,
            **only.as_dict(),
            "texts_per_second": every.texts_per_second,
            "every_label": every.as_dict(),
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    _print(every, task, f"{file.name}, every label allowed (as the marts get it)")
    if among:
        _print(only, task, f"{file.name}, only the file's labels allowed")


@labels.command()
def explain(
    text: Annotated[str, typer.Argument(help="The text.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    taxonomies: Taxonomies = None,
) -> None:
    """Which labels a text gets, and why."""
    from analytics_platform.enrichment.measuring.explaining import explain as reasons_of

    reasons = reasons_of(_engine(MethodName.local, taxonomies), text)
    if as_json:
        typer.echo(json.dumps(asdict(reasons), ensure_ascii=False, indent=2))
        return
    typer.echo(f"words ({reasons.judged_as}): {' | '.join(reasons.words)}")
    if reasons.feeling:
        typer.echo("feeling: " + ", ".join(f"{word} {score:+.1f}" for word, score in reasons.feeling))
    for task, label in reasons.labels.items():
        why = "; ".join(label.reasons)
        typer.echo(f"{task}: {label.label} ({label.confidence:.2f}, {label.method} {label.version}) {why}".rstrip())
        if task in reasons.tasks:
            spread = sorted(reasons.tasks[task].shares.items(), key=lambda item: -item[1])[:3]
            typer.echo("  belief: " + ", ".join(f"{name} {share:.2f}" for name, share in spread))
            typer.echo(
                "  for it: " + ", ".join(f"{name!r} {weight:+.2f}" for name, weight in reasons.tasks[task].features)
            )
    if reasons.positive:
        typer.echo(f"positive language: {', '.join(reasons.positive)}")


@labels.command()
def holdout(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """The scores on the packaged holdout, per task and language; training never sees it."""
    from analytics_platform.enrichment.measuring.holdout import score_holdout

    scores = list(score_holdout(_engine(MethodName.local, None)))
    if as_json:
        typer.echo(json.dumps([asdict(score) for score in scores], ensure_ascii=False, indent=2))
        return
    typer.echo(
        f"{'task':<10} {'language':<9}{'texts':>6}{'accuracy':>10}{'kappa':>8}{'macro F1':>10}{'unknown':>9}{'ECE':>7}"
    )
    for score in scores:
        found = score.evaluation
        error = "-" if found.calibration_error is None else f"{found.calibration_error:.3f}"
        typer.echo(
            f"{score.task:<10} {score.language:<9}{found.texts:>6}{found.accuracy:>10.3f}{found.kappa:>8.3f}"
            f"{found.macro_f1:>10.3f}{found.unknown_share:>9.3f}{error:>7}"
        )


@labels.command()
def behaviour(
    second: Annotated[
        bool, typer.Option("--second", help="The list that was written last and looked at once.")
    ] = False,
    show: Annotated[bool, typer.Option("--show", help="Also print each sentence that failed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Failure rates on plain sentences by kind and language, and how often another look changes a label."""
    from analytics_platform.enrichment.measuring.behaviour import FIRST, SECOND, check_behaviour

    found = check_behaviour(_engine(MethodName.local, None), SECOND if second else FIRST)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    typer.echo(f"{'task':<10} {'kind':<24}{'language':<9}{'sentences':>10}{'failed':>8}{'rate':>7}")
    for one in sorted(found, key=lambda one: (one.task, one.kind)):
        rate = f"{one.failed / one.sentences:.2f}" if one.sentences else "-"
        typer.echo(f"{one.task:<10} {one.kind:<24}{one.language:<9}{one.sentences:>10}{one.failed:>8}{rate:>7}")
        for sentence in one.examples if show else ():
            typer.echo(f"    {sentence}")


@labels.command()
def safety(
    show: Annotated[bool, typer.Option("--show", help="Also print each false alarm.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Indirect danger that is found, what looks like it and alarms, and false alarms on harmless everyday sentences."""
    from analytics_platform.enrichment.measuring.safety_measures import measure_safety

    found = measure_safety(_engine(MethodName.local, None))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        typer.echo(
            f"{one.language}: of {one.dangerous} indirect {one.recall:.2f} found (rules {one.recall_of_rules:.2f})"
        )
        typer.echo(
            f"    tier right in {one.tier_right:.2f}, critical in {one.critical_precision:.2f} of what is so called"
        )
        typer.echo(f"    alarms on {one.look_alikes_alarmed} of {one.look_alikes} look-alikes")
        typer.echo(f"    alarms on {one.everyday_alarmed} of {one.everyday:,} everyday sentences")
        for sentence in one.alarmed if show else ():
            typer.echo(f"    {sentence}")


labels.command()(correcting.correct)
labels.command()(correcting.train)
labels.command()(correcting.suggest)
labels.command()(chat_commands.translate)
labels.command()(chat_commands.agreement)
labels.command()(chat_commands.relabel)


@labels.command("cross-validate")
def cross_validate(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """How right, and how sure, the local models are on styles and on random thirds that they did not see (a minute)."""
    from analytics_platform.enrichment.learning.crossvalidation import cross_validate as measure
    from analytics_platform.enrichment.taxonomy import read_taxonomies

    scores = measure(read_taxonomies())
    if as_json:
        typer.echo(json.dumps([asdict(score) for score in scores], indent=2))
        return
    typer.echo(
        f"{'task':<10} {'left out':<14}{'part':<11}{'texts':>6}{'accuracy':>10}{'kappa':>8}{'sure':>7}{'ECE':>7}"
    )
    for score in scores:
        error = "-" if score.calibration_error is None else f"{score.calibration_error:.3f}"
        typer.echo(
            f"{score.task:<10} {score.left_out:<14}{score.part:<11}{score.texts:>6}"
            f"{score.accuracy:>10.3f}{score.kappa:>8.3f}{score.confidence:>7.2f}{error:>7}"
        )


@labels.command("rescan")
def rescan_past() -> None:
    """Screen all the past for safety rules and words that are new or changed; each alarms once on each answer."""
    from analytics_platform.enrichment.answers.rescanning import rescan
    from analytics_platform.settings import load

    found = rescan(load())
    if not found.rules:
        typer.echo("No rule or word is new: all the past was screened with them.")
        return
    typer.echo(f"New, changed or gone: {', '.join(found.rules)}.")
    days = f"{len(found.days)} days, {found.days[0]} to {found.days[-1]}" if found.days else "no day"
    typer.echo(f"Alarms changed on {days}. The reopened_days sensor asks for their marts, or materialise them.")


def _engine(method: MethodName, taxonomies: Path | None) -> "Engine":
    from analytics_platform import settings
    from analytics_platform.enrichment.methods.engine import Engine
    from analytics_platform.enrichment.taxonomy import PACKAGED

    loaded = settings.load()
    folder = loaded.home / "models"
    engine = Engine(taxonomies or PACKAGED, folder)
    if method is MethodName.llm:
        from analytics_platform.enrichment.llm.llm_method import from_settings

        engine.method = from_settings(engine.taxonomies, loaded, folder)
    elif method is MethodName.embedding:
        from analytics_platform.enrichment.methods.embedding import packaged_method

        engine.method = packaged_method(engine.taxonomies, loaded.embedding_model)
    return engine


def _print(result: "Evaluation", task: str, of: str) -> None:
    typer.echo(f"{task} on {of}: {result.texts} texts, {result.texts_per_second:,.0f} texts/s")
    typer.echo(f"accuracy {result.accuracy:.3f}   Cohen's kappa {result.kappa:.3f}   macro F1 {result.macro_f1:.3f}")
    error = "no answers" if result.calibration_error is None else f"{result.calibration_error:.3f}"
    typer.echo(f"unknown {result.unknown_share:.3f} of the texts   expected calibration error {error}")
    typer.echo(f"{'label':<18}{'precision':>10}{'recall':>10}{'texts':>8}{'answers':>9}")
    for name, scores in result.classes.items():
        precision = "-" if scores.precision is None else f"{scores.precision:.3f}"
        recall = "-" if scores.recall is None else f"{scores.recall:.3f}"
        typer.echo(f"{name:<18}{precision:>10}{recall:>10}{scores.texts:>8}{scores.answers:>9}")
    for confusion, count in result.confusions.items():
        typer.echo(f"  {count:>4} × {confusion}")
