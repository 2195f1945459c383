"""The course format: what a course folder says, as frozen values, and how it is read.

`load_course(path)` is the only door: the site, the editor and `python -m graders check` see the same `Course`, or the
same list of errors.
"""

from graders.course.errors import ContentError, CourseErrors
from graders.course.loading import load_course, load_exercise
from graders.course.model import (
    Answer,
    Certificate,
    Check,
    Course,
    Exercise,
    Finish,
    Hint,
    Item,
    Lesson,
    Limits,
    Link,
    Option,
    Pair,
    Question,
    Quiz,
    Skill,
    Texts,
    Unit,
)

__all__ = [
    "Answer",
    "Certificate",
    "Check",
    "ContentError",
    "Course",
    "CourseErrors",
    "Exercise",
    "Finish",
    "Hint",
    "Item",
    "Lesson",
    "Limits",
    "Link",
    "Option",
    "Pair",
    "Question",
    "Quiz",
    "Skill",
    "Texts",
    "Unit",
    "load_course",
    "load_exercise",
]
