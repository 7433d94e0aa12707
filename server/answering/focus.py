"""What a question asks for: a sum, a day, an office, … and which sentences can give that.

The expected answer type of question answering (Li and Roth, "Learning question classifiers",
COLING 2002), here by the words of the question: policy questions ask for few kinds of things.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from indexer.tokenizer import fold


class Focus(StrEnum):
    """What is asked for, in the words of a follow-up question."""

    AMOUNT = "标准是多少"
    QUANTITY = "数量是多少"
    PERIOD = "时间或期限是怎么规定的"
    DEPARTMENT = "由哪个部门负责"
    PEOPLE = "哪些人或单位可以"
    PROHIBITION = "有哪些事不能做"
    DEFINITION = "是什么意思"
    PROCEDURE = "怎么办理、要什么材料"
    LIST = "包括哪些"
    CONDITION = "要符合什么条件"


_NUMERAL = r"[\d〇零一二两三四五六七八九十百千几]"
_ASKED: Mapping[Focus, re.Pattern[str]] = {
    Focus.AMOUNT: re.compile(
        r"多少钱|几成|百分之|比例|几个点|(?:补贴|补助|奖励|资助|津贴|收费|贴息|贷款|缴费|经费)(?:的)?(?:标准|额度|金额|多少|几)"
        r"|多少(?:元|万|补|钱|奖|费)|[几多]万|(?:给|补|奖|拿|领|发|报|贴|扣|借|贷|涨|加|值|赔|罚|缴|交|出)(?:到)?(?:多少|几)(?!次|回|个月|年|天|人)"
        r"|额度|金额|最高(?:给|补|奖|多少|能)|什么标准|标准(?:是|为)?(?:多少|什么)|多少(?![个人名次回家所项天年亩级岁场份])"
    ),
    Focus.QUANTITY: re.compile(
        r"(?:多少|(?<![好派送招请这那第了过有先等隔才])几)(?:个|人|名|次|回|家|所|项|批|门|类|种|亩|级|学时|课时|小时|节|倍|遍|轮|岁|位|场|份|条|趟|分|篇)"
        r"|人次|数量|课时|学时|次数"
    ),
    Focus.PERIOD: re.compile(
        r"什么时[候间]|啥时[候间]?|何时|(?<!好)几[号月]|[哪那][年天]开始|多久|多长时间|期限|多少[天年]"
        r"|(?<![好过这那有了先等隔前后第])几(?:个?月|年|天|个?工作日|日)|截[止至]|到期|有效期|哪个月"
        r"|时限|时间(?:进度)?|最[晚迟]|起止|日期|周期|从哪[天年]|完成时间"
    ),
    Focus.DEPARTMENT: re.compile(
        r"(?:谁|哪个?些?(?:部门|单位|厅|局|机构|家))(?:来)?(?:负责|牵头|管|主管|审|批|出|定|认定|评|说了算|组织)?"
        r"(?=.*)|归(?:谁|哪)|牵头|责任(?:单位|部门)|主管部门|找谁|参与单位|配合部门|由谁|设在哪|哪里管"
    ),
    Focus.PEOPLE: re.compile(
        r"哪些人|什么人|谁(?:能|可以|有资格)|哪类人|适用(?:对象|范围)|(?:补贴|申报|参评|支持)?对象"
        r"|哪些(?:企业|单位|人员|群体|员工|职工|学生)|什么样的(?:人|企业|单位)|范围"
    ),
    Focus.PROHIBITION: re.compile(
        r"不得|(?<![能就])不能|不准|禁止|严禁|不许|违[反法规]|处罚|处分|怎么罚|后果|会不会被|会被|怎么处理|如何处理|会怎样|会咋样|造假|弄虚作假|犯法|合法吗|合规"
    ),
    Focus.DEFINITION: re.compile(
        r"是什么意思|什么意思|是指|什么叫|定义|是啥|指的?是|什么是|怎么回事"
    ),
    Focus.PROCEDURE: re.compile(
        r"怎[么样](?:办|申请|申报|报名|弄|走|领|操作|报)|咋(?:办|个?办|弄|申请|报|领)|去哪|哪里(?:办|申请|领|报)|在哪(?!些)"
        r"|[要交带拿缺].{0,4}材料|[什哪][么些样]材料|材料(?:[发交报送]|清单)|流程|程序|手续|步骤|如何(?:办理|申请|申报)|向(?:谁|哪)"
    ),
    Focus.LIST: re.compile(r"哪[些几]|有啥|有什么|包括|都有|几[种类方]|分别|内容"),
    Focus.CONDITION: re.compile(
        r"能不能|会不会|可不可以|可以吗|能.*[吗不么]|要不要|是不是|行不行|可以不|条件|资格|要求|吗|得不得|有没有|能否|是否|够不够"
    ),
}
# Keywords don't ask; those that end with a benefit are after what it pays: 电工 补贴.
_NAMES_BENEFIT = re.compile(r"(?:补贴|补助|津贴|奖励|资助)\s*$")
_OFFICE = r"(?:厅|局|委|部门|办公室|工会|政府|单位|机构|企业|中心|领导小组|党委|银行)"
_GIVES: Mapping[Focus, re.Pattern[str]] = {
    Focus.AMOUNT: re.compile(
        rf"{_NUMERAL}(?:\.\d+)?\s*[万亿]?元|\d\s*[%％]|百分之|{_NUMERAL}倍|免[征费收]|全额"
    ),
    Focus.QUANTITY: re.compile(
        rf"{_NUMERAL}+\s*(?:万|余|多)?\s*[个人名次家所项批门类种亩级学课小节倍岁位场份条分篇]|\d"
    ),
    Focus.PERIOD: re.compile(
        rf"\d年|\d月|{_NUMERAL}+个?(?:工作日|月|年|日|天|周)|之日起|年底|每[年月季]|期[限间满内]|[按定]期|及时"
    ),
    Focus.DEPARTMENT: re.compile(
        rf"{_OFFICE}.{{0,40}}(?:负责|牵头|主管|组织|审|认定|核|批|制定|会同|配合)|责任单位|牵头"
    ),
    Focus.PEOPLE: re.compile(
        r"人员|职工|劳动[者力]|学生|学员|毕业生|对象|企业|单位|人才|军人|家庭|工人|[:：]$"
    ),
    Focus.PROHIBITION: re.compile(
        r"不得|禁止|严禁|不准|不能|不予|不再|追究|取消|处罚|处分|撤销|追回|责令|黑名单|罚款|不可"
    ),
    Focus.DEFINITION: re.compile(r"是指|指的是|[,，]指|即|所称|是以|称为|简称|“"),
    Focus.PROCEDURE: re.compile(
        r"申请|申报|提交|材料|办理|程序|报送|审核|登记|备案|公示|填写|推荐|通过.{2,12}(?:平台|系统|网)"
    ),
    Focus.LIST: re.compile(r"(?:[^、]{1,20}、){2}|[:：]$|[:：].*[;；、]"),
    Focus.CONDITION: re.compile(r"可|应|须|不得|能|允许|符合|具备|满|以上|必须|鼓励|不受|享受"),
}


def foci_of(question: str) -> tuple[Focus, ...]:
    """What the question asks for, what it asks for first in front; empty if it doesn't say."""
    folded = fold(question)
    places = {
        focus: hit.start() for focus, asked in _ASKED.items() if (hit := asked.search(folded))
    }
    # Yes-or-no words and lists stand in most questions: they decide only where nothing else does.
    telling = [focus for focus in places if focus not in (Focus.LIST, Focus.CONDITION)]
    if Focus.AMOUNT in telling and Focus.QUANTITY in telling and not _counts(folded):
        telling.remove(Focus.QUANTITY)
    if not places and _NAMES_BENEFIT.search(folded):
        return (Focus.AMOUNT,)
    return tuple(sorted(telling, key=lambda focus: places[focus])) or tuple(places)


def _counts(question: str) -> bool:
    hit = _ASKED[Focus.QUANTITY].search(question)
    return hit is not None and hit[0] != "多少"


def gives(focus: Focus, sentence: str) -> bool:
    """Whether a sentence has what a question of that focus asks for."""
    return _GIVES[focus].search(sentence) is not None
