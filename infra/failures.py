"""The root of packaging failures; each is raised, and described, where it happens."""


class PackagingError(RuntimeError):
    """A failure that whoever packages can act on: the message says how, and no traceback is shown."""
