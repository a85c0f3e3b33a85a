"""The fields of the UK Algorithmic Transparency Recording Standard, version 3.0 (March 2024).

References, attributes and names as in the standard's own table of its template, published by the
Central Digital and Data Office under the Open Government Licence v3.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["FIELDS", "STANDARD", "VERSION", "Field"]

STANDARD: Final = "Algorithmic Transparency Recording Standard"
VERSION: Final = "3.0"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record."""

    reference: str  # "2.3.4"
    attribute: str  # "human_decisions_and_review"
    name: str
    tier: str  # "1", "2" or "N/A"
    category: str
    required: bool


METADATA, TITLE = "Metadata", "Title Information"
TIER_1, OWNER = "Tier 1 Information", "Owner and Responsibility"
RATIONALE, DECISIONS = "Description and Rationale", "Decision-making Process"
TOOL, MODEL, DATA = "Tool Specification", "Model Specification", "Data Specification"
RISKS: Final = "Risks, mitigations and impact assessments"

# Reference, name and whether it is required; the attribute is the name in small letters.
ROWS: Final = (
    (METADATA, "N/A", ("0.1 ID;0.2 Standard version;0.3 Organisation type;0.4 Function;"
     "0.5 Capability;0.6 Task;0.7 Tags;0.8 Date of completion;0.9 Date updated;"
     "0.10 Date archived")),
    (TITLE, "N/A", ("0.11 Title;0.12 Organisation name;0.13 Phase;0.14 Region;"
     "0.15 One sentence description")),
    (TIER_1, "1", "1.1 Name;1.2 Description;1.3 Website URL;1.4 Contact email"),
    (OWNER, "2", ("2.1.1 Organisation or department;2.1.2 Team;2.1.3 Senior responsible owner;"
     "2.1.4 External supplier involvement;?2.1.4.1 External supplier;"
     "?2.1.4.2 Companies House Number;?2.1.4.3 External supplier role;"
     "?2.1.4.4 Procurement procedure type;?2.1.4.5 Data access terms")),
    (RATIONALE, "2", ("?2.2.1 Detailed description;2.2.2 Scope;2.2.3 Benefit;"
     "?2.2.4 Previous process;?2.2.5 Alternatives considered")),
    (DECISIONS, "2", ("2.3.1 Process integration;2.3.2 Provided information;"
     "2.3.3 Frequency and scale of usage;2.3.4 Human decisions and review;"
     "2.3.5 Required training;?2.3.6 Appeals and review")),
    (TOOL, "2", "2.4.1.1 System architecture;2.4.1.2 Phase;2.4.1.3 Maintenance;2.4.1.4 Models"),
    (MODEL, "2", ("2.4.2.1 Model name;2.4.2.2 Model version;2.4.2.3 Model task;"
     "2.4.2.4 Model input;2.4.2.5 Model output;2.4.2.6 Model architecture;"
     "2.4.2.7 Model performance;2.4.2.8 Datasets;2.4.2.9 Dataset purposes")),
    (DATA, "2", ("2.4.3.1 Source data name;2.4.3.2 Data modality;2.4.3.3 Data description;"
     "2.4.3.4 Data quantities;2.4.3.5 Sensitive attributes;"
     "2.4.3.6 Data completeness and representativeness;2.4.3.7 Source data URL;"
     "2.4.3.8 Data collection;?2.4.3.9 Data cleaning;2.4.3.10 Data sharing agreements;"
     "2.4.3.11 Data access and storage")),
    (RISKS, "2", "2.5.1 Impact assessment;2.5.2 Risks and mitigations"),
)  # fmt: skip


def field_of(text: str, tier: str, category: str) -> Field:
    """Read a field as `ROWS` writes it; `?` before it: not required.

    >>> field_of("?2.2.1 Detailed description", "2", "Description and Rationale").attribute
    'detailed_description'
    """
    reference, _, name = text.removeprefix("?").partition(" ")
    attribute = name.lower().replace(" ", "_")
    return Field(reference, attribute, name, tier, category, not text.startswith("?"))


FIELDS: Final = tuple(
    field_of(text, tier, category) for category, tier, texts in ROWS for text in texts.split(";")
)
