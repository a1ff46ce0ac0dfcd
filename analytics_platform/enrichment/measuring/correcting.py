"""``analytics-platform labels correct|train|suggest``: the model learns from the people who use it.

Commands of the Typer app in ``commands``. Nothing heavy is imported before a command runs. Does not live here: the fit
(``adapting``), the files (``corrections``), the choice of texts (``suggesting``).
"""

import csv
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analytics_platform.enrichment.errors import EvaluationError

if TYPE_CHECKING:
    from analytics_platform.enrichment.methods.engine import Engine

TASK = Annotated[str, typer.Option(help="sentiment, topic or intent.")]
FILE = Annotated[Path, typer.Argument(help="CSV with a column text.", exists=True, dir_okay=False)]


def correct(
    text: Annotated[str, typer.Argument(help="The text, as it was labelled.")],
    label: Annotated[str, typer.Option(help="The label that it should have.")],
    by: Annotated[str, typer.Option(help="Who says so.")],
    task: Annotated[
        str, typer.Option(help="sentiment, topic, intent, or safety: none, or the right tier.")
    ] = "sentiment",
) -> None:
    """Keep what a text should have been labelled; `labels train` learns from it; one on an alarm counts by itself."""
    from analytics_platform import settings
    from analytics_platform.enrichment.learning.corrections import Correction, corrections_file, keep
    from analytics_platform.enrichment.learning.evaluation import LabelledText, check_labels
    from analytics_platform.enrichment.learning.examples import MODELLED
    from analytics_platform.enrichment.methods.deciding import SAFETY

    engine = _engine(task, (*MODELLED, SAFETY))
    check_labels([LabelledText(text, label)], engine.names(task), task)
    file = corrections_file(settings.load().home)
    keep(file, Correction(text, task, label, by, datetime.now(UTC)))
    if task == SAFETY:
        typer.echo(f"Kept in {file}. Equal texts are {label} from the next labelling on, unless a critical rule fires.")
        return
    typer.echo(f"Kept in {file}. Learn from it and the others: analytics-platform labels train --task {task}")


def train(
    examples: Annotated[Path | None, typer.Option(help="CSV: text, label (task); else what was corrected.")] = None,
    task: TASK = "sentiment",
    map: Annotated[Path | None, typer.Option(help="YAML or JSON: foreign label name to ours; null leaves out.")] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Go back to the packaged model of this task.")] = False,
) -> None:
    """Move the model of a task by corrections. Refused where texts that it did not see would not be labelled better."""
    from analytics_platform import settings
    from analytics_platform.enrichment.learning.adapting import LEAST, adapt
    from analytics_platform.enrichment.learning.corrections import (
        corrections_file,
        drop_own,
        read_corrections,
        write_own,
    )
    from analytics_platform.enrichment.learning.evaluation import SKIP, LabelledText, check_labels, read_mapping

    loaded = settings.load()
    if forget:
        typer.echo(f"The packaged model labels {task} again." if drop_own(loaded.home, task) else "Nothing was learnt.")
        return
    engine = _engine(task)
    names = read_mapping(map) if map else {}
    read = read_corrections(examples or corrections_file(loaded.home), task)
    items = [LabelledText(one.text, names.get(one.label, one.label)) for one in read]
    items = [one for one in items if one.label not in (SKIP, "unknown")]
    check_labels(items, engine.names(task), task)
    if len(items) < LEAST:
        raise EvaluationError(f"{len(items)} corrections of {task} are too few to judge by; {LEAST} are needed.")
    base, reading = engine.local.packaged_model, engine.local.read([one.text for one in items])
    found = adapt(base, task, reading, [one.label for one in items])
    typer.echo(f"{found.texts} texts, each judged by a model that did not see it:")
    typer.echo(f"accuracy {found.accuracy_before:.3f} → {found.accuracy_after:.3f}")
    typer.echo(
        f"Cohen's kappa {found.kappa_before:.3f} → {found.kappa_after:.3f}"
        f" (gain {found.kappa_after - found.kappa_before:+.3f}, 95 %: {found.gain_low:+.3f} to {found.gain_high:+.3f})"
    )
    if not found.is_better:
        typer.echo("Not better: the model stays as it is.")
        raise typer.Exit(1)
    write_own(loaded.home, task, items, found.choice)
    typer.echo(f"In use from now on as {_engine(task).local.version}. Days labelled before keep their labels until you")
    typer.echo("materialise labels/answers and labels/exchanges for them.")


def suggest(
    file: FILE,
    n: Annotated[int, typer.Option(help="How many.")] = 50,
    task: TASK = "sentiment",
) -> None:
    """The texts of a file that are most worth correcting, as CSV to fill in: text, label, said, confidence."""
    from analytics_platform.enrichment.measuring.suggesting import suggest as choose

    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if "text" not in (reader.fieldnames or ()):
            raise EvaluationError(f"{file} needs the column text; it has {reader.fieldnames}.")
        texts = list(dict.fromkeys((row["text"] or "").strip() for row in reader))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("text", "label", "said", "confidence"))
    for text, label in choose(_engine(task), [text for text in texts if text], task, n):
        writer.writerow((text, "", label.label, f"{label.confidence:.2f}"))


def _engine(task: str, allowed: Sequence[str] = ()) -> "Engine":
    from analytics_platform import settings
    from analytics_platform.enrichment.learning.examples import MODELLED
    from analytics_platform.enrichment.methods.engine import Engine

    if task not in (allowed or MODELLED):
        known = ", ".join(allowed or MODELLED)
        raise EvaluationError(f"the task {task} is not learnt from corrections; it is one of {known}.")
    return Engine(model_folder=settings.load().home / "models")
