"""The phone network as a process: ``python -m localcloud.phone_network``; ends cleanly on SIGTERM."""

from __future__ import annotations

import asyncio
import logging
import signal
from pathlib import Path

import click

from localcloud.phone_network.network import PhoneNetwork
from localcloud.phone_network.options import DEFAULT_ACCOUNT, DEFAULT_NUMBER, DEFAULT_TOKEN, Options


@click.command()
@click.option("--port", default=0, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--time-scale", default=1.0, help="How many simulated seconds pass in a real one.")
@click.option("--account-sid", default=DEFAULT_ACCOUNT, show_default=True)
@click.option("--auth-token", default=DEFAULT_TOKEN, help="The token that signs webhooks and admits clients.")
@click.option("--number", "numbers", multiple=True, help=f"A number to own; repeatable. [{DEFAULT_NUMBER}]")
@click.option("--country", "countries", multiple=True, help="A country that may be called. [US]")
@click.option("--calls-per-second", default=50.0, show_default=True)
@click.option("--rest-per-second", default=200.0, show_default=True)
@click.option("--end-waits-for-speech", is_flag=True, help="Let queued speech finish when a session ends.")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="File that keeps the state.")
@click.option("--verbose", is_flag=True, help="Write every event to the standard error.")
def main(verbose: bool, numbers: tuple[str, ...], countries: tuple[str, ...], **settings: object) -> None:  # noqa: FBT001
    """Run a phone network that behaves like Twilio, until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.DEBUG if verbose else logging.WARNING)
    options = Options(
        numbers=numbers or (DEFAULT_NUMBER,),
        countries=countries or ("US",),
        **settings,  # type: ignore[arg-type]  # click has checked each of them
    )
    asyncio.run(_serve(options))


async def _serve(options: Options) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with PhoneNetwork(options) as network:
        click.echo(f"phone network at {network.url}")
        await stopping.wait()


if __name__ == "__main__":
    main()
