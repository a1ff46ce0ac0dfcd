"""``analytics-platform labels translate|agreement|relabel``: translations, how right labels are, the past anew."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer


def translate(
    id: Annotated[str, typer.Argument(help="A conversation_id or message_id.", metavar="ID")],
    to: Annotated[str, typer.Option(help="Code of the language, as en. Default: TRANSLATE_TO.")] = "",
) -> None:
    """Translate a conversation or a message by LLM_MODEL, keep the result, and print it."""
    from analytics_platform.enrichment.chats.translating import read_translations, translate_one
    from analytics_platform.enrichment.chats.translator import open_translator
    from analytics_platform.enrichment.errors import TranslationError
    from analytics_platform.settings import load

    settings = load()
    language = to or settings.translate_to
    if not language:
        raise TranslationError("Say with --to into which language, as --to en, or set TRANSLATE_TO.")
    with open_translator(settings, language) as translator:
        done = translate_one(settings, id, translator)
    for message, query, answer in read_translations(settings, id, language):
        typer.echo(f"{message}")
        typer.echo(f"  user: {query or '-'}")
        typer.echo(f"  assistant: {answer or '-'}")
    counts = [sum(getattr(day, name) for day in done) for name in ("translated", "already", "left")]
    typer.echo("{} exchanges translated, {} were before, {} are left.".format(*counts))
    if reasons := {day.reason for day in done if day.reason}:
        raise TranslationError(f"Not all was translated: {'; '.join(sorted(reasons))}. Ask again later to go on.")
    typer.echo("The next run of their days brings them into the mart conversation_translations.")


def agreement(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Cohen's kappa of each label of simulated chats against what the simulation meant (truth.json)."""
    import json
    from dataclasses import asdict

    from analytics_platform.enrichment.chats.chat_agreement import agreement as measure
    from analytics_platform.settings import load

    found = measure(load())
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    typer.echo(f"{'task':<11}{'exchanges':>10}{'right':>8}{'kappa':>8}  most often taken for another")
    for one in found:
        wrong = ", ".join(f"{count} × {pair}" for pair, count in one.confusions.items())
        typer.echo(f"{one.task:<11}{one.exchanges:>10,}{one.right:>8.3f}{one.kappa:>8.3f}  {wrong}".rstrip())


class Labelled(StrEnum):
    chats = "chats"
    answers = "answers"


def relabel(
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First UTC day.")],
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last UTC day. Default: today.")] = None,
    only: Annotated[Labelled | None, typer.Option(help="chats or answers. Default: both.")] = None,
    most: Annotated[int, typer.Option(min=1, help="Most changes to print for each label.")] = 5,
) -> None:
    """Label past days with what labels today, and show what changed between the versions."""
    from analytics_platform.enrichment.relabelling import relabel as label_anew
    from analytics_platform.settings import load

    done = label_anew(load(), since.date(), until.date() if until else None, [only.value] if only else [])
    for one in done:
        typer.echo(
            f"{one.what}: {one.rows:,} labelled on {len(one.days)} days, {one.other_version:,} of another version"
        )
        for version, rows in one.versions.most_common():
            typer.echo(f"  before: {rows:>8,} by {version}")
        for task, changes in one.changes.items():
            pairs = ", ".join(f"{count:,} × {old} → {new}" for (old, new), count in changes.most_common(most))
            typer.echo(f"  {task:<10}{changes.total():>8,} changed  {pairs}".rstrip())
    if any(one.other_version for one in done):
        typer.echo("The next run of these days brings them into the marts (analytics-platform materialize).")
    else:
        typer.echo("Everything carries today's version: nothing changed.")
