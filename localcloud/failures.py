"""The root of the local cloud's failures; each is raised, and described, where it happens."""


class LocalCloudError(RuntimeError):
    """A failure that whoever runs the command can act on: the message says how, and no traceback is shown."""
