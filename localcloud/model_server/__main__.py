"""Runs the model server as a process: `python -m localcloud.model_server --port N`; SIGTERM stops it."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import click

from localcloud.model_server.errors import InvalidInput
from localcloud.model_server.options import Options, Timing
from localcloud.model_server.server import ModelServer


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Port (0: any free one)."
)
@click.option(
    "--script",
    "scripts",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="YAML script tried before the shipped ones; repeatable, the first wins.",
)
@click.option("--first-token-ms", type=click.FloatRange(0), default=0.0, help="Wait before the first token.")
@click.option(
    "--tokens-per-second", type=click.FloatRange(0), default=0.0, help="Pace of tokens (0: at once)."
)
@click.option("--model", "models", multiple=True, help="Model name to accept; repeatable; none: accept any.")
def main(
    port: int,
    scripts: tuple[Path, ...],
    first_token_ms: float,
    tokens_per_second: float,
    models: tuple[str, ...],
) -> None:
    """Serve scripted chat completions on 127.0.0.1 until SIGTERM or Ctrl-C."""
    options = Options(port, scripts, Timing(first_token_ms, tokens_per_second), models)
    try:
        asyncio.run(_serve(options))
    except (InvalidInput, OSError) as error:
        raise click.ClickException(str(error)) from error


async def _serve(options: Options) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with ModelServer(options) as server:
        click.echo(f"model server: {server.model_url} (control: {server.url}/control)")
        await stopped.wait()


if __name__ == "__main__":
    main()
