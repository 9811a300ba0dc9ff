"""What a person chose about how the app works for them."""

from datetime import date

from pydantic import Field

from roadmap.catalog import Value
from roadmap.recall import RETENTION


class Settings(Value):
    """What a person chose. `target` None means the next stage; `time_zone` None means the browser's.

    `confidence` asks how sure they are before they see what is right. No check is offered before `check_rests_until`.
    """

    daily_budget: int = Field(20, ge=1, le=500)
    new_limit: int = Field(10, ge=0, le=500)
    target: str | None = None
    target_date: date | None = None
    shortcuts: bool = True
    confidence: bool = True
    time_zone: str | None = None
    check_rests_until: date | None = None
    retention: float = Field(RETENTION, ge=0.7, le=0.97)
    name: str = Field("", max_length=120)
    role: str = Field("", max_length=120)
    message: str = Field("", max_length=4000)
