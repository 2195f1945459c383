"""Filters and orders of SCIM as SQL, where an index or a column answers; the rest is matched row by row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from scim2_models import ScimFilter, SearchRequest
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)
from scim2_models.path.resolution import coerce_value
from sqlalchemy import ColumnElement, and_, false, func, not_, or_

from app.organisations.scim.models import ScimResource

USER_NAME = ScimResource.user_name_key  # kept as it is compared
COLUMNS: dict[str, Any] = {
    "user_name": USER_NAME,
    "external_id": ScimResource.external_id,
    "id": ScimResource.uid,
    "created": ScimResource.created_at,
    "last_modified": ScimResource.changed_at,
}
ORDERS = {name: COLUMNS[name] for name in ("user_name", "id", "created", "last_modified")}
LIKE = {CompareOperator.co: "contains", CompareOperator.sw: "startswith", CompareOperator.ew: "endswith"}


class NotInSql(Exception):
    """This part of the filter no column answers."""


class Translation(FilterVisitor[ColumnElement[bool]]):
    """A filter on one kind of resource as a condition on its rows; raises NotInSql."""

    def __init__(self, scim_filter: ScimFilter[Any]) -> None:
        self.filter = scim_filter

    def visit_comparison(self, node: Comparison) -> ColumnElement[bool]:
        column, binding = self._column(node.attr_path)
        value = coerce_value(binding, node.value, node.op)
        if isinstance(value, str):
            value = binding.comparable(value)
        elif not isinstance(value, datetime) or value.tzinfo is None:
            raise NotInSql
        match node.op:
            case CompareOperator.eq:
                return column == value
            case CompareOperator.ne:
                return or_(column != value, column.is_(None))
            case CompareOperator.co | CompareOperator.sw | CompareOperator.ew if column is USER_NAME:
                # Other columns are as the agency wrote them, and SQLite's LIKE does not tell cases apart.
                return getattr(column, LIKE[node.op])(value, autoescape=True)
        if isinstance(value, datetime) and node.op in ORDERINGS:
            return ORDERINGS[node.op](column, value)
        raise NotInSql

    def visit_present(self, node: Present) -> ColumnElement[bool]:
        return self._column(node.attr_path)[0].is_not(None)

    def visit_not(self, node: Not) -> ColumnElement[bool]:
        return not_(func.coalesce(self.visit(node.expr), false()))

    def visit_logical_expr(self, node: LogicalExpr) -> ColumnElement[bool]:
        terms = [self.visit(term) for term in node.terms]
        return and_(*terms) if node.op == LogicalOperator.and_ else or_(*terms)

    def visit_value_path(self, node: ValuePath) -> ColumnElement[bool]:
        raise NotInSql

    def _column(self, path: AttrPath) -> tuple[Any, Any]:
        binding = self.filter.resolve_comparison(path, strict=False)
        if binding is None or (binding.sub_field_name is not None and binding.field_name != "meta"):
            raise NotInSql
        column = COLUMNS.get(binding.target_field_name)
        if column is None:
            raise NotInSql
        return column, binding


ORDERINGS: dict[CompareOperator, Any] = {
    CompareOperator.gt: lambda column, value: column > value,
    CompareOperator.ge: lambda column, value: column >= value,
    CompareOperator.lt: lambda column, value: column < value,
    CompareOperator.le: lambda column, value: column <= value,
}


def condition(scim_filter: ScimFilter[Any] | None) -> tuple[list[ColumnElement[bool]], bool]:
    """What the rows must satisfy at least, and whether that is the whole filter."""
    if scim_filter is None:
        return [], True
    if scim_filter.model is None:  # of several kinds of resource at once
        return [], False
    node: FilterNode = scim_filter.ast
    terms = node.terms if isinstance(node, LogicalExpr) and node.op == LogicalOperator.and_ else (node,)
    found, whole = [], True
    for term in terms:
        try:
            found.append(Translation(scim_filter).visit(term))
        except NotInSql:
            whole = False
    return found, whole


def order(search_request: SearchRequest[Any]) -> list[Any] | None:
    """The columns to order by, at last the order in which resources came; None where no column answers."""
    if search_request.sort_by is None:
        return [ScimResource.id]
    model = search_request.sort_by.model
    binding = search_request.sort_binding(model) if model is not None else None
    if binding is None or (binding.sub_field_name is not None and binding.field_name != "meta"):
        return None
    column = ORDERS.get(binding.target_field_name)
    if column is None:
        return None
    descending = search_request.sort_order == SearchRequest.SortOrder.descending
    return [column.desc() if descending else column, ScimResource.id]
