"""The vocabulary of benefit rules: what can be known of somebody, and how people say it.

A fact is a variable in the sense of OpenFisca (https://openfisca.org): it has a name, a type and,
where it is chosen from a list, its values. Beside each stand the everyday words by which people
state it, so that a sentence can be read into facts, and the question to ask when it is not known.

In ``say`` a ``*`` stands for up to six characters without punctuation, ``**`` for up to sixteen
of the same sentence, commas among them, and ``#`` for a number (``每月#`` reads ``每月2500`` and
``每月三千``).
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Strict(BaseModel):
    """Editorial data: nothing unknown is let pass, nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class FactType(StrEnum):
    """What values a fact takes."""

    YES_NO = "yes_no"
    ONE_OF = "one_of"
    SOME_OF = "some_of"  # a set: a person may belong to several groups
    NUMBER = "number"


class FactValue(Strict):
    """One value of a fact that is chosen from a list.

    ``implies`` are values of the same fact that hold with it (零就业家庭成员 are 就业困难人员).
    """

    name: str = Field(min_length=1)
    say: tuple[str, ...] = ()
    implies: tuple[str, ...] = ()


class Fact(Strict):
    """A variable of the rules.

    ``say`` are words for *yes*, or for a number; ``deny`` words for *no* beyond plain negation
    (未参保), ``unrelated`` words that contain one of the others and mean something else (技师学院
    is no 技师). ``question`` is what to ask a person who did not tell, in plain words.
    ``closed`` is for a set of which people name all that matters: a value that is not named then
    counts as absent once any is named. ``unit`` is that of a number; ``larger_units`` are others in
    which people state it, each with its size in ``unit``. ``other_occupation`` is for a fact whose
    values are occupations: it is the value for an occupation that isn't among them.
    """

    name: str = Field(min_length=1)
    type: FactType
    question: str = Field(min_length=1)
    values: tuple[FactValue, ...] = ()
    say: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    unrelated: tuple[str, ...] = ()
    other_occupation: str | None = None
    closed: bool = False
    unit: str | None = None
    larger_units: dict[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_its_type(self) -> Fact:
        listed = self.type in (FactType.ONE_OF, FactType.SOME_OF)
        if listed != bool(self.values):
            raise ValueError(f"事实“{self.name}”:one_of 和 some_of 要有 values,别的类型不能有")
        if listed and self.say:
            raise ValueError(f"事实“{self.name}”:说法(say)请写在各个取值下面")
        names = {value.name for value in self.values}
        if self.other_occupation not in {None, *names}:
            raise ValueError(f"事实“{self.name}”:没有取值 {self.other_occupation}")
        if len(names) != len(self.values):
            raise ValueError(f"事实“{self.name}”:取值重复")
        for value in self.values:
            if unknown := set(value.implies) - names:
                raise ValueError(f"事实“{self.name}”:没有取值 {'、'.join(sorted(unknown))}")
        return self

    def closure(self, stated: frozenset[str]) -> frozenset[str]:
        """The stated values with all that they imply."""
        implied = {name for value in self.values if value.name in stated for name in value.implies}
        return stated if implied <= stated else self.closure(stated | implied)
