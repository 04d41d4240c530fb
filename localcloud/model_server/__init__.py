"""A scripted, deterministic stand-in for a language model behind OpenAI's chat completions API."""

from localcloud.model_server.options import Options, Timing
from localcloud.model_server.server import ModelServer

__all__ = ["ModelServer", "Options", "Timing"]
