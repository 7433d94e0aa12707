"""Measures that questions ask for, and how a text gives them: 几天 by 五个工作日, not by 500元.

Finer than :class:`server.answering.focus.Focus`, which says what kind of sentence is wanted: a
clause that regulates a thing and has no figure of the measure asked for doesn't answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.tokenizer import fold

_FIGURE = r"(?:\d[\d.,]*|[〇零一二两三四五六七八九十百千]+)"
_HOW_MANY = r"(?:多少|几多|(?<![好过这那有了先隔前后第])几)"
_COUNTED = r"[个家所项批门类种级份条篇道题间双台套亩页期户层只寸]"


@dataclass(frozen=True, slots=True)
class Measure:
    """``asked`` finds it in a question, ``given`` in a sentence; ``is_money`` of sums and rates."""

    asked: re.Pattern[str]
    given: re.Pattern[str]
    is_money: bool = False

    def is_given_in(self, sentence: str) -> bool:
        """Whether a folded sentence has a figure of this measure."""
        return self.given.search(sentence) is not None


def _measure(asked: str, given: str, *, is_money: bool = False) -> Measure:
    return Measure(re.compile(asked), re.compile(given), is_money)


_MEASURES = (
    _measure(
        r"多少(?:钱|元|块|万)|几(?:百|千|万)?(?:块|元)|[几多]万|几多钱"
        r"|[补奖赔发领给交缴罚贷拿收涨返退扣报存付拨](?:我|他|你|到|销|得|偿)?(?:多少|几多)(?![次回年天人种类个学])"
        r"|(?:标准|金额|额度|费用|单价|租金|学费|资费|工资|补贴|津贴)(?:是|为|各|上限|要|一般)*多少"
        r"|多少(?:补贴|津贴|奖金|工资|费|补助|利息|经费)",
        rf"{_FIGURE}\s*[万亿余多]*元|{_FIGURE}\s*[%％]|百分之|{_FIGURE}倍|免[征费收除]|全额",
        is_money=True,
    ),
    _measure(
        r"百分之[几多]|千分之|几个点|几成|几倍|比例|利率|费率|税率|百分比",
        rf"{_FIGURE}\s*[%％‰]|百分之|千分之|{_FIGURE}[成倍]|全额",
    ),
    _measure(  # days
        rf"{_HOW_MANY}个?(?:天|日|工作日)|多久|多长时间|时限|期限",
        rf"{_FIGURE}\s*个?(?:工作)?[日天]|{_FIGURE}\s*个?[月周]|{_FIGURE}\s*年(?!度)"
        r"|期[满限内]|当[日天月]|每[年月季]|即时|[前底]",
    ),
    _measure(rf"{_HOW_MANY}个?月", rf"{_FIGURE}\s*(?:个?月|年|日|天)"),
    _measure(
        rf"{_HOW_MANY}个?年|有效期",
        r"(?<!\d)(?:\d\d?|[一二两三四五六七八九十]+)\s*(?:年(?!代)|个月)|届",
    ),
    _measure(
        r"几月|几号|什么时[候间]|啥时[候间]?|何时|哪[天年]|截[止至]",
        r"\d[年月日]|年底|之日起|每[年月季]|前",
    ),
    _measure(
        rf"{_HOW_MANY}[个名位]?(?:人|名|位|学员|职工|工人|徒弟|学生|专家|代表|老师|评委)",
        rf"{_FIGURE}\s*余?[名人位]",
    ),
    _measure(rf"{_HOW_MANY}[次回趟遍届轮]", rf"{_FIGURE}\s*[次回轮]|[每一]届|每年|每{_FIGURE}年"),
    _measure(rf"{_HOW_MANY}周?岁|年龄|多大", r"岁|年龄"),
    _measure(rf"{_HOW_MANY}(?:平|亩|方)|面积|多大(?:场地|地方)", r"平方米|亩|平米|公顷|面积"),
    _measure(
        rf"{_HOW_MANY}个?(?:小时|学时|课时|钟头|分钟|节)|课时|学时",
        rf"{_FIGURE}\s*个?(?:小时|学时|课时|分钟|节)",
    ),
    _measure(rf"{_HOW_MANY}分(?!钟)|及格|分数", rf"{_FIGURE}\s*分(?![之钟])|成绩"),
    _measure(r"电话|号码|网址|邮箱|地址|哪条路", r"https?:|www|[a-z\d]@|\d{7,}|地址[:：]"),
    _measure(
        r"app|公众号|微信|小程序|哪个网站|在哪.{0,4}(?:下载|登录)",
        r"https?:|www|网站|平台|系统|小程序|app",
    ),
    _measure(
        r"材料|带(?:什么|哪|些)|(?:什么|哪些)证明", r"材料|证明|复印件|申请表|名册|花名册|申报表"
    ),
    _measure(
        rf"{_HOW_MANY}(?:{_COUNTED}|分|倍)(?!月|人|年|小时|工作|点|学|课)",
        rf"{_FIGURE}\s*余?{_COUNTED}",
    ),
)


def measures_asked(question: str) -> tuple[Measure, ...]:
    """The measures that a question asks for."""
    folded = fold(question)
    return tuple(measure for measure in _MEASURES if measure.asked.search(folded))
