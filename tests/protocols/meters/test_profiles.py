"""The profile files: the reviewed expansion, and what a file may not say."""

from pathlib import Path

import pytest

from protocols.meters import METERS, RELAYS, ProfileError, load_meter, load_relay
from protocols.meters import __main__ as listing
from protocols.meters import profile as profiles

REVIEWED = Path(__file__).with_name("profiles.reviewed.txt")
FILES = Path(profiles.__file__).with_name("profiles")
GOOD = """
maker = "M"
model = "X"
sources = ["page 1"]
[limits]
span = 20
[[channels]]
name = "a_{n}"
address = 5
type = "u32"
kind = "counter"
repeat = [{ letter = "n", count = 2, step = 2 }]
"""


def load(tmp_path, monkeypatch, text: str):
    """The text as if it were the only profile of the package."""
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "x.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(profiles, "METERS", ("x",))
    monkeypatch.setattr(profiles.resources, "files", lambda _: tmp_path)
    return load_meter.__wrapped__("x")


def test_profiles_are_as_they_were_reviewed():
    """After a look at the difference: `python -m protocols.meters > tests/protocols/meters/profiles.reviewed.txt`."""
    assert listing.expanded() == REVIEWED.read_text(encoding="utf-8")


def test_the_list_names_every_file_and_every_file_is_in_the_list():
    assert sorted(METERS + RELAYS) == sorted(path.stem for path in FILES.glob("*.toml"))


def test_repeats_are_written_out(tmp_path, monkeypatch):
    profile = load(tmp_path, monkeypatch, GOOD)
    assert [(channel.name, channel.address) for channel in profile.channels] == [("a_1", 5), ("a_2", 7)]


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ('kind = "counter"', 'kind = "counter"\nscael = "1"', "x.toml: .*unknown field `scael`.*channels"),
        ('kind = "counter"', 'kind = "sum"', "x.toml: Invalid enum value 'sum'.*kind"),
        ('type = "u32"', 'type = "u24"', "x.toml: .*'u24'"),
        ('type = "u32"', 'type = "bit"', "'a_1': bit in input"),
        ("address = 5", "address = 65534", "beyond|<= 65535"),
        ("address = 5", "address = -1", "x.toml: .*>= 0.*address"),
        ('name = "a_{n}"', 'name = "a"', "channel 'a' stands there 2 times"),
        ('name = "a_{n}"', 'name = "A {n}"', "channel 'A {n}', copy"),
        ('name = "a_{n}"', 'name = "a_{m}"', "'a_{m}'"),
        ("span = 20", "span = 126", "x.toml: .*<= 125.*span"),
        ('maker = "M"', "maker = M", "x.toml: .*line 2"),
        ('sources = ["page 1"]', "sources = []", "x.toml: .*sources"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place(tmp_path, monkeypatch, old, new, match):
    assert old in GOOD
    with pytest.raises(ProfileError, match=match):
        load(tmp_path, monkeypatch, GOOD.replace(old, new))


@pytest.mark.parametrize("load_it", [load_meter, load_relay])
@pytest.mark.parametrize("name", ["", "../wb_mcm8", "nothing"])
def test_an_unknown_profile_is_refused_and_no_path_is_opened(load_it, name):
    with pytest.raises(ProfileError, match="is unknown; there are"):
        load_it(name)
