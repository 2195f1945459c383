"""A year of a site in a PostgreSQL database, by the million: rows made in the database, in realistic proportions.

Sixteen submissions a learner; of everything that hangs on learners and submissions as much as they bring along.
"""

from __future__ import annotations

import json
from datetime import datetime
from itertools import product
from typing import Any

import psycopg

from app.folding import fold
from graders import verdict as outcome
from graders.course import Exercise, model

PER_LEARNER = 16
FIRST_LEARNER = 1000  # ids below are those of staff
MEASURED = FIRST_LEARNER + 5  # takes the course, is in the measured cohort and organisation, has a long history
LONG_HISTORY = 60
ORGANISATIONS = 50
NAMES = (
    *("Aysel", "Orxan", "Şəhla", "Elçin", "Günay", "Rəşad", "Leyla", "Tural", "Nigar", "Kamran"),
    *("Səbinə", "Fərid", "Aytən", "Vüqar", "Zəhra", "Anar", "Könül", "Murad", "Lalə", "İlqar"),
)
SURNAMES = (
    *("Həsənova", "Əliyev", "Quliyeva", "Məmmədov", "Hüseynova", "İsmayılov", "Abbasova", "Kərimov", "Cəfərova"),
    *("Rzayev", "Vəliyeva", "Nəbiyev", "Babayeva", "Səfərov", "Mustafayeva", "Qasımov", "Bağırova", "Şirinov"),
)

# Number n is 0, 1, 2 …; three in ten finished. The first cohort and the first organisation are those looked at.
LEARNERS = """
CREATE TEMP TABLE learner ON COMMIT DROP AS
SELECT n, %(first_learner)s + n AS id, pool.name, pool.folded,
       CASE WHEN n < 60 OR mod(n, 50) = 0 THEN 1 ELSE 2 + n / 40 END AS cohort_id,
       CASE WHEN n < 60 OR mod(n, 10) = 0 THEN 1 ELSE 2 + mod(n, %(organisations)s - 1) END AS organisation_id,
       %(now)s::timestamptz - interval '400 days' * random() AS came_at,
       mod(n, 10) < 3 AS finished
FROM generate_series(%(begin)s::int, %(end)s::int - 1) AS n
JOIN pool ON pool.k = mod(n * 7, (SELECT count(*) FROM pool)::int)
"""

ROWS = (
    """INSERT INTO "user" (id, name, name_folded, email, email_confirmed_at, language, consented_at, created_at,
                          certificate_name_confirmed_at)
    SELECT id, name, folded, 'learner' || n || '@example.com', came_at, 'az', came_at, came_at,
           CASE WHEN mod(n, 10) < 2 THEN came_at END FROM learner""",
    """INSERT INTO login_session (token_hash, user_id, device, address, created_at, seen_at, expires_at)
    SELECT md5('session' || n), id, 'Chrome', '127.0.0.1', came_at, came_at, came_at + interval '30 days'
    FROM learner""",
    """INSERT INTO job (user_id, organisation_id, unit_id, from_on)
    SELECT learner.id, learner.organisation_id, unit.id, came_at::date - 30
    FROM learner JOIN unit ON unit.organisation_id = learner.organisation_id""",
    """INSERT INTO requirement (organisation_id, code, created_by, created_at)
    SELECT DISTINCT learner.organisation_id, 'course:' || slug, %(staff)s::int, %(now)s::timestamptz
    FROM learner CROSS JOIN course WHERE course.id = %(course)s ON CONFLICT DO NOTHING""",
    """INSERT INTO requirement_version (requirement_id, number, from_on, applied_on, titles, reasons, parts,
        equivalents, due, window_days, renewal, minimum_validity_days, look_back_days, minimum_days, created_at)
    SELECT requirement.id, 1, '2020-01-01', '2020-01-01', course.titles, '{}',
        json_build_array(json_build_object('need', 'all', 'courses', json_build_array(slug))), '{}',
        '{}', 0, 'completion', 0, 36500, 0, %(now)s::timestamptz
    FROM requirement JOIN course ON requirement.code = 'course:' || slug ON CONFLICT DO NOTHING""",
    """INSERT INTO requirement_course (requirement_id, version_id, course_id)
    SELECT requirement_id, requirement_version.id, course.id FROM requirement_version
    JOIN requirement ON requirement.id = requirement_id JOIN course ON requirement.code = 'course:' || slug
    ON CONFLICT DO NOTHING""",
    """CREATE TEMP TABLE asked ON COMMIT DROP AS
    SELECT learner.id AS user_id, requirement.id AS requirement_id, came_at FROM learner
    JOIN course ON course.id = %(course)s
    JOIN requirement ON requirement.organisation_id = learner.organisation_id AND code = 'course:' || slug
    WHERE mod(n, 3) > 0""",
    "INSERT INTO obligation (user_id, requirement_id) SELECT user_id, requirement_id FROM asked",
    """INSERT INTO source (obligation_id, assigned_by, assigned_at, from_on)
    SELECT obligation.id, %(staff)s, came_at, came_at::date
    FROM asked JOIN obligation USING (user_id, requirement_id)""",
    """INSERT INTO period (obligation_id, number, start_on)
    SELECT obligation.id, 0, came_at::date FROM asked JOIN obligation USING (user_id, requirement_id)""",
    """INSERT INTO due_date (period_id, due_on, from_on, cause)
    SELECT period.id, came_at::date + 60, came_at::date, 'assigned'
    FROM asked JOIN obligation USING (user_id, requirement_id) JOIN period ON obligation_id = obligation.id""",
    """INSERT INTO cohort (id, course_id, name, language, starts_on, join_code, created_by, created_at, closed_at)
    SELECT cohort_id, %(course)s, 'Cohort ' || cohort_id, 'az', min(came_at)::date, 'C' || cohort_id, %(staff)s,
           min(came_at), CASE WHEN mod(cohort_id, 5) > 0 AND cohort_id > 1 THEN max(came_at) END
    FROM learner GROUP BY cohort_id ON CONFLICT DO NOTHING""",
    """INSERT INTO enrolment (id, user_id, course_id, version_id, cohort_id, enrolled_at, completed_at, score)
    SELECT id, id, %(course)s, %(version)s, cohort_id, came_at,
           CASE WHEN finished THEN came_at + interval '60 days' END, CASE WHEN finished THEN 0.8 END FROM learner""",
    """INSERT INTO certificate (code, enrolment_id, user_id, name, titles, hours, language, evidence, issued_at,
                                revoked_reason)
    SELECT 'BLK-' || n, id, id, name, '{"az": "Python"}', 40, 'az', '{}', came_at + interval '60 days', ''
    FROM learner WHERE mod(n, 10) < 2""",
    """INSERT INTO item_progress (enrolment_id, item, opened_at, points, max_points, done_at, late,
                                  counting_submission_id, hints_taken, set_reason, excused_reason)
    SELECT learner.id, work.item, came_at, work.points, work.most,
           CASE WHEN work.points > 0 OR work.most = 0 THEN came_at END, mod(n + work.k, 9) = 0,
           CASE WHEN work.result IS NOT NULL THEN %(submissions)s + (n - %(begin)s) * 16 + work.k END, 0, '', ''
    FROM learner CROSS JOIN work""",
    """INSERT INTO submission (id, user_id, enrolment_id, course_id, version_id, item, kind, purpose, form_token,
                               language, files, replies, seed, late, hint_cost, submitted_at, state, lane, failures,
                               last_failure, started_at, checks_done, checks_total, verdict_id)
    SELECT s, who, who, %(course)s, %(version)s, item, kind, purpose, 't' || s, 'az',
           '[{"name": "program.py", "sha256": "0", "size": 200}]', '{}', mod(s, 64), mod(s, 9) = 0, 0, at,
           CASE WHEN mod(s, 50) = 0 THEN 'replaced' ELSE 'graded' END, '1-learners', 0, '', at, 3, 3,
           CASE WHEN mod(s, 50) > 0 THEN s END
    FROM (SELECT %(submissions)s + (n - %(begin)s) * 16 + one AS s, learner.id AS who, work.item, work.kind,
                 CASE WHEN one < 12 THEN 'submit' WHEN one < 15 THEN 'check' ELSE 'run' END AS purpose,
                 %(now)s::timestamptz - interval '1 day' * random() * CASE WHEN one < 12 THEN 365 ELSE 29 END AS at
          FROM learner CROSS JOIN generate_series(0, 15) AS one JOIN work ON work.k = mod(one, 8)) AS made""",
    """INSERT INTO submission (id, user_id, enrolment_id, course_id, version_id, item, kind, purpose, form_token,
                               language, files, replies, seed, late, hint_cost, submitted_at, state, lane, failures,
                               last_failure, started_at, checks_done, checks_total, verdict_id)
    SELECT s, %(measured)s, %(measured)s, %(course)s, %(version)s, item, kind, 'submit', 't' || s, 'az', '[]', '{}',
           1, false, 0, at, 'graded', '1-learners', 0, '', at, 3, 3, s
    FROM (SELECT %(submissions)s + (%(end)s - %(begin)s) * 16 + one AS s, work.item, work.kind,
                 %(now)s::timestamptz - interval '1 hour' * one AS at
          FROM generate_series(0, %(long)s - 1) AS one JOIN work ON work.k = 0) AS made
    WHERE %(begin)s = 0""",
    """INSERT INTO verdict (id, submission_id, lease_token, status, points, max_points, result, recorded_at)
    SELECT submission.id, submission.id, 'l' || submission.id,
           CASE WHEN work.points = work.most THEN 'passed' ELSE 'partly' END, work.points, work.most, work.result,
           submitted_at + interval '2 seconds'
    FROM submission JOIN work USING (item) WHERE submission.id >= %(submissions)s AND state = 'graded'""",
    """INSERT INTO draft (user_id, version_id, item, revision, files, saved_at)
    SELECT id, %(version)s, work.item, 3, '{"program.py": "print(1)"}', came_at FROM learner
    JOIN work ON work.k < 2""",
    """INSERT INTO served (course_id, user_id, served_at) SELECT %(course)s, id, came_at FROM learner""",
    """INSERT INTO audit_event (at, actor_id, act, subject_type, subject_id, details, address)
    SELECT came_at + interval '1 day' * k, id,
           (ARRAY['signed_in', 'signed_in', 'signed_in', 'signed_in', 'signed_up', 'enrolled', 'completed',
                  'signed_out_everywhere'])[1 + k], 'user', id::text, '{}', '127.0.0.1'
    FROM learner CROSS JOIN generate_series(0, 7) AS k ORDER BY 1""",
    """INSERT INTO notice (idempotency_key, recipient_id, address, language, kind, params, created_at, not_before,
                           sent_at, failures)
    SELECT 'n' || n || '-' || k, id, 'learner' || n || '@example.com', 'az', 'graded',
           '{"title": "Task", "points": 5, "most": 8, "submission": 1}', came_at, came_at, came_at, 0
    FROM learner CROSS JOIN generate_series(1, 3) AS k""",
)
NUMBERED = ("user", "cohort", "enrolment", "submission", "verdict")


def samples(course: model.Course, now: datetime) -> list[dict[str, Any]]:
    """Twelve items of the course: eight exercises, each with a verdict as a worker records it, and four lessons."""
    items = [item for _, item in course.items()]
    exercises = [item for item in items if isinstance(item, Exercise) and item.kind in ("program", "function")][:8]
    lessons = [item for item in items if not item.max_points][:4]
    made: list[dict[str, Any]] = []
    for k, item in enumerate([*exercises, *lessons]):
        row = {"k": k, "item": item.key, "kind": item.kind, "most": item.max_points, "points": 0.0, "result": None}
        if isinstance(item, Exercise):
            verdict = _verdict(item, now)
            row |= {"points": verdict.points, "result": json.dumps(outcome.to_json(verdict))}
        made.append(row)
    return made


def _verdict(exercise: Exercise, now: datetime) -> outcome.Verdict:
    """The first and the last check, of which the first passed: what fits into a row, as most verdicts do."""
    checks = tuple(
        outcome.CheckResult(
            id=check.id,
            title=dict(check.title),
            points=check.points,
            earned=check.points if check is not exercise.checks[-1] else 0.0,
            status=outcome.Status.PASSED if check is not exercise.checks[-1] else outcome.Status.FAILED,
            hidden=check.hidden,
            hint=dict(check.hint),
            seconds=0.05,
            feedback=outcome.Feedback(expected="12.50", got="12.5", stdout="12.5\n" * 4),
        )
        for check in (exercise.checks[0], exercise.checks[-1])
    )
    return outcome.Verdict(
        purpose=outcome.Purpose.SUBMIT,
        status=outcome.Outcome.PARTLY,
        points=sum(check.earned for check in checks),
        max_points=exercise.max_points,
        checks=checks,
        provenance=outcome.Provenance(
            exercise=exercise.digest,
            image={"recipe": "r", "id": "i"},
            seconds=2,
            memory="small",
            seed=1,
            phases=outcome.Phases(queued=now, started=now, ran=now, checked=now, recorded=now),
        ),
    )


def grow(
    connection: psycopg.Connection[Any],
    course: model.Course,
    *,
    ids: dict[str, int],
    begin: int,
    end: int,
    now: datetime,
) -> None:
    """Learners number `begin` up to (not with) `end`, with all that comes with them, in one transaction.

    `ids`: {"course", "version", "staff"}, rows that there are. The connection is a superuser's: references are not
    looked up row by row.
    """
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute("CREATE TEMP TABLE pool (k int, name text, folded text) ON COMMIT DROP")
        names = [f"{first} {last}" for first, last in product(NAMES, SURNAMES)]
        cursor.executemany(
            "INSERT INTO pool VALUES (%s, %s, %s)", [(k, name, fold(name)) for k, name in enumerate(names)]
        )
        cursor.execute(
            "CREATE TEMP TABLE work (k int, item text, kind text, most float, points float, result json) ON COMMIT DROP"
        )
        columns = "%(k)s, %(item)s, %(kind)s, %(most)s, %(points)s, %(result)s"
        cursor.executemany(f"INSERT INTO work VALUES ({columns})", samples(course, now))
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM submission")
        (submissions,) = cursor.fetchone() or (1,)
        facts = {
            **ids,
            "first_learner": FIRST_LEARNER,
            "measured": MEASURED,
            "organisations": ORGANISATIONS,
            "long": LONG_HISTORY,
            "begin": begin,
            "end": end,
            "submissions": submissions,
            "now": now,
        }
        for statement in (LEARNERS, *ROWS):
            cursor.execute(statement, {name: value for name, value in facts.items() if f"%({name})s" in statement})
        for table in NUMBERED:
            cursor.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM \"{table}\"))")
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE")
