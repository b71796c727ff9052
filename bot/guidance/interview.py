"""The state of a guidance interview: what the pupil said, which questions were asked, which jobs were shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.guidance.profile import IN_LYCEE_OR_AFTER, Profile, strings

STEPS = ("situation", "series", "interests", "avoided", "years", "apprenticeship")
_WITH_A_BAC = IN_LYCEE_OR_AFTER[:3]


@dataclass(frozen=True)
class Interview:
    """A guidance interview.

    `step` is the question that waits for an answer (one of STEPS, or ""), `passed` those answered or skipped. `shown`
    are the labels of all jobs suggested so far, `last` those of the last suggestions, in order.
    """

    profile: Profile = Profile()
    step: str = ""
    passed: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    def told(self, said: Profile) -> Interview:
        """The interview after the pupil said something: the questions that it answers are passed.

        If it holds anything new, the jobs shown before may be shown again.
        """
        profile = self.profile.updated_by(said)
        if not said:
            return replace(self, profile=profile)
        answers = {
            "situation": said.situation,
            "series": said.series,
            "interests": said.interests,
            "avoided": said.avoided,
            "years": said.years is not None,
            "apprenticeship": said.apprenticeship,
        }
        passed = (*self.passed, *(step for step in STEPS if answers[step]))
        return replace(self, profile=profile, passed=tuple(dict.fromkeys(passed)), shown=(), last=())

    def without(self, step: str) -> Interview:
        """The interview with the question `step` passed, as skipped or answered."""
        return replace(self, passed=tuple(dict.fromkeys([*self.passed, step])))

    @property
    def next_step(self) -> str:
        """The first question neither answered nor skipped, or "".

        Which bac is asked only if the situation is one with a bac, or preparing one.
        """
        for step in STEPS:
            if step not in self.passed and (step != "series" or self.profile.situation in _WITH_A_BAC):
                return step
        return ""

    @classmethod
    def from_json(cls, data: Any) -> Interview:
        """The interview from decoded JSON; malformed parts are replaced by their defaults."""
        if not isinstance(data, dict):
            return cls()
        step = data.get("step")
        return cls(
            Profile.from_json(data.get("profile")),
            step if step in STEPS else "",
            tuple(step for step in strings(data.get("passed")) if step in STEPS),
            strings(data.get("shown")),
            strings(data.get("last")),
        )
