"""``yangguang site``: the atlas, a static site from a snapshot, and a server for one's own machine."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.terminal.say import failed, give, reading_home, say, wrong


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--from", "snapshot", help="A snapshot's folder, or a version of the home; else the latest of the home."
)
@click.option("--serve", is_flag=True, help="Show it on 127.0.0.1 until interrupted.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free one."
)
def site(directory: Path, snapshot: str | None, serve: bool, port: int) -> None:
    """Write the atlas, a static site, into DIRECTORY."""
    from pipeline.load.difference import NoSnapshot, snapshot_at
    from pipeline.site import NotASnapshot, NotOurs, write_site

    try:
        source = snapshot_at(snapshot, reading_home()) if snapshot else latest_snapshot()
    except NoSnapshot as error:
        wrong(str(error))
    folder = directory.resolve()
    kept = next((p for p in (source.resolve(), *source.resolve().parents) if p.name == "warehouse"), source)
    if folder == kept.resolve() or kept.resolve() in folder.parents:
        wrong(f"{directory} lies inside the warehouse: name a folder outside of {kept}")
    try:
        done = write_site(source, folder)
    except (NotASnapshot, NotOurs) as error:
        wrong(str(error))
    except OSError as error:
        failed(f"{error.filename or directory}: {error.strerror or error}")
    say(
        f"snapshot {done.version}: {done.files} files, {done.bytes / 1e6:.1f} MB, {done.written} of them written now"
    )
    give([str(folder / "index.html")])
    if serve:
        show(folder, port)


def latest_snapshot() -> Path:
    """The latest snapshot of the home that reading commands take."""
    from pipeline.load.sums import latest

    home = reading_home()
    name = latest(home)
    if not name or not (home.snapshots / name).is_dir():
        wrong(f"{home.snapshots} holds no snapshot yet: run `yangguang run` first, or name one by --from")
    return home.snapshots / name


def show(folder: Path, port: int) -> None:
    """Serve a folder on 127.0.0.1 until interrupted."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    class Quiet(SimpleHTTPRequestHandler):
        """Says nothing of each request."""

        def log_message(self, *_: object) -> None:
            return

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=str(folder)))
    except OSError as error:
        failed(f"port {port}: {error.strerror or error}; name another by --port")
    with server:
        say(f"http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("ended")
