"""What checks and uploads say, in literals that can be found and translated; the sources are `sandbox.inside.notes` and
`graders.uploads`, and a test keeps them the same."""

from __future__ import annotations

from flask_babel import lazy_gettext

NOTES = {
    "value.type": lazy_gettext("A {type} cannot be compared[ at {at}]: give back plain values."),
    "value.cyclic": lazy_gettext("The value holds itself[ at {at}]."),
    "value.deep": lazy_gettext("The value is nested too deeply[ at {at}]."),
    "value.large": lazy_gettext("The value is too large to look at[ at {at}]."),
    "value.not_called": lazy_gettext(
        "A function was given back[ at {at}], not its result: are the parentheses of the call missing?"
    ),
    "value.coroutine": lazy_gettext("A coroutine was given back[ at {at}]: `async def` is not asked for here."),
    "value.unfilled": lazy_gettext("`...` is still there[ at {at}]: put your own code in its place."),
    "equals.different": lazy_gettext("The value is another one[ at {at}]."),
    "equals.different_at": lazy_gettext("At {at}: {got} was given, {expected} was asked."),
    "equals.none": lazy_gettext("`None` was given: is a `return` missing?"),
    "equals.none_at": lazy_gettext("`None` was given at {at}; a {expected} was asked."),
    "equals.type": lazy_gettext("A {got} was given; a {expected} was asked."),
    "equals.type_at": lazy_gettext("A {got} was given at {at}; a {expected} was asked."),
    "equals.right_value": lazy_gettext("The right value[ at {at}], as a {got}; a {expected} was asked."),
    "equals.right_values": lazy_gettext("The right values[ at {at}], in a {got}; a {expected} was asked."),
    "equals.length": lazy_gettext("Items given[ at {at}]: {got}; asked: {expected}."),
    "equals.order": lazy_gettext("The right values, in another order."),
    "equals.keys_missing": lazy_gettext("Keys are missing[ at {at}]: {keys}."),
    "equals.keys_extra": lazy_gettext("There are keys that were not asked[ at {at}]: {keys}."),
    "equals.items_missing": lazy_gettext("Items are missing[ at {at}]: {items}."),
    "equals.items_extra": lazy_gettext("There are items that were not asked[ at {at}]: {items}."),
    "equals.endless": lazy_gettext("The right values at first, but the iterator ends elsewhere than asked."),
    "is_not.same": lazy_gettext("The value is still {value}."),
    "satisfies.not": lazy_gettext("The value is not what was asked."),
    "satisfies.note": lazy_gettext("{note}"),
    "table.shape": lazy_gettext("The shape is {got}[ at {at}]; {expected} was asked."),
    "table.columns_missing": lazy_gettext("Columns are missing: {names}."),
    "table.columns_extra": lazy_gettext("There are columns that were not asked: {names}."),
    "table.columns_order": lazy_gettext("The columns stand in another order; asked was {names}."),
    "table.rows_order": lazy_gettext("The right row labels, in another order."),
    "table.labels": lazy_gettext("Row {row} is labelled {got}; {expected} was asked."),
    "table.kind": lazy_gettext("The content[ of {at}] is {got}; {expected} was asked."),
    "table.cell": lazy_gettext("[In {at}, ]row {row}: {got} was given, {expected} was asked."),
    "text.blanks": lazy_gettext("Only blanks and line breaks differ."),
    "text.case": lazy_gettext("Only capital and small letters differ."),
    "text.lines": lazy_gettext("Lines printed: {got}; asked: {expected}."),
    "text.line": lazy_gettext("Line {line} differs."),
    "tokens.count": lazy_gettext("Words printed: {got}; asked: {expected}."),
    "tokens.different": lazy_gettext("Word {place} is {got}; {expected} was asked."),
    "prints.nothing": lazy_gettext("Nothing was printed."),
    "output.cut": lazy_gettext("More was printed than is kept."),
    "raises.nothing": lazy_gettext("No exception came out, but {value}; {expected} was asked."),
    "raises.other": lazy_gettext("{got} came out; {expected} was asked."),
    "raises.message": lazy_gettext("The message of the exception should hold: {message}"),
    "writes.missing": lazy_gettext("The file {name} was not written."),
    "exits.other": lazy_gettext("The exit code is {got}; {expected} was asked."),
    "figure.no_axes": lazy_gettext("The figure has {count} pairs of axes: too few."),
    "ended.raised": lazy_gettext("The code ended with {type}."),
    "ended.exited": lazy_gettext("The code left the program (`sys.exit`) before there was a value."),
    "ended.no_exit": lazy_gettext("The code did not end as a program does."),
    "ended.missing": lazy_gettext("There is no {name}: is the name spelled as the task says?"),
    "ended.no_code": lazy_gettext("There is no code yet."),
    "ended.crashed": lazy_gettext("The program was torn down while the code ran."),
    "ended.timed_out": lazy_gettext("The code took too long."),
    "ended.out_of_memory": lazy_gettext("The code took too much memory."),
    "ended.output_limit": lazy_gettext("The code printed without end."),
    "ended.tampered": lazy_gettext("What came back was no answer."),
}

REFUSALS = {
    "upload.empty": lazy_gettext("Nothing was handed in."),
    "upload.unknown": lazy_gettext("“%(name)s” is not one of the files of this exercise (%(files)s)."),
    "upload.missing": lazy_gettext("The file “%(name)s” is missing."),
    "upload.twice": lazy_gettext("The file “%(name)s” is there twice."),
    "upload.kind": lazy_gettext("“%(name)s” cannot be taken here; hand in %(files)s, or a .zip of it."),
    "upload.large": lazy_gettext("“%(name)s” is larger than %(limit)s KiB."),
    "upload.not_text": lazy_gettext("“%(name)s” is not UTF-8 text; save it as UTF-8."),
    "upload.nul": lazy_gettext("“%(name)s” contains a NUL character; it is not a text file."),
    "upload.coding": lazy_gettext("“%(name)s” says that it is written in %(found)s; save it as UTF-8."),
    "notebook.large": lazy_gettext("“%(name)s” is larger than %(limit)s MiB; clear its outputs and save it again."),
    "notebook.not_json": lazy_gettext("“%(name)s” is not a notebook: its content is not JSON."),
    "notebook.not_notebook": lazy_gettext("“%(name)s” is JSON, but not a notebook."),
    "notebook.deep": lazy_gettext("“%(name)s” is nested more than %(limit)s levels deep."),
    "notebook.version": lazy_gettext(
        "“%(name)s” is in notebook format %(found)s; open it in Jupyter and save it as format 4."
    ),
    "notebook.cells": lazy_gettext("“%(name)s” has %(found)s cells; at most %(limit)s are taken."),
    "notebook.cell_large": lazy_gettext("Cell %(cell)s of “%(name)s” is longer than %(limit)s KiB."),
    "notebook.unreadable": lazy_gettext("“%(name)s” could not be read within the time and memory a notebook may take."),
    "zip.broken": lazy_gettext("“%(name)s” is not a .zip file that can be read."),
    "zip.comment": lazy_gettext("“%(name)s” has a comment longer than %(limit)s KiB."),
    "zip.entries": lazy_gettext("“%(name)s” has %(found)s files; at most %(limit)s are taken."),
    "zip.large": lazy_gettext("“%(name)s” unpacks to more than %(limit)s MiB."),
    "zip.ratio": lazy_gettext("“%(entry)s” in “%(name)s” unpacks to more than %(limit)s times its size."),
    "zip.encrypted": lazy_gettext("“%(entry)s” in “%(name)s” is protected by a password."),
    "zip.method": lazy_gettext(
        "“%(entry)s” in “%(name)s” is packed in a way that cannot be read; pack it as an ordinary .zip."
    ),
    "zip.link": lazy_gettext("“%(entry)s” in “%(name)s” is a link or a device; put the file itself there."),
    "zip.name": lazy_gettext(
        "“%(entry)s” in “%(name)s” is a name that cannot be taken; choose a plain one, at most %(limit)s characters "
        "long and %(folders)s folders deep."
    ),
    "zip.nested": lazy_gettext("“%(entry)s” in “%(name)s” is an archive in an archive."),
    "zip.overlap": lazy_gettext("“%(entry)s” in “%(name)s” shares its bytes with another entry."),
    "zip.damaged": lazy_gettext("“%(entry)s” in “%(name)s” is damaged."),
}
