"""What can go wrong with series and charts, named for what the caller can do."""

from cloud.kernel.errors import BadRequest, NotThere
from cloud.kernel.language import Text


class SeriesNotFound(NotThere):
    """No such series, or none that the caller may see."""

    code = "series_not_found"
    text = Text("Ряд показаний не найден.", "No such series.")


class RangeInvalid(BadRequest):
    """A chart's range must be a span forward, not longer than what its resolution allows."""

    code = "range_invalid"
    text = Text(
        "Неверный промежуток: начало должно быть раньше конца, точек — не более {limit}.",
        "Invalid range: it must begin before it ends and hold no more than {limit} points.",
    )
    example = {"limit": 10000}


class PeriodInvalid(BadRequest):
    """An extract's period must be a span forward, not longer than a year."""

    code = "period_invalid"
    text = Text(
        "Неверный период: начало должно быть раньше конца, не больше {days} дней.",
        "Invalid period: it must begin before it ends and be no longer than {days} days.",
    )
    example = {"days": 366}


class TooMuchForPaper(BadRequest):
    """A period with more records than anybody prints; the extract as JSON Lines has no such limit."""

    code = "too_much_for_paper"
    text = Text(
        "За этот период {found} записей, на бумагу — не больше {most}. Возьмите период короче или файл JSON Lines.",
        "There are {found} records of this period, at most {most} go on paper. Choose a shorter one, or JSON Lines.",
    )
    example = {"most": 5000, "found": 7200}
