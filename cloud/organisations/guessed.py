"""Words with which a guesser begins here: of the country, of the trade, of the person and of the company. Pure."""

import re
from collections.abc import Iterable, Iterator

_COMMON = """
пароль привет домовой любовь солнышко максим россия наташа марина андрей сергей александр дмитрий татьяна
администратор админ пользователь диспетчер диспетчерская управляющий управляющая компания управление менеджер
директор охрана охранник консьерж вахтер дворник инженер сантехник электрик бухгалтер секретарь начальник
работа офис шлагбаум ворота калитка пропуск проезд въезд подъезд домофон квартира этаж паркинг парковка
коттедж поселок дом комплекс счетчик подвал лифт котельная январь февраль март апрель июнь июль август
сентябрь октябрь ноябрь декабрь зима весна лето осень москва петербург новосибирск екатеринбург казань
красноярск нижний новгород челябинск уфа краснодар самара ростов омск воронеж пермь волгоград саратов тюмень
тольятти махачкала барнаул ижевск хабаровск ульяновск иркутск владивосток ярославль севастополь ставрополь
томск кемерово набережные челны оренбург новокузнецк балашиха рязань чебоксары калининград пенза липецк киров
астрахань тула сочи курск тверь магнитогорск сургут брянск иваново якутск владимир domovoy gate admin password
"""
COMMON = tuple(_COMMON.split())
_WORD = re.compile(r"[^\W\d_]+")
_STEM, _LONG = 4, 7  # a name so long is shortened to so much, too
_PLAIN = dict(zip("абвгдезиклмнопрстуфэы", "abvgdeziklmnoprstufey", strict=True)) | {
    "ж": "zh",
    "ч": "ch",
    "ш": "sh",
    "ъ": "",
    "ь": "",
}
# As passports have it, as people write it, and the short way.
_SPELLINGS = [
    str.maketrans(_PLAIN | more)
    for more in (
        {"й": "i", "х": "kh", "ц": "ts", "щ": "shch", "ю": "iu", "я": "ia", "ё": "e"},
        {"й": "y", "х": "h", "ц": "ts", "щ": "sch", "ю": "yu", "я": "ya", "ё": "yo"},
        {"й": "j", "х": "h", "ц": "c", "щ": "sh", "ю": "u", "я": "ya", "ё": "e"},
    )
]
_NUMBER = re.compile(r"[+\d\s().-]+")
_PHONE = re.compile(r"[78]?[3489]\d{9}")


def words(evident: Iterable[str]) -> list[str]:
    """All that is tried first, the nearest to the person first. `evident`: the person's names, mail, companies."""
    near = [word for text in evident for word in _WORD.findall(text.casefold())]
    stems = [word[:_STEM] for word in near if len(word) >= _LONG]
    return list(dict.fromkeys(spelt for word in (*near, *stems, *COMMON) for spelt in _spelt(word)))


def is_phone(password: str) -> bool:
    """A telephone number, in any writing."""
    digits = re.sub(r"\D", "", password)
    return bool(_NUMBER.fullmatch(password) and _PHONE.fullmatch(digits))


def _spelt(word: str) -> Iterator[str]:
    yield word
    for spelling in _SPELLINGS:
        yield word.translate(spelling)
