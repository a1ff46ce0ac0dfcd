"""analytics-platform api, and api-keys add | list | revoke."""

from typing import Annotated

import typer

from analytics_platform.errors import SettingsError
from analytics_platform.semantics.viewers import Role
from analytics_platform.settings import Settings

api_keys = typer.Typer(help="Keys of the API: who may ask, and what they may see.", no_args_is_help=True)
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def api() -> None:
    """Serve the API until Ctrl-C. The first start on this machine makes an admin key, in a file only you can read."""
    import uvicorn

    from analytics_platform.serving.api.app import create_app
    from analytics_platform.settings import load

    settings = load()
    welcome(settings)
    uvicorn.run(
        create_app(settings),
        host=settings.api_host,
        port=settings.api_port,
        log_level="warning",
        access_log=False,
        server_header=False,
    )


def welcome(settings: Settings) -> None:
    """Say where the API is, and make the first key where nobody else can come."""
    from analytics_platform.serving.api.keys import LAPTOP, Keys

    keys = Keys(settings)
    if not keys.all() and settings.api_host not in LOOPBACK:
        raise SettingsError(
            f"API_HOST is {settings.api_host}, and there is no key yet: analytics-platform api-keys add NAME."
        )
    file = keys.laptop() or settings.api_folder / LAPTOP
    typer.echo(f"API of the platform: http://{settings.api_host}:{settings.api_port}/docs")
    if file.exists():
        typer.echo(f"Its admin key for this machine is in {file}")


@api_keys.command()
def add(
    name: Annotated[str, typer.Argument(help="Who holds the key.")],
    role: Annotated[Role, typer.Option(help="viewer: numbers only; analyst: people, too; admin.")] = Role.VIEWER,
    cohort: Annotated[list[str] | None, typer.Option(help="Only people of this cohort; may be repeated.")] = None,
) -> None:
    """Make a key. It is shown once."""
    from analytics_platform.serving.api.keys import Keys
    from analytics_platform.settings import load

    typer.echo(Keys(load()).add(name, role, cohort or None))


@api_keys.command("list")
def list_keys() -> None:
    """Who holds a key."""
    from analytics_platform.serving.api.keys import Keys
    from analytics_platform.settings import load

    for key in Keys(load()).all():
        cohorts = "all cohorts" if key.cohorts is None else ", ".join(key.cohorts)
        typer.echo(f"{key.id}  {key.name:20} {key.role:8} {cohorts:30} since {key.created_at}")


@api_keys.command()
def revoke(name: Annotated[str, typer.Argument(help="The key's name or id.")]) -> None:
    """Make a key worthless, at once."""
    from analytics_platform.serving.api.keys import Keys
    from analytics_platform.settings import load

    Keys(load()).revoke(name)
    typer.echo(f"{name} is revoked.")
