"""Reading what is kept by hand under ``annotations/benefits``: YAML files, each of them a list."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

BENEFITS_FOLDER = Path(__file__).parent.parent / "annotations" / "benefits"

_Entry = TypeVar("_Entry", bound=BaseModel)


class BenefitRuleError(ValueError):
    """A rule, a fact or a name is malformed, or says what the text doesn't.

    The message (Chinese) says which and where.
    """


def read_entries(path: Path, kind: type[_Entry]) -> list[_Entry]:
    """The entries that a YAML file lists; an empty file has none.

    Raises:
        BenefitRuleError: the file can't be read or is no YAML, or an entry isn't as ``kind`` wants.
    """
    import yaml  # noqa: PLC0415  (needed at a build only)

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
        return TypeAdapter(list[kind]).validate_python(entries or [])  # type: ignore[valid-type]
    except OSError as error:
        raise BenefitRuleError(f"无法读取 {path.name}({error.strerror or error})。") from None
    except UnicodeDecodeError:
        raise BenefitRuleError(f"{path.name} 不是 UTF-8 编码,请另存为 UTF-8。") from None
    except yaml.YAMLError as error:
        raise BenefitRuleError(f"{path.name} 不是有效的 YAML:{error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise BenefitRuleError(f"{path.name} 第 {place} 处有误:{first['msg']}") from None
