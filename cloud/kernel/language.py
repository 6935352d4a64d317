"""Words for people, in the languages that the house speaks."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language of the house."""

    RU = "ru"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in each language; `{name}` marks what the occasion fills in."""

    ru: str
    en: str

    def in_language(self, language: Language, **data: object) -> str:
        sentence = self.ru if language is Language.RU else self.en
        return sentence.format(**data)


def preferred_language(accept_language: str | None, default: Language = Language.RU) -> Language:
    """Choose by an Accept-Language header (RFC 9110, 12.5.4); what it does not name is refused last."""
    best, best_quality = default, 0.0
    for part in (accept_language or "").split(","):
        tag, _, parameter = part.strip().partition(";")
        primary = tag.partition("-")[0].lower()
        quality = _quality(parameter)
        if primary in set(Language) and quality > best_quality:
            best, best_quality = Language(primary), quality
    return best


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
