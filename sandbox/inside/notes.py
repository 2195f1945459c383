"""What a check can say to a learner: keys, and how they read in English. The site words them in other languages.

A note crosses as `{"key": …, "params": {…}}`; parameters are short texts and numbers. `{at}` is the place inside a
value (`[1]['tea']`) and may be absent: the words in square brackets around it are then left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

NOTES: dict[str, str] = {
    # values: they could not be looked at
    "value.type": "A {type} cannot be compared[ at {at}]: give back plain values.",
    "value.cyclic": "The value holds itself[ at {at}].",
    "value.deep": "The value is nested too deeply[ at {at}].",
    "value.large": "The value is too large to look at[ at {at}].",
    "value.not_called": "A function was given back[ at {at}], not its result: are the parentheses of the call missing?",
    "value.coroutine": "A coroutine was given back[ at {at}]: `async def` is not asked for here.",
    "value.unfilled": "`...` is still there[ at {at}]: put your own code in its place.",
    # values: they differ
    "equals.different": "The value is another one[ at {at}].",
    "equals.different_at": "At {at}: {got} was given, {expected} was asked.",
    "equals.none": "`None` was given: is a `return` missing?",
    "equals.none_at": "`None` was given at {at}; a {expected} was asked.",
    "equals.type": "A {got} was given; a {expected} was asked.",
    "equals.type_at": "A {got} was given at {at}; a {expected} was asked.",
    "equals.right_value": "The right value[ at {at}], as a {got}; a {expected} was asked.",
    "equals.right_values": "The right values[ at {at}], in a {got}; a {expected} was asked.",
    "equals.length": "Items given[ at {at}]: {got}; asked: {expected}.",
    "equals.order": "The right values, in another order.",
    "equals.keys_missing": "Keys are missing[ at {at}]: {keys}.",
    "equals.keys_extra": "There are keys that were not asked[ at {at}]: {keys}.",
    "equals.items_missing": "Items are missing[ at {at}]: {items}.",
    "equals.items_extra": "There are items that were not asked[ at {at}]: {items}.",
    "equals.endless": "The right values at first, but the iterator ends elsewhere than asked.",
    "is_not.same": "The value is still {value}.",
    "satisfies.not": "The value is not what was asked.",
    "satisfies.note": "{note}",
    # tables
    "table.shape": "The shape is {got}[ at {at}]; {expected} was asked.",
    "table.columns_missing": "Columns are missing: {names}.",
    "table.columns_extra": "There are columns that were not asked: {names}.",
    "table.columns_order": "The columns stand in another order; asked was {names}.",
    "table.rows_order": "The right row labels, in another order.",
    "table.labels": "Row {row} is labelled {got}; {expected} was asked.",
    "table.kind": "The content[ of {at}] is {got}; {expected} was asked.",
    "table.cell": "[In {at}, ]row {row}: {got} was given, {expected} was asked.",
    # printed text
    "text.blanks": "Only blanks and line breaks differ.",
    "text.case": "Only capital and small letters differ.",
    "text.lines": "Lines printed: {got}; asked: {expected}.",
    "text.line": "Line {line} differs.",
    "tokens.count": "Words printed: {got}; asked: {expected}.",
    "tokens.different": "Word {place} is {got}; {expected} was asked.",
    "prints.nothing": "Nothing was printed.",
    "output.cut": "More was printed than is kept.",
    # exceptions, files, exit codes, figures
    "raises.nothing": "No exception came out, but {value}; {expected} was asked.",
    "raises.other": "{got} came out; {expected} was asked.",
    "raises.message": "The message of the exception should hold: {message}",
    "writes.missing": "The file {name} was not written.",
    "exits.other": "The exit code is {got}; {expected} was asked.",
    "figure.no_axes": "The figure has {count} pairs of axes: too few.",
    # the code ended before there was a value
    "ended.raised": "The code ended with {type}.",
    "ended.exited": "The code left the program (`sys.exit`) before there was a value.",
    "ended.no_exit": "The code did not end as a program does.",
    "ended.missing": "There is no {name}: is the name spelled as the task says?",
    "ended.no_code": "There is no code yet.",
    "ended.crashed": "The program was torn down while the code ran.",
    "ended.timed_out": "The code took too long.",
    "ended.out_of_memory": "The code took too much memory.",
    "ended.output_limit": "The code printed without end.",
    "ended.tampered": "What came back was no answer.",
}


def worded(key: str, params: Mapping[str, Any], templates: Mapping[str, str] = NOTES) -> str:
    """A note as a sentence; `templates` are those of another language. An unknown key gives itself."""
    template = templates.get(key) or NOTES.get(key, key)
    template = re.sub(r"\[([^\[\]]*\{at\}[^\[\]]*)\]", lambda part: part[1] if params.get("at") else "", template)

    def filled(place: re.Match[str]) -> str:
        value = str(params.get(place[2], ""))
        article = place[1] or ""
        if article and value[:1].lower() in "aeio":
            article = article.rstrip() + "n "
        return article + value

    text = re.sub(r"(\b[Aa] )?\{(\w+)\}", filled, template)
    return text[:1].upper() + text[1:]
