"""Bases of what travels over HTTP: input forbids unknown fields, every model shows an example."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Input(BaseModel):
    """A request's body."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Output(BaseModel):
    """A response's body."""

    model_config = ConfigDict(from_attributes=True)


def example(**values: Any) -> ConfigDict:
    """`model_config = example(name="…")`: how the model looks in the API's description; joins what is inherited."""
    return ConfigDict(json_schema_extra={"examples": [values]})
