"""Two ways to reach an agent: in this process, or over a socket."""

from __future__ import annotations

from typing import Any, Protocol

from autograder.probe.errors import MalformedReply, StudentFault, StudentMissing

Plain = Any


class Link(Protocol):
    """Carry one verb to the agent and its reply back."""

    def request(self, verb: str, payload: dict[str, Plain]) -> dict[str, Plain]:
        """Return the agent's reply; raises ProbeError if there is none."""
        ...


class LocalLink:
    """Reach an agent in this very process, as in a student's notebook."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        from autograder.probe.agent import Agent

        self.agent = Agent(namespace)

    def request(self, verb: str, payload: dict[str, Plain]) -> dict[str, Plain]:
        return self.agent.answer(verb, payload)


def value_of(reply: dict[str, Plain]) -> Plain:
    """Unpack a reply: its value, or the student's fault as an exception."""
    if "value" in reply:
        return reply["value"]
    if isinstance(reply.get("missing"), str):
        raise StudentMissing(reply["missing"][:100])
    fault = reply.get("fault")
    if isinstance(fault, dict):
        said = (fault.get(key) for key in ("kind", "text", "line"))
        raise StudentFault(*(text[:500] if isinstance(text, str) else "" for text in said))
    raise MalformedReply("the reply holds neither a value nor a fault")
