from __future__ import annotations

import re

from stackwright.plan.graph import Plan
from stackwright.report.inventory import drawn_edges
from stackwright.report.mermaid import label, mermaid

TINY = """\
flowchart TB
  subgraph layer1["Platform layer"]
    subgraph layer1capability0["Tracking"]
      tool1["tracking (mlflow)<br/>1 resource"]
    end
  end
  subgraph layer0["Foundation layer"]
    subgraph layer0capability0["Storage"]
      tool0["storage (s3)<br/>1 resource"]
    end
  end
  tool1 -->|"artifacts: object store"| tool0
  classDef tool stroke-width:1px,text-align:left
  classDef assumed stroke-dasharray:4 3
  class tool0,tool1 tool
"""

LINE = re.compile(
    r'flowchart TB|\s*subgraph \w+\["[^"]*"\]|\s*end|\s*\w+\["[^"]*"\]|'
    r'\s*\w+ -->\|"[^"]*"\| \w+|\s*classDef \w+ [\w:,\- ]+|\s*class [\w,]+ \w+'
)


def test_a_small_plan_is_drawn_like_this(tiny: Plan) -> None:
    assert mermaid(tiny) == TINY


def test_hostile_names_stay_labels(sample: Plan) -> None:
    shown = mermaid(sample)
    assert all(LINE.fullmatch(line) for line in shown.splitlines())
    assert "<script" not in shown
    assert shown.count("subgraph ") == len(re.findall(r"^\s*end$", shown, flags=re.MULTILINE))


def test_nothing_in_a_label_is_markup() -> None:
    assert label('a"b#c;<d>`') == '"a#34;b#35;c#59;#60;d#62;#96;"'


def test_250_resources_have_a_box_per_tool_only(large: Plan) -> None:
    boxes = re.findall(r"^ +tool\d+\[", mermaid(large), flags=re.MULTILINE)
    assert len(boxes) == len(large.tools)


def test_claims_between_two_tools_share_a_line(sample: Plan) -> None:
    pairs = re.findall(r"^ +(\w+) -->\|.*\| (\w+)$", mermaid(sample), flags=re.MULTILINE)
    assert len(pairs) == len(set(pairs)) == len(drawn_edges(sample))
